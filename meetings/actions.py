"""Minutes from the first line to the signature: open, save, confirm, correct: lock · check · change · record.

``FROM`` says from which states each step starts. Confirmed minutes are never edited: a correction is appended.
"""

from dataclasses import dataclass

from django.db import transaction

from activities.actions import sign_item
from activities.models import ActivityDay
from core import clock
from core.audit import record
from core.workflow import lock, lock_all, no, require
from meetings import rules
from meetings.models import Correction, Meeting, MeetingKind, MeetingType
from meetings.roster import count_roster

Status = Meeting.Status
FROM = {
    "save": (Status.DRAFT,),
    "confirm": (Status.DRAFT,),
    "drop": (Status.DRAFT,),
    "correct": (Status.CONFIRMED,),
}
FIELDS = ("starts_at", "place", "chair", "recorder", "lecturer", "topic", "content", "decisions")


class Overtaken(Exception):
    """Raised when the minutes were saved by somebody else since the page was opened; nothing was written.

    ``meeting`` is the row as it stands now.
    """

    def __init__(self, meeting):
        super().__init__(f"now at version {meeting.version}")
        self.meeting = meeting


class Incomplete(Exception):
    """Raised when minutes are confirmed that still lack something; ``missing`` lists it."""

    def __init__(self, missing):
        super().__init__("、".join(one.word for one in missing))
        self.missing = missing


@dataclass(frozen=True)
class Need:
    """What minutes must say before they are confirmed: the form field, its word, whether it is there.

    ``only_for`` is the one type that asks for it (the group of a 党小组会); the page watches it while types are ticked.
    """

    field: str
    word: str
    is_given: bool
    only_for: str = ""
    is_asked: bool = True

    @property
    def is_missing(self) -> bool:
        return self.is_asked and not self.is_given


def needs(meeting: Meeting) -> list[Need]:
    """Everything that is asked for before confirmation, in the order of the form. Decisions may be none."""
    types = meeting.types
    group, lesson = MeetingType.GROUP, MeetingType.LESSON
    return [
        Need("types", "会议类型", bool(types)),
        Need("group", "党小组", bool(meeting.group_id), group, group in types),
        Need("chair", "主持人", bool(meeting.chair_id)),
        Need("recorder", "记录人", bool(meeting.recorder_id)),
        Need("lecturer", "主讲人", bool(meeting.lecturer.strip()), lesson, lesson in types),
        Need("topic", "议题", bool(meeting.topic.strip())),
        Need("content", "会议内容", bool(meeting.content.strip())),
    ]


def missing(meeting: Meeting) -> list[Need]:
    """What must still be filled in before confirmation."""
    return [one for one in needs(meeting) if one.is_missing]


@transaction.atomic
def open_meeting(item, *, by, types=(), group=None) -> Meeting:
    """Begin the minutes of a day's item, filled in from the day; a second click gives the same meeting.

    ``types`` come beside those that the item was planned as: one event can be 党员大会 and 党课.
    """
    day = lock(item.day, ActivityDay.Status.HELD, ActivityDay.Status.RECORDED)
    item = day.items.get(pk=item.pk)
    require(rules.can_open(by, item))
    existing = Meeting.objects.filter(item=item).first()
    if existing:
        return existing
    types = {*item.meeting_types, *types} - {""}
    if group is None and MeetingType.GROUP in types:
        group = day.organization.groups.open().filter(pk__in=rules.led_groups(by, day.organization)).first()
    meeting = Meeting.objects.create(
        organization=day.organization, day=day, item=item, held_on=day.held_on, starts_at=day.starts_at,
        place=day.place, chair=day.host, recorder=day.recorder, topic=item.content[:200],
        lecturer=_lecturer(item, day) if MeetingType.LESSON in types else "",
    )  # fmt: skip
    _write_types(meeting, by, types, group)
    record(meeting, "meeting.opened", by=by, types=sorted(types))
    return meeting


def _lecturer(item, day) -> str:
    """Who gives a lesson: whoever is in charge of the item, else who leads the day."""
    person = item.leader or day.host
    return person.name if person else ""


