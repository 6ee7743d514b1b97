"""What the organization department sets: the structural defaults."""

from django.db import models

from core import clock


class StructurePolicy(models.Model):
    """Structural defaults of 支部工作条例, in force from a day on: defaults, never literals."""

    effective_from = models.DateField("生效日期", unique=True)
    committee_from = models.PositiveSmallIntegerField("设支委会的正式党员人数", default=7)
    few_members = models.PositiveSmallIntegerField("正式党员过少", default=3)
    many_members = models.PositiveSmallIntegerField("正式党员过多", default=50)
    term_warning_months = models.PositiveSmallIntegerField("届满提醒（月）", default=6)

    branch_term_years = models.PositiveSmallIntegerField("党支部任期（年）", default=3)
    general_branch_term_years = models.PositiveSmallIntegerField("党总支任期（年）", default=3)
    committee_term_years = models.PositiveSmallIntegerField("党委任期（年）", default=5)
    least_committee = models.PositiveSmallIntegerField("支委会最少人数", default=3)
    most_committee = models.PositiveSmallIntegerField("支委会最多人数", default=7)
    least_group = models.PositiveSmallIntegerField("党小组最少人数", default=3)
    probation_months = models.PositiveSmallIntegerField("预备期（月）", default=12)

    class Meta:
        verbose_name = "组织设置规则"
        ordering = ["-effective_from"]

    def __str__(self):
        return f"{self.effective_from} 起"

    @classmethod
    def in_force(cls, day=None) -> "StructurePolicy":
        return cls.objects.filter(effective_from__lte=day or clock.today()).first() or cls()
