"""Builders for what items say they are: forms of education and service, own kinds; and for days that had them."""

from itertools import count

from activities.kinds import EducationKind, ItemKind
from tests.builders import make_day, make_plan

_places = count(50)
SPIRIT = {"kind": ItemKind.EDUCATION, "subtype": EducationKind.SPIRIT}
THOUGHT = {"kind": ItemKind.EDUCATION, "subtype": EducationKind.THOUGHT}
ABILITY = {"kind": ItemKind.EDUCATION, "subtype": EducationKind.ABILITY}
OATH = THOUGHT | {"form": "OATH"}
REPORT = THOUGHT | {"form": "REPORT"}
BIRTHDAY = THOUGHT | {"form": "BIRTHDAY"}
WISH = {"kind": ItemKind.SERVICE, "subtype": "POVERTY", "form": "WISH"}
READING = {"kind": ItemKind.OWN_DESIGN, "own_kind": "读书分享"}


def make_item(owner, what, content="按计划开展", **fields):
    """One more item of a plan, a day, a template or a guide; ``what`` is one of the above."""
    return owner.items.create(order=next(_places), content=content, **what, **fields)


def make_bare_day(branch, month, *whats, outcome="DONE", status="RECORDED", **fields):
    """A day whose items are exactly ``whats``, each with the outcome."""
    plan = make_plan(branch, month, "ACCEPTED", items=[])
    day = make_day(branch, month, status=status, plan=plan, **fields)
    for what in whats:
        make_item(day, what, outcome=outcome)
    return day
