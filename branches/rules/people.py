"""Who may see personal data in full: whoever keeps the register of that person, and always with a reason."""

from branches import access
from branches.access import rule
from core.workflow import YES, no


@rule("person.reveal")
def can_reveal_person(user, person):
    """Phone, birth date and identity number in full: for the person's own chain of keepers, and for nobody else."""
    return YES if access.keeps(user, person.organization) else no(WHOSE)


@rule("people.export_full")
def can_export_full(user, people):
    """Whole phones, birth dates and identity numbers leave the site only with somebody who keeps the register.

    Of which people is for ``kept_by`` to say: nobody else of ``people`` is in that file.
    """
    return YES if any(seat.office in access.KEEPERS for seat in access.seats(user)) else no(WHOSE)


WHOSE = "完整信息由本组织和上级的书记、副书记、组织委员或组织部查看和导出。"
