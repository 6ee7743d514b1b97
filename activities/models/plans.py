"""每月安排: a branch's plan of a month, its items, and the leading cadres who will attend."""

from django.db import models
from django.db.models import Q
from django.urls import reverse

from activities.kinds import (
    ALL_FORMS,
    ALL_SUBTYPES,
    EDUCATION_FORMS,
    SERVICE_FORMS,
    GuestGroup,
    ItemKind,
    MeetingType,
    meeting_types,
)
from activities.models.filings import Filing, FilingQuerySet, filing_constraints, is_standing, organization_field
from branches.models import Person
from core import clock
from core.periods import MonthField


class PlanQuerySet(FilingQuerySet):
    def for_month(self, month):
        return self.filter(month=month)

    def up_to(self, month):
        """A month's papers, and the plans before it by which a day was to be held: the latest first."""
        earlier = is_standing() & Q(month__lt=month, cancels=False)
        return self.exclude(status__in=Filing.GONE).filter(Q(month=month) | earlier).order_by("-month", "-revision")

    def called_off(self):
        """Months in which no day will be held, as the department has accepted."""
        return self.filter(cancels=True, status=Filing.Status.ACCEPTED)

    def in_full(self):
        return super().in_full().select_related("host", "recorder", "day")

    def first_with_run(self):
        """The first of these, and its items in their order as dicts of their fields: one query. (None, []) of none."""
        fields = {f"run_{name}": models.F(f"items__{name}") for name in PlanItem.COPIED}
        rows = self.filter(pk=models.Subquery(self.values("pk")[:1])).annotate(**fields).order_by("items__order")
        found = list(rows)  # a row for each item; one, without any, of a plan that has none
        run = [{name: getattr(row, f"run_{name}") for name in PlanItem.COPIED} for row in found if row.run_kind]
        return (found[0], run) if found else (None, [])

    def with_parts(self):
        """With all that the plan says: its people, its run, the cadres who attend."""
        return self.select_related("host", "recorder").prefetch_related(*parts_to_prefetch())


def parts_to_prefetch():
    """The rows that belong to a plan, with the people in them."""
    items, cadres = PlanItem.objects.select_related("leader"), PlanCadre.objects.select_related("person")
    return models.Prefetch("items", items), models.Prefetch("cadres", cadres)


class MonthlyPlan(Filing):
    """每月安排: one branch's plan of one month, and where it is on the road to the organization department.

    One that ``cancels`` says that no day will be held in the month, and why (``reason``).
    """

    noun, kind = "计划", "month"

    organization = organization_field("plans")
    month = MonthField("月份")
    theme = models.CharField("主题", max_length=120, blank=True)
    planned_on = models.DateField("活动日期", null=True, blank=True)
    starts_at = models.TimeField("开始时间", null=True, blank=True)
    place = models.CharField("地点", max_length=120, blank=True)
    host = models.ForeignKey(
        Person, models.PROTECT, null=True, blank=True, related_name="hosted_plans", verbose_name="主持人"
    )
    recorder = models.ForeignKey(
        Person, models.PROTECT, null=True, blank=True, related_name="recorded_plans", verbose_name="记录人"
    )
    guest_groups = models.JSONField("按类别邀请", default=list, blank=True)
    guests = models.CharField("邀请列席（写姓名）", max_length=200, blank=True)
    cancels = models.BooleanField("本月不开展", default=False)

    objects = PlanQuerySet.as_manager()

    class Meta:
        verbose_name = "月计划"
        ordering = ["-month", "organization__code"]
        constraints = [
            *filing_constraints("plan", "month"),
            models.CheckConstraint(name="a_cancelled_month_has_its_reason", condition=Q(cancels=False) | ~Q(reason="")),
        ]
        indexes = [
            models.Index(fields=["month", "status"], name="plan_by_month"),
            models.Index(fields=["planned_on"], name="plan_by_date"),
        ]

    def get_absolute_url(self):
        return reverse("plan", args=[self.pk])

    @property
    def edit_address(self) -> str:
        """Where it is written."""
        return reverse("plan_edit", args=[self.organization_id, self.month])

    @property
    def title(self) -> str:
        return f"{self.month.label}计划"

    @property
    def short_title(self) -> str:
        return f"{self.month.short}计划"

    @property
    def is_called_off(self) -> bool:
        """Will no day be held in the month, as the department has accepted?"""
        return self.cancels and self.status == self.Status.ACCEPTED

    @property
    def state_word(self) -> str:
        """How it stands, in lists: 不开展 once that is accepted, else its status, and what a report asks for."""
        if self.is_called_off:
            return "不开展"
        return f"{self.get_status_display()}（不开展）" if self.cancels else self.get_status_display()

    @property
    def day_has_come(self) -> bool:
        """Has the planned date passed? Then it stays as filed, or it could be made to fit what happened."""
        return self.planned_on is not None and self.planned_on < clock.today()

    @property
    def minutes(self) -> int:
        return sum(item.minutes for item in self.items.all())

    @property
    def guest_words(self) -> str:
        """Who is invited beside the members, by group and by name; empty when nobody is."""
        groups = [GuestGroup(one).label for one in self.guest_groups if one in GuestGroup.values]
        return "、".join(filter(None, [*groups, self.guests]))


