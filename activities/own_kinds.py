"""The kinds that branches have designed themselves (自主设计): words in use, offered again, counted by name."""

from dataclasses import dataclass

from django.db.models import Count

from activities.kinds import ItemKind
from activities.metrics import TOOK_PLACE
from activities.models import DayItem, GuideItem, MonthGuide, PlanItem, TemplateItem
from branches.models import Organization


def offered_to(organization: Organization) -> list[str]:
    """What an organization has called its own designs, and what guides and templates from itself upward call them."""
    line = organization.lineage
    used = [
        PlanItem.objects.filter(plan__organization=organization),
        DayItem.objects.filter(day__organization=organization),
        GuideItem.objects.filter(guide__organization__in=line, guide__status=MonthGuide.Status.ISSUED),
        TemplateItem.objects.filter(template__organization__in=line),
    ]
    first, *others = [rows.exclude(own_kind="").order_by().values_list("own_kind", flat=True) for rows in used]
    return list(first.union(*others).order_by("own_kind"))


@dataclass(frozen=True)
class OwnKind:
    """An own design: how often it took place, and in how many branches."""

    name: str
    times: int
    branches: int


def own_kinds_of(days) -> list[OwnKind]:
    """The own designs that took place on some days, the most frequent first; those without a name as one."""
    done = DayItem.objects.filter(TOOK_PLACE, day__in=days.order_by(), kind=ItemKind.OWN_DESIGN).order_by()
    counts = done.values("own_kind").annotate(times=Count("pk"), branches=Count("day__organization", distinct=True))
    return [
        OwnKind(row["own_kind"] or "没有写类别名称", row["times"], row["branches"])
        for row in counts.order_by("-times", "own_kind")
    ]
