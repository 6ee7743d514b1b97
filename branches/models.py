"""Organizations, people, offices, and the structural policy: the register on which everything stands."""

from django.conf import settings
from django.db import models
from django.db.models import Count, F, Q
from django.urls import reverse

from branches import access
from core import clock
from core.accounts import User


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

    def with_headcount(self):
        """Adds ``full``, ``probationary``, ``prospects`` and ``activists``, counted among present people."""
        here = Q(people__left_on=None)
        return self.annotate(
            full=Count("people", filter=here & Q(people__standing=Person.Standing.FULL)),
            probationary=Count("people", filter=here & Q(people__standing=Person.Standing.PROBATIONARY)),
            prospects=Count("people", filter=here & Q(people__standing=Person.Standing.PROSPECT)),
            activists=Count("people", filter=here & Q(people__standing=Person.Standing.ACTIVIST)),
        )


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


class Group(models.Model):
    """党小组: a part of a branch, with a leader."""

    organization = models.ForeignKey(Organization, models.PROTECT, related_name="groups")
    name = models.CharField("名称", max_length=60)
    order = models.PositiveSmallIntegerField("序号", default=1)

    class Meta:
        verbose_name = "党小组"
        ordering = ["organization", "order"]
        constraints = [models.UniqueConstraint(fields=["organization", "name"], name="one_group_of_a_name_a_branch")]

    def __str__(self):
        return self.name


class PersonQuerySet(models.QuerySet):
    def visible_to(self, user):
        """People of the user's part of the tree, and the user."""
        return self.filter(access.reads(user) | Q(user=user))

    def kept_by(self, user):
        """People of the part of the register that the user keeps, which is less than what a reader sees."""
        return self.filter(access.reads(user, offices=access.KEEPERS))

    def present(self):
        """In the register and not left."""
        return self.filter(left_on=None)

    def members_on(self, day):
        """Who was a member on a day: admitted by then and not yet gone."""
        return self.members().filter(Q(joined_on=None) | Q(joined_on__lte=day), Q(left_on=None) | Q(left_on__gt=day))

    def members(self):
        """Full and probationary members: they pay dues and are expected on the day."""
        return self.filter(standing__in=[Person.Standing.FULL, Person.Standing.PROBATIONARY])

    def of(self, organization):
        return self.filter(organization=organization)


class Person(models.Model):
    """Somebody in the register: a member, a prospect or an activist."""

    class Standing(models.TextChoices):
        FULL = "FULL", "正式党员"
        PROBATIONARY = "PROBATIONARY", "预备党员"
        PROSPECT = "PROSPECT", "发展对象"
        ACTIVIST = "ACTIVIST", "入党积极分子"

    class Category(models.TextChoices):
        STAFF = "STAFF", "在岗职工"
        RETIRED = "RETIRED", "离退休人员"
        STUDENT = "STUDENT", "学生"
        OTHER = "OTHER", "其他"

    class Gender(models.TextChoices):
        MALE = "MALE", "男"
        FEMALE = "FEMALE", "女"

    organization = models.ForeignKey(Organization, models.PROTECT, related_name="people", verbose_name="所在党支部")
    group = models.ForeignKey(
        Group, models.SET_NULL, null=True, blank=True, related_name="people", verbose_name="党小组"
    )
    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="person", verbose_name="账号"
    )
    staff_number = models.CharField("学工号", max_length=40, unique=True)
    name = models.CharField("姓名", max_length=60)
    gender = models.CharField("性别", max_length=6, choices=Gender, blank=True)
    ethnicity = models.CharField("民族", max_length=20, blank=True)
    born_on = models.DateField("出生日期", null=True, blank=True)
    education = models.CharField("学历", max_length=20, blank=True)
    standing = models.CharField("人员类别", max_length=12, choices=Standing)
    category = models.CharField("工作岗位", max_length=8, choices=Category, default=Category.OTHER)
    joined_on = models.DateField("加入党组织日期", null=True, blank=True)
    confirmed_on = models.DateField("转为正式党员日期", null=True, blank=True)
    phone = models.CharField("联系电话", max_length=30, blank=True)
    membership_state = models.CharField("党籍状态", max_length=20, blank=True)
    is_floating = models.BooleanField("流动党员", default=False)
    is_lost_contact = models.BooleanField("失联党员", default=False)
    is_leading_cadre = models.BooleanField("党员领导干部", default=False)
    left_on = models.DateField("离开日期", null=True, blank=True)

    objects = PersonQuerySet.as_manager()

    class Meta:
        verbose_name = "人员"
        ordering = ["organization__code", "staff_number"]
        constraints = [
            models.CheckConstraint(
                name="confirmed_not_before_joining",
                condition=Q(confirmed_on=None) | Q(joined_on=None) | Q(confirmed_on__gte=F("joined_on")),
            ),
        ]
        indexes = [models.Index(fields=["organization", "standing"], name="person_by_organization")]

    def __str__(self):
        return self.name

    def get_absolute_url(self):
        return reverse("person", args=[self.pk])

    @property
    def is_member(self) -> bool:
        return self.standing in (self.Standing.FULL, self.Standing.PROBATIONARY)

    def standing_on(self, day) -> str:
        """A member's standing on a day: probationary until the day of confirmation."""
        was_confirmed = self.confirmed_on is None or self.confirmed_on <= day
        return self.standing if was_confirmed else self.Standing.PROBATIONARY