def _fits_its_kind() -> Q:
    """No form, one that the scheme names for the kind of education, or one of service."""
    fits = Q(form="") | Q(kind=ItemKind.SERVICE, form__in=[form.value for form in SERVICE_FORMS])
    for subtype, forms in EDUCATION_FORMS.items():
        if forms:
            named = [form.value for form in forms]
            fits |= Q(kind=ItemKind.EDUCATION, subtype=subtype.value, form__in=named)
    return fits


class Item(models.Model):
    """One item of the run of a day; what it is said to be is the same when planned and when done.

    ``form`` is how education or service is held, where that is said. ``own_kind`` names what a branch has designed
    itself, in its words. ``also`` are further types of 三会一课 that the same event is: it counts once in totals and
    once per type.
    """

    order = models.PositiveSmallIntegerField("序号")
    kind = models.CharField("类别", max_length=14, choices=ItemKind)
    subtype = models.CharField("细类", max_length=20, choices=ALL_SUBTYPES, blank=True)
    form = models.CharField("形式", max_length=14, choices=ALL_FORMS, blank=True, default="")
    own_kind = models.CharField("自主设计的类别", max_length=40, blank=True, default="")
    also = models.JSONField("同时作为", default=list, blank=True)
    content = models.CharField("内容", max_length=300)
    minutes = models.PositiveSmallIntegerField("时长（分钟）", default=20)
    leader = models.ForeignKey(Person, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="负责人")

    # what is copied from last month's plan, into the day, and into a revision
    COPIED: tuple[str, ...] = (
        "kind", "subtype", "form", "own_kind", "also", "content", "minutes", "leader_id",
    )  # fmt: skip

    class Meta:
        abstract = True
        constraints = [
            models.CheckConstraint(name="a_%(class)s_has_a_form_of_its_kind", condition=_fits_its_kind()),
            models.CheckConstraint(
                name="a_%(class)s_with_an_own_kind_is_of_own_design",
                condition=Q(own_kind="") | Q(kind=ItemKind.OWN_DESIGN),
            ),
        ]

    def __str__(self):
        return self.content

    @property
    def label(self) -> str:
        """What it is, as users read it: 集中教育 · 思想政治教育 · 重温入党誓词 · 党课."""
        return " · ".join(filter(None, [self.get_kind_display(), *self.narrower_words, *self.also_words]))

    @property
    def narrower_words(self) -> list[str]:
        """What of its kind it is, as far as that is said: subtype and form, or the branch's own word."""
        return list(filter(None, [self.get_subtype_display(), self.get_form_display(), self.own_kind]))

    @property
    def also_words(self) -> list[str]:
        return [MeetingType(one).label for one in self.also if one in MeetingType.values]

    @property
    def meeting_types(self) -> list[str]:
        """The types of 三会一课 that this item is, its own first; none when it is no meeting."""
        return meeting_types(self.kind, self.subtype, self.also)

    @property
    def copied(self) -> dict:
        """Its fields without its place: what makes another item like this one."""
        return {name: getattr(self, name) for name in self.COPIED}


class PlanItem(Item):
    """One item of the day's run, as planned."""

    plan = models.ForeignKey(MonthlyPlan, models.CASCADE, related_name="items")

    class Meta(Item.Meta):
        verbose_name = "议程"
        ordering = ["order"]


class PlanCadre(models.Model):
    """党员领导干部 who will attend the day as an ordinary member."""

    plan = models.ForeignKey(MonthlyPlan, models.CASCADE, related_name="cadres")
    person = models.ForeignKey(Person, models.PROTECT, related_name="+", verbose_name="党员领导干部")

    class Meta:
        verbose_name = "参加的党员领导干部"
        ordering = ["person__staff_number"]
        constraints = [models.UniqueConstraint(fields=["plan", "person"], name="a_cadre_attends_a_plan_once")]

    def __str__(self):
        return str(self.person)
