"""年度有计划、季度有主题: an organization's plan of a year with its four themes, and the summary at its end."""

from django.db import models
from django.db.models import Q
from django.urls import reverse

from activities.models.filings import Filing, FilingQuerySet, filing_constraints, organization_field
from branches import access
from branches.models import Organization
from core.periods import Month, Quarter

SANE_YEAR = Q(year__gte=2000, year__lte=2100)


class AnnualPlanQuerySet(FilingQuerySet):
    def visible_to(self, user):
        """Besides one's own part of the tree, what is in force at the organizations above one's own."""
        above = {pk for seat in access.seats(user) for pk in seat.lineage}
        in_force = self.filter(organization__in=above, status=Filing.Status.ACCEPTED)
        return super().visible_to(user) | in_force

    def above(self, organization: Organization, year: int):
        """The plans in force of a year at the organization itself and at those above it, the highest first."""
        rows = self.filter(organization__in=organization.lineage, year=year, status=Filing.Status.ACCEPTED)
        return rows.select_related("organization").order_by("organization__path")


class AnnualPlan(Filing):
    """年度计划: the goals and measures of a year and the theme of each quarter."""

    noun, kind = "年度计划", "annual"

    organization = organization_field("annual_plans")
    year = models.PositiveSmallIntegerField("年度")
    goals = models.TextField("工作目标", blank=True, max_length=2000)
    measures = models.TextField("主要措施", blank=True, max_length=4000)
    theme_1 = models.CharField("第一季度主题", max_length=120, blank=True)
    theme_2 = models.CharField("第二季度主题", max_length=120, blank=True)
    theme_3 = models.CharField("第三季度主题", max_length=120, blank=True)
    theme_4 = models.CharField("第四季度主题", max_length=120, blank=True)

    objects = AnnualPlanQuerySet.as_manager()

    class Meta:
        verbose_name = "年度计划"
        ordering = ["-year", "organization__code"]
        constraints = [
            *filing_constraints("annual_plan", "year"),
            models.CheckConstraint(name="an_annual_plan_is_of_a_year", condition=SANE_YEAR),
        ]
        indexes = [models.Index(fields=["year", "status"], name="annual_plan_by_year")]

    def get_absolute_url(self):
        return reverse("annual_plan", args=[self.pk])

    @property
    def edit_address(self) -> str:
        """Where it is written."""
        return reverse("year_edit", args=[self.kind, self.organization_id, self.year])

    @classmethod
    def title_of(cls, year: int) -> str:
        """What the plan of a year is called."""
        return f"{year} {cls.noun}"

    @property
    def title(self) -> str:
        return self.title_of(self.year)

    short_title = title

    @property
    def themes(self) -> list[str]:
        """The four quarters' themes in order."""
        return [self.theme_1, self.theme_2, self.theme_3, self.theme_4]

    def theme_of(self, quarter: Quarter) -> str:
        return self.themes[quarter.number - 1] if quarter.year == self.year else ""

    @classmethod
    def guiding(cls, branch: Organization, month: Month) -> "AnnualPlan | None":
        """The plan whose theme leads a branch's month: its own, else its general branch's, else the committee's."""
        with_theme = ~Q(**{f"theme_{month.quarter.number}": ""})
        return cls.objects.above(branch, month.year).filter(with_theme).last()


class YearSummary(Filing):
    """年终总结: what became of a year's plan."""

    noun, kind = "年终总结", "summary"

    organization = organization_field("summaries")
    year = models.PositiveSmallIntegerField("年度")
    achieved = models.TextField("完成情况", blank=True, max_length=4000)
    shortcomings = models.TextField("存在问题", blank=True, max_length=2000)
    next_steps = models.TextField("下一步打算", blank=True, max_length=2000)

    objects = FilingQuerySet.as_manager()

    class Meta:
        verbose_name = "年终总结"
        ordering = ["-year", "organization__code"]
        constraints = [
            *filing_constraints("summary", "year"),
            models.CheckConstraint(name="a_summary_is_of_a_year", condition=SANE_YEAR),
        ]
        indexes = [models.Index(fields=["year", "status"], name="summary_by_year")]

    def get_absolute_url(self):
        return reverse("summary", args=[self.pk])

    @property
    def edit_address(self) -> str:
        """Where it is written."""
        return reverse("year_edit", args=[self.kind, self.organization_id, self.year])

    @classmethod
    def title_of(cls, year: int) -> str:
        """What the summary of a year is called."""
        return f"{year} 年{cls.noun}"

    @property
    def title(self) -> str:
        return self.title_of(self.year)

    short_title = title
