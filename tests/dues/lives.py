"""The model in plain Python of where each person of the town was, and as what."""

import datetime
from dataclasses import dataclass, field, replace

from branches.models import Person

MEMBERS = ("FULL", "PROBATIONARY")


@dataclass
class Event:
    """Somebody moved: from where to where, on which day; ``is_undoing`` leads an earlier one back."""

    day: datetime.date
    before: int | None
    after: int | None
    is_undoing: bool = False


@dataclass
class Life:
    """Where one person was, and as what, by the plainest means."""

    person: Person
    first: int | None
    events: list[Event] = field(default_factory=list)
    standings: list[tuple[datetime.date, str]] = field(default_factory=list)

    def copy(self):
        return replace(self, events=list(self.events), standings=list(self.standings))

    def home(self, day):
        past = [one for one in self.events if one.day <= day]
        return past[-1].after if past else self.first

    def home_in(self, month):
        if home := self.home(month.last):
            return home
        gone = [one for one in self.events if one.day in month and one.after is None and not one.is_undoing]
        return gone[-1].before if gone else None

    @property
    def now(self):
        return self.events[-1].after if self.events else self.first

    @property
    def never_was(self):
        """Did somebody come for the first time by mistake, and has that been undone?"""
        return self.first is None and all(one.before is None or one.is_undoing for one in self.events) and not self.now

    @property
    def standing(self):
        return self.standings[-1][1]

    def is_member(self, day):
        return [standing for on, standing in self.standings if on <= day][-1] in MEMBERS

    def move(self, day, after, *, is_undoing=False):
        self.events.append(Event(day, self.now, after, is_undoing))

    def fresh(self):
        return Person.objects.select_related("organization").get(pk=self.person.pk)
