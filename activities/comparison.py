"""A paper beside the one of the period before: what a reviewer reads first."""

from dataclasses import dataclass, field, replace

from django.db.models import prefetch_related_objects

from activities.models import MonthlyPlan, PlanItem
from activities.models.plans import parts_to_prefetch
from activities.parts import Part, parts_of


@dataclass(frozen=True)
class Difference:
    """One part of a paper beside the last one's. ``was`` is empty when they agree."""

    part: Part
    now: str
    was: str = ""

    @property
    def name(self) -> str:
        return self.part.word

    @property
    def changed(self) -> bool:
        return bool(self.was)


@dataclass(frozen=True)
class ComparedItem:
    """One item of a plan: ``new`` when the last plan had nothing like it, ``was`` what it was worded like there."""

    item: PlanItem
    new: bool = False
    was: str = ""


@dataclass(frozen=True)
class Comparison:
    """A paper beside the last one; ``gone`` are the items that only the last one had."""

    fields: list[Difference]
    items: list[ComparedItem] = field(default_factory=list)
    gone: list[PlanItem] = field(default_factory=list)

    @property
    def count(self) -> int:
        changed = sum(row.changed for row in self.fields) + sum(row.new or bool(row.was) for row in self.items)
        return changed + len(self.gone)


def read_parts(*papers) -> None:
    """Read the rows of several plans at once, so that comparing them asks nothing more."""
    plans = [paper for paper in papers if isinstance(paper, MonthlyPlan)]
    prefetch_related_objects(plans, *parts_to_prefetch())


def compare(paper, before) -> Comparison:
    """Part by part and item by item, what differs from the paper before."""
    fields = []
    for part in parts_of(paper):
        if part.name == "items":
            continue
        now, was = part.text(paper), part.text(before) if before else ""
        marked = was and was != now and not part.always_differs
        fields.append(Difference(part, now, was if marked else ""))
    if not isinstance(paper, MonthlyPlan):
        return Comparison(fields)
    if before is None:
        return Comparison(fields, [ComparedItem(item) for item in paper.items.all()])
    return Comparison(fields, *_compare_items(paper, before))


def _compare_items(plan, before):
    """Each item finds its like in the last plan: by its words (but for the month), else by what it is."""
    left = list(before.items.all())
    found = [ComparedItem(item, new=True) for item in plan.items.all()]
    for alike in (_same_words, _same_thing):
        for place, row in enumerate(found):
            match = next((old for old in left if row.new and alike(row.item, old, plan, before)), None)
            if match:
                left.remove(match)
                was = "" if alike is _same_words else match.content
                found[place] = replace(row, new=False, was=was)
    return found, left


def _same_thing(item, old, plan, before):
    said = ("kind", "subtype", "form", "own_kind")
    return all(getattr(item, name) == getattr(old, name) for name in said)


def _same_words(item, old, plan, before):
    content = old.content.replace(f"{before.month.number} 月", f"{plan.month.number} 月")
    return _same_thing(item, old, plan, before) and item.content in (old.content, content)
