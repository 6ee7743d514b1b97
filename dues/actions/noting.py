"""What a branch finds out about a member who owes months."""

from django.db import transaction

from core.audit import record
from core.workflow import lock, require
from dues import rules
from dues.models import ArrearsNote


@transaction.atomic
def note_arrears(person, *, finding, text, by) -> ArrearsNote:
    """Write down what was found out; what was said before stays."""
    person = lock(person)
    require(rules.can_note_arrears(by, person))
    note = ArrearsNote.objects.create(person=person, finding=finding, text=text, by=by)
    record(person, "dues.arrears_noted", by=by, note=f"{note.get_finding_display()}：{text}", also=[note])
    return note
