"""The tree: committees, general branches, branches, and the groups of a branch."""

from django.db import models
from django.db.models import F, Q
from django.urls import reverse

from branches import access


class OrganizationQuerySet(models.QuerySet):
    def visible_to(self, user):
        """Organizations in the user's part of the tree."""
        return self.filter(access.reads(user, prefix=""))

    def open(self):
        return self.filter(closed_on=None)

    def existing_in(self, month):
        """Founded by the end of a month and not closed by then: what a month is asked of."""
        return self.filter(
            Q(founded_on=None) | Q(founded_on__lte=month.last), Q(closed_on=None) | Q(closed_on__gt=month.last)
        )

    def branches(self):
        """党支部, direct ones included: where days, dues and meetings happen."""
        return self.filter(kind=Organization.Kind.BRANCH)

    def general_branches(self):
        return self.filter(kind=Organization.Kind.GENERAL_BRANCH)

    def under(self, organization):
        """The organization and everything below it: one indexed range."""
        return self.filter(access.within("path", organization.path))

    def above(self, organization):
        """The organization and everything that it stands under, the highest first."""
        return self.filter(pk__in=organization.lineage).order_by("path")

    def lock_tree(self):
        """Whoever changes who stands under whom waits here for whoever else does: the top's row is the tree's lock.

        It lets through those who only point at the top (an appointment there), and readers anyway. To be called first:
        it comes before any other lock of the register.
        """
        list(self.filter(parent=None).order_by("pk").select_for_update(no_key=True).values_list("pk"))


class Organization(models.Model):
    """A committee, a general branch or a branch. ``path`` (/1/5/9/) names its ancestors and itself by id."""

    class Kind(models.TextChoices):
        COMMITTEE = "COMMITTEE", "党委"
        GENERAL_BRANCH = "GENERAL_BRANCH", "党总支"
        BRANCH = "BRANCH", "党支部"

    code = models.CharField("组织编码", max_length=40, unique=True)
    name = models.CharField("党组织全称", max_length=120, unique=True)
    short_name = models.CharField("简称", max_length=60)
    kind = models.CharField("组织类别", max_length=14, choices=Kind)
    parent = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="children")
    path = models.CharField("路径", max_length=200, unique=True, editable=False)
    founded_on = models.DateField("成立日期", null=True, blank=True)
    term_ends_on = models.DateField("本届届满日期", null=True, blank=True)
    closed_on = models.DateField("撤销日期", null=True, blank=True)

    objects = OrganizationQuerySet.as_manager()

    class Meta:
        verbose_name = "党组织"
        ordering = ["code"]
        constraints = [
            models.CheckConstraint(
                name="only_a_committee_has_no_parent", condition=Q(parent__isnull=False) | Q(kind="COMMITTEE")
            ),
            models.CheckConstraint(name="an_organization_is_not_its_own_parent", condition=~Q(parent=F("id"))),
        ]
        indexes = [models.Index(fields=["kind", "code"], name="organization_by_kind")]

    def __str__(self):
        return self.short_name

    def get_absolute_url(self):
        return reverse("organization", args=[self.pk])

    @property
    def audit_organization_id(self):
        """To whose part of the audit log this belongs."""
        return self.pk

    @property
    def lineage(self) -> list[int]:
        """The ids on the way from the top to this organization, itself included."""
        return access.lineage(self.path)

    @property
    def is_branch(self) -> bool:
        return self.kind == self.Kind.BRANCH

    @property
    def is_direct(self) -> bool:
        """直属党支部: a branch whose parent is a committee files straight to the organization department."""
        return self.is_branch and self.parent is not None and self.parent.kind == self.Kind.COMMITTEE

    @property
    def above_name(self) -> str:
        """Under which heading a branch stands in lists: its general branch, or 直属党支部."""
        return self.parent.short_name if self.parent and not self.is_direct else "直属党支部"

    @property
    def kind_label(self) -> str:
        return "直属党支部" if self.is_direct else self.get_kind_display()


class GroupQuerySet(models.QuerySet):
    def open(self):
        """Those that have not been dissolved."""
        return self.filter(closed_on=None)


class Group(models.Model):
    """党小组: a part of a branch, with a leader. A dissolved one stays, for the minutes that it wrote.

    Without ``founded_on`` it has always been there: nobody noted when it began.
    """

    organization = models.ForeignKey(Organization, models.PROTECT, related_name="groups")
    name = models.CharField("名称", max_length=60)
    order = models.PositiveSmallIntegerField("序号", default=1)
    founded_on = models.DateField("设立日期", null=True, blank=True)
    closed_on = models.DateField("撤销日期", null=True, blank=True)

    objects = GroupQuerySet.as_manager()

    class Meta:
        verbose_name = "党小组"
        ordering = ["organization", "order"]
        constraints = [
            models.UniqueConstraint(
                fields=["organization", "name"], condition=Q(closed_on=None), name="one_group_of_a_name_a_branch"
            )
        ]

    def __str__(self):
        return self.name
