"""计划模板: what an organization keeps of a good month, for its own plans and for those of all below it."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse

from activities.models.filings import READERS, OwnedQuerySet, organization_field
from activities.models.plans import Item
from branches import access
from branches.models import Organization
from branches.words import organization_named


class PlanTemplateQuerySet(OwnedQuerySet):
    def visible_to(self, user):
        """Those of the organizations where the user sits, and of all above these; what is kept below is not shown."""
        return self.filter(
            organization__in={pk for seat in access.seats(user) if seat.office in READERS for pk in seat.lineage}
        )

    def offered_to(self, organization: Organization):
        """What an organization can take from: its own, and those of the levels above it; its own first."""
        offered = self.filter(organization__in=organization.lineage).with_items()
        return offered.order_by("-organization__path", "name")

    def matching(self, text: str):
        """Those whose name or theme, or whose organization's name or code, is typed into the box."""
        return self.filter(
            Q(name__icontains=text) | Q(theme__icontains=text) | organization_named(text, "organization__")
        )

    def seen_from(self, office):
        """Each with ``is_above``: is it of a level above the office's own organization?"""
        above = set(office.lineage) - {office.organization_id}
        return self.annotate(is_above=models.ExpressionWrapper(Q(organization__in=above), models.BooleanField()))

    def with_items(self):
        """With whose they are, who made them, and their run."""
        return self.select_related("organization", "created_by").prefetch_related("items")


class PlanTemplate(models.Model):
    """计划模板: a name, and what a plan that is begun with it says at first. It has no month, no date and no people."""

    organization = organization_field("plan_templates")
    name = models.CharField("模板名称", max_length=60)
    theme = models.CharField("主题", max_length=120, blank=True)
    starts_at = models.TimeField("开始时间", null=True, blank=True)
    place = models.CharField("地点", max_length=120, blank=True)
    version = models.PositiveIntegerField("版本", default=1)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="建立人")

    objects = PlanTemplateQuerySet.as_manager()

    class Meta:
        verbose_name = "计划模板"
        ordering = ["organization__path", "name"]
        constraints = [
            models.UniqueConstraint(fields=["organization", "name"], name="a_template_has_a_name_of_its_own"),
            models.CheckConstraint(name="a_template_is_named", condition=~Q(name="")),
        ]

    def __str__(self):
        return f"模板“{self.name}”"

    def get_absolute_url(self):
        return reverse("plan_template", args=[self.pk])

    @property
    def minutes(self) -> int:
        return sum(item.minutes for item in self.items.all())


class TemplateItem(Item):
    """One item of a template's run: as in a plan, but nobody is in charge of it yet."""

    template = models.ForeignKey(PlanTemplate, models.CASCADE, related_name="items")
    leader = None

    COPIED = ("kind", "subtype", "form", "own_kind", "also", "content", "minutes")

    class Meta(Item.Meta):
        verbose_name = "模板的议程"
        ordering = ["order"]