@transaction.atomic
def save_minutes(meeting, *, by, version, types=None, group=None, **fields) -> Meeting:
    """Keep what has been written so far, complete or not. ``fields`` are any of ``FIELDS``; ``types`` None keeps them.

    ``version`` is what the page was opened with. Raises Overtaken if it is no longer the latest.
    """
    meeting = lock(meeting, *FROM["save"])
    require(rules.can_save(by, meeting))
    if meeting.version != version:
        raise Overtaken(meeting)
    written = list(fields)
    for name in FIELDS:
        if name in fields:
            setattr(meeting, name, fields.pop(name))
    if fields:
        raise TypeError(f"not a field of minutes: {', '.join(fields)}")
    gone = [] if types is None else _write_types(meeting, by, types, group)
    meeting.version += 1
    meeting.save(update_fields=[*written, "version"])
    record(meeting, "meeting.saved", by=by, gone=gone)
    return meeting


@transaction.atomic
def set_types(meeting, *, by, types, group=None) -> Meeting:
    """Say what the event was: the set of its types and, for 党小组会, whose."""
    meeting = lock(meeting, *FROM["save"])
    require(rules.can_save(by, meeting))
    gone = _write_types(meeting, by, types, group)
    meeting.version += 1
    meeting.save(update_fields=["version"])
    record(meeting, "meeting.typed", by=by, types=sorted(types), gone=gone)
    return meeting


def _write_types(meeting, by, types, group):
    """Make the rows of ``types`` what they should be; gives those that go.

    The writer must still be allowed to write what it becomes.
    """
    types = {MeetingType(value) for value in types}
    group = group if MeetingType.GROUP in types else None
    if group is not None and group.organization_id != meeting.organization_id:
        require(no("这个党小组不属于本支部。"))
    require(rules.may_write(by, meeting.organization, types, group.pk if group else None))
    meeting.group, meeting.group_name = group, group.name if group else ""
    meeting.save(update_fields=["group", "group_name"])
    held, gone = meeting.types, lock_all(meeting.kinds.exclude(type__in=types))
    meeting.kinds.filter(pk__in=[kind.pk for kind in gone]).delete()
    MeetingKind.objects.bulk_create(
        MeetingKind(meeting=meeting, type=value) for value in MeetingType if value in types - held
    )
    return gone


@transaction.atomic
def confirm_minutes(meeting, *, by) -> Meeting:
    """Sign the minutes: from now on they count, and nobody edits them. Raises Incomplete while something lacks.

    The day is locked first: its roster is signed with the minutes, and the item is put down as done.
    """
    lock(meeting.day)
    meeting = lock(meeting, *FROM["confirm"])
    require(rules.can_confirm(by, meeting))
    lacking = missing(meeting)
    if lacking:
        raise Incomplete(lacking)
    meeting.signed_roster = count_roster(meeting).as_json()
    meeting.status, meeting.confirmed_at, meeting.confirmed_by = Status.CONFIRMED, clock.now(), by
    meeting.version += 1
    meeting.save(update_fields=["status", "signed_roster", "confirmed_at", "confirmed_by", "version"])
    item = sign_item(meeting.item)
    record(meeting, "meeting.confirmed", by=by, also=[item])
    return meeting


@transaction.atomic
def append_correction(meeting, *, by, text) -> Correction:
    """Add to confirmed minutes what turned out wrong in them; the minutes themselves stay as signed."""
    meeting = lock(meeting, *FROM["correct"])
    require(rules.can_correct(by, meeting))
    correction = Correction.objects.create(meeting=meeting, text=text, by=by)
    record(meeting, "meeting.corrected", by=by, note=text)
    return correction


@transaction.atomic
def drop_draft(meeting, *, by) -> ActivityDay:
    """Undo minutes opened by mistake; what they said stays in the audit log. Gives the day they belonged to."""
    meeting = lock(meeting, *FROM["drop"])
    require(rules.can_drop(by, meeting))
    record(meeting, "meeting.dropped", by=by, gone=[meeting, *meeting.kinds.all()])
    day = meeting.day
    meeting.delete()
    return day