class Office(models.TextChoices):
    """党内职务. An office counts only at its organization and only while its appointment runs."""

    SECRETARY = "SECRETARY", "书记"
    DEPUTY_SECRETARY = "DEPUTY_SECRETARY", "副书记"
    ORGANIZATION_COMMISSIONER = "ORGANIZATION_COMMISSIONER", "组织委员"
    PUBLICITY_COMMISSIONER = "PUBLICITY_COMMISSIONER", "宣传委员"
    DISCIPLINE_COMMISSIONER = "DISCIPLINE_COMMISSIONER", "纪检委员"
    UNITED_FRONT_COMMISSIONER = "UNITED_FRONT_COMMISSIONER", "统战委员"
    MEMBER = "MEMBER", "委员"
    GROUP_LEADER = "GROUP_LEADER", "党小组长"
    ORGANIZATION_DEPARTMENT = "ORGANIZATION_DEPARTMENT", "组织部"
    LEADER = "LEADER", "领导（只读）"


class AppointmentQuerySet(models.QuerySet):
    def visible_to(self, user):
        return self.filter(access.reads(user) | Q(person__user=user))

    def active(self, day=None):
        """Appointments that run on a day (today by default); the last day is the day before ``ends_on``."""
        day = day or clock.today()
        return self.filter(Q(ends_on=None) | Q(ends_on__gt=day), starts_on__lte=day)

    def lasting(self):
        """Appointments that have not ended: they run, or begin on a day that is set."""
        return self.filter(Q(ends_on=None) | Q(ends_on__gt=clock.today()))

    def filled(self):
        """Of those that run today, the ones whose holder is still here and can log in, at organizations that exist."""
        here = Q(person__left_on=None, person__user__is_active=True, organization__closed_on=None)
        return self.active().filter(here)

    def filling(self, offices, organizations):
        """Appointments through which somebody fills one of ``offices`` at one of ``organizations`` today.

        Whoever is told, asked or waited for in an office is found here and nowhere else.
        """
        return self.filled().filter(office__in=offices, organization__in=organizations)

    def accounts(self):
        """The accounts of those who hold these appointments, each once."""
        return User.objects.filter(person__appointments__in=self).distinct()


class Appointment(models.Model):
    """A person holds an office at an organization from ``starts_on`` up to, not including, ``ends_on``."""

    person = models.ForeignKey(Person, models.PROTECT, related_name="appointments")
    organization = models.ForeignKey(Organization, models.PROTECT, related_name="appointments")
    office = models.CharField("党内职务", max_length=26, choices=Office)
    group = models.ForeignKey(Group, models.PROTECT, null=True, blank=True, related_name="appointments")
    title = models.CharField("职务名称", max_length=60, blank=True)
    starts_on = models.DateField("任职日期")
    ends_on = models.DateField("免职日期", null=True, blank=True)
    is_acting = models.BooleanField("代理", default=False)

    objects = AppointmentQuerySet.as_manager()

    class Meta:
        verbose_name = "任职"
        ordering = ["organization__code", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["person", "organization", "office"],
                condition=Q(ends_on=None),
                name="one_running_appointment_a_person_and_office",
            ),
            models.CheckConstraint(
                name="an_appointment_does_not_end_before_it_starts",
                condition=Q(ends_on=None) | Q(ends_on__gte=F("starts_on")),
            ),
        ]
        indexes = [models.Index(fields=["organization", "office"], name="appointment_by_organization")]

    def __str__(self):
        return f"{self.organization}{self.label}"

    @property
    def label(self) -> str:
        return self.title or self.get_office_display()


class StructurePolicy(models.Model):
    """Structural defaults of 支部工作条例, in force from a day on: defaults, never literals."""

    effective_from = models.DateField("生效日期", unique=True)
    committee_from = models.PositiveSmallIntegerField("设支委会的正式党员人数", default=7)
    few_members = models.PositiveSmallIntegerField("正式党员过少", default=3)
    many_members = models.PositiveSmallIntegerField("正式党员过多", default=50)
    term_warning_months = models.PositiveSmallIntegerField("届满提醒（月）", default=6)

    class Meta:
        verbose_name = "组织设置规则"
        ordering = ["-effective_from"]

    def __str__(self):
        return f"{self.effective_from} 起"

    @classmethod
    def in_force(cls, day=None) -> "StructurePolicy":
        return cls.objects.filter(effective_from__lte=day or clock.today()).first() or cls()


class CalendarDay(models.Model):
    """A day that is not what its weekday says: a public holiday, or a weekend day that is worked."""

    day = models.DateField("日期", unique=True)
    is_workday = models.BooleanField("工作日")
    name = models.CharField("名称", max_length=40, blank=True)

    class Meta:
        verbose_name = "日历"
        ordering = ["day"]

    def __str__(self):
        return f"{self.day} {self.name}"
