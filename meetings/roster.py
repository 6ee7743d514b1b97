"""Who should be at a meeting and who was: read from the day's frozen roster, and kept as it was when it was signed.

应到 of a 支委会 alone are the branch's committee on that day, of a 党小组会 the group, otherwise everybody.
实到 + 请假 + 缺席 = 应到, always; 列席 stands outside. The day's guests came to what everybody attends (党员大会,
党课); a meeting of the committee or of a group alone has none of them, and its minutes say 无.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import asdict, dataclass

from activities.models import Attendance
from branches.models import Appointment, Office, Person
from meetings.models import Meeting, MeetingType

COMMITTEE_OFFICES = (
    Office.SECRETARY,
    Office.DEPUTY_SECRETARY,
    Office.ORGANIZATION_COMMISSIONER,
    Office.PUBLICITY_COMMISSIONER,
    Office.DISCIPLINE_COMMISSIONER,
    Office.UNITED_FRONT_COMMISSIONER,
    Office.MEMBER,
)
Status = Attendance.Status


@dataclass(frozen=True)
class Count:
    """A number of members, full and probationary apart."""

    full: int = 0
    probationary: int = 0

    @property
    def total(self) -> int:
        return self.full + self.probationary


@dataclass(frozen=True)
class Away:
    """One who was expected and not there: the state (请假, 缺席) in a word, and why."""

    name: str
    status: str
    word: str
    reason: str

    def __str__(self):
        return f"{self.name}（{self.word}{f'：{self.reason}' if self.reason else ''}）"


@dataclass(frozen=True)
class Roster:
    """A meeting's attendance in figures and names. ``whose`` says in words who is expected."""

    whose: str
    expected: Count
    present: Count
    on_leave: Count
    absent: Count
    away: tuple[Away, ...]
    guests: tuple[str, ...]

    def as_json(self) -> dict:
        """For ``Meeting.signed_roster``."""
        return asdict(self)

    @classmethod
    def of_json(cls, kept: dict) -> "Roster":
        """What ``as_json`` gave."""
        counts = {name: Count(**kept[name]) for name in ("expected", "present", "on_leave", "absent")}
        away = tuple(Away(**one) for one in kept["away"])
        return cls(whose=kept["whose"], away=away, guests=tuple(kept["guests"]), **counts)


def is_of_committee(types: Iterable[str]) -> bool:
    """A 支委会 and nothing else: then only the committee is expected."""
    return set(types) == {MeetingType.COMMITTEE}


def is_of_group(types: Iterable[str]) -> bool:
    """A 党小组会 (with a lesson perhaps): then only the group is expected."""
    return MeetingType.GROUP in types and set(types) <= {MeetingType.GROUP, MeetingType.LESSON}


def committee_on(meeting: Meeting) -> dict[int, list[Appointment]]:
    """The branch's committee offices on the day of a meeting, by person (id)."""
    running = Appointment.objects.active(meeting.held_on).filter(
        organization=meeting.organization_id, office__in=COMMITTEE_OFFICES
    )
    found = defaultdict(list)
    for one in running:
        found[one.person_id].append(one)
    return found


def expects(meeting: Meeting, types, attendance: Attendance, offices: Iterable[Appointment]) -> bool:
    """Was somebody on the day's roster expected at a meeting of these types? ``offices`` are the person's own."""
    if is_of_committee(types):
        return any(
            one.organization_id == meeting.organization_id
            and one.office in COMMITTEE_OFFICES
            and one.starts_on <= meeting.held_on
            and (one.ends_on is None or one.ends_on > meeting.held_on)
            for one in offices
        )
    if is_of_group(types):
        return bool(meeting.group_name) and attendance.group_name == meeting.group_name
    return True


def roster_of(meeting: Meeting) -> Roster:
    """The roster of one meeting: as it was signed, or as it stands while the minutes are a draft."""
    return Roster.of_json(meeting.signed_roster) if meeting.signed_roster else count_roster(meeting)


def count_roster(meeting: Meeting, types: frozenset[str] | None = None) -> Roster:
    """The roster of one meeting as the day's stands now, in at most four queries; ``types`` of one not saved yet."""
    types = meeting.types if types is None else types
    offices = committee_on(meeting) if is_of_committee(types) else {}
    rows = [
        row
        for row in meeting.day.attendance.expected().select_related("person")
        if expects(meeting, types, row, offices.get(row.person_id, ()))
    ]
    return Roster(
        whose=_whose(meeting, types),
        expected=_count(rows),
        present=_count(row for row in rows if row.status == Status.PRESENT),
        on_leave=_count(row for row in rows if row.status == Status.ON_LEAVE),
        absent=_count(row for row in rows if row.status == Status.ABSENT),
        away=tuple(
            Away(row.person.name, row.status, row.get_status_display(), row.reason)
            for row in rows
            if row.status != Status.PRESENT
        ),
        guests=() if is_of_committee(types) or is_of_group(types) else _guests(meeting.day),
    )


def _guests(day):
    return tuple(f"{one.name}（{one.capacity}）" if one.capacity else one.name for one in day.guests.all())


def _whose(meeting, types) -> str:
    if is_of_committee(types):
        return "支委会成员"
    if is_of_group(types):
        return meeting.group_name or "还没有选党小组"
    return "全体党员"


def _count(rows) -> Count:
    full = probationary = 0
    for row in rows:
        if row.standing == Person.Standing.FULL:
            full += 1
        else:
            probationary += 1
    return Count(full, probationary)
