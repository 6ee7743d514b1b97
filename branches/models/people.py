"""Who is in the register, where they were, and as what: people, transfers, changes of standing, exclusions."""

from django.conf import settings
from django.db import models
from django.db.models import Case, CharField, Exists, F, OuterRef, Q, Subquery, When
from django.db.models.functions import Coalesce, TruncMonth
from django.urls import reverse

from branches import access
from branches.models.organizations import Group, Organization
from core import clock
from core.periods import MonthField


def _moves():
    """The accepted transfers: the history of where people were."""
    from branches.models.transfers import Transfer

    return Transfer.objects.accepted()


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

    def departed(self):
        return self.filter(left_on__isnull=False)

    def members(self):
        """Full and probationary members: they pay dues and are expected on the day."""
        return self.filter(standing__in=MEMBERS)

    def of(self, organization):
        return self.filter(organization=organization)

    def with_home(self, day):
        """Adds ``home``: the id of the organization in whose register a person stood at the end of a day, or None."""
        later = _moves().filter(person=OuterRef("pk"), moved_on__gt=day).order_by("moved_on", "pk")
        return self.annotate(
            home=Case(
                When(Exists(later), then=Subquery(later.values("from_organization")[:1])),
                When(Q(left_on=None) | Q(left_on__gt=day), then=F("organization")),
                output_field=models.BigIntegerField(),
            )
        )

    def at(self, organization, day):
        """Those who stood in an organization's register at the end of a day, wherever they are now."""
        return self.with_home(day).filter(home=organization.pk)

    def with_home_in(self, month):
        """Adds ``home``: the id of the one organization to which a person belongs in a month, or None.

        It is where somebody stood at the month's end; of who left the university in it, the organization left.
        ``month`` may be an OuterRef.
        """
        inside = OuterRef(month) if isinstance(month, OuterRef) else month
        moves = _moves().filter(person=OuterRef("pk")).alias(moved_in=TruncMonth("moved_on", output_field=MonthField()))
        later = moves.filter(moved_in__gt=inside).order_by("moved_on", "pk")
        gone = moves.leaving().filter(moved_in=inside).order_by("-moved_on", "-pk")
        with_end = self.alias(left_in=TruncMonth("left_on", output_field=MonthField()))
        return with_end.annotate(
            home=Coalesce(
                Case(
                    When(Exists(later), then=Subquery(later.values("from_organization")[:1])),
                    When(Q(left_on=None) | Q(left_in__gte=month), then=F("organization")),
                    output_field=models.BigIntegerField(),
                ),
                Subquery(gone.values("from_organization")[:1]),
                output_field=models.BigIntegerField(),
            )
        )

    def of_month(self, organizations, month):
        """Those who belong in a month to one of ``organizations`` (a QuerySet, or a list of ids), with ``home``."""
        left_it = _moves().filter(from_organization__in=organizations).values("person")
        ever_there = self.filter(Q(organization__in=organizations) | Q(pk__in=left_it))
        return ever_there.with_home_in(month).filter(home__in=organizations)

    def with_standing_on(self, day):
        """Adds ``standing_then``: the standing at the end of a day, by the dated changes of it.

        A correction is no step of a life: it says what was true all along.
        """
        steps = StandingChange.objects.steps().filter(person=OuterRef("pk"), changed_on__gt=day)
        later = steps.order_by("changed_on", "pk")
        return self.annotate(
            standing_then=Case(
                When(Exists(later), then=Subquery(later.values("before")[:1])),
                When(standing="FULL", confirmed_on__gt=day, then=models.Value("PROBATIONARY")),
                default=F("standing"),
                output_field=CharField(),
            )
        )

    def moved_or_changed_after(self, day):
        """Those who stood elsewhere, or as something else, at the end of a day than they do now."""
        moved = _moves().filter(person=OuterRef("pk"), moved_on__gt=day)
        stepped = StandingChange.objects.steps().filter(person=OuterRef("pk"), changed_on__gt=day)
        by_date = Q(left_on__gt=day) | Q(standing="FULL", confirmed_on__gt=day)
        return self.filter(by_date | Exists(moved) | Exists(stepped))

    def members_on(self, day):
        """Who was a member on a day: admitted by then and not yet gone."""
        return self.with_standing_on(day).filter(
            Q(joined_on=None) | Q(joined_on__lte=day), Q(left_on=None) | Q(left_on__gt=day), standing_then__in=MEMBERS
        )


MEMBERS = ("FULL", "PROBATIONARY")


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
    probation_until = models.DateField("预备期延长至", null=True, blank=True)
    identity_sealed = models.TextField("公民身份证号（密文）", blank=True, editable=False)
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


class StandingChangeQuerySet(models.QuerySet):
    def visible_to(self, user):
        return self.filter(access.reads(user, prefix="person__organization__") | Q(person__user=user))

    def steps(self):
        """Those that took place on their day, without the corrections of the register."""
        return self.exclude(kind="CORRECTED")


class StandingChange(models.Model):
    """One dated step of a person's standing: developed, admitted, confirmed, probation extended or cancelled.

    ``before`` and ``after`` are standings; an extension has the same twice, and its new end as ``until``.
    """

    class Kind(models.TextChoices):
        PROSPECT = "PROSPECT", "列为发展对象"
        ADMITTED = "ADMITTED", "接收为预备党员"
        CONFIRMED = "CONFIRMED", "转为正式党员"
        EXTENDED = "EXTENDED", "延长预备期"
        CANCELLED = "CANCELLED", "取消预备党员资格"
        DROPPED = "DROPPED", "不再列为培养对象"
        CORRECTED = "CORRECTED", "更正类别"

    person = models.ForeignKey(Person, models.PROTECT, related_name="standing_changes")
    kind = models.CharField("变动", max_length=9, choices=Kind)
    before = models.CharField("原类别", max_length=12, choices=Person.Standing)
    after = models.CharField("新类别", max_length=12, choices=Person.Standing)
    changed_on = models.DateField("日期")
    until = models.DateField("预备期延长至", null=True, blank=True)
    note = models.CharField("依据", max_length=200, blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField("登记时间", default=clock.now, editable=False)

    objects = StandingChangeQuerySet.as_manager()

    class Meta:
        verbose_name = "人员类别变动"
        ordering = ["person", "changed_on", "pk"]
        constraints = [
            models.CheckConstraint(
                name="an_extension_has_its_end", condition=~Q(kind="EXTENDED") | Q(until__isnull=False)
            ),
        ]
        indexes = [models.Index(fields=["person", "changed_on"], name="standing_by_person")]

    def __str__(self):
        return f"{self.person} {self.get_kind_display()}"

    @property
    def audit_organization_id(self):
        """To whose part of the audit log this belongs."""
        return self.person.organization_id


class ExclusionQuerySet(models.QuerySet):
    def visible_to(self, user):
        return self.filter(access.reads(user, prefix="person__organization__") | Q(person__user=user))

    def running_on(self, day):
        """Approved, begun, and neither over nor ended early."""
        return self.filter(Q(last_on=None) | Q(last_on__gte=day), status=Exclusion.Status.APPROVED, starts_on__lte=day)

    def proposed(self):
        return self.filter(status=Exclusion.Status.PROPOSED)

    def awaiting(self, user):
        """Those that the user may decide: from above, neither the own proposal nor about oneself."""
        open_ = self.proposed().filter(access.decides(user, prefix="person__organization__"), person__left_on=None)
        return open_.exclude(proposed_by=user).exclude(person__user=user)

    def overlapping(self, starts_on, last_on):
        """Approved or proposed ones that share a day with a span (``last_on`` None is open)."""
        kept = self.filter(status__in=[Exclusion.Status.PROPOSED, Exclusion.Status.APPROVED])
        kept = kept.filter(Q(last_on=None) | Q(last_on__gte=starts_on))
        return kept.filter(starts_on__lte=last_on) if last_on else kept


class Exclusion(models.Model):
    """不计入应到: why a member is not expected from ``starts_on`` to ``last_on`` (inclusive; None is open).

    The branch proposes, somebody above approves (支部工作条例: ill, abroad, away for more than half a year).
    """

    class Status(models.TextChoices):
        PROPOSED = "PROPOSED", "待批准"
        APPROVED = "APPROVED", "已批准"
        DECLINED = "DECLINED", "未批准"
        WITHDRAWN = "WITHDRAWN", "已撤回"

    person = models.ForeignKey(Person, models.PROTECT, related_name="exclusions")
    status = models.CharField("状态", max_length=9, choices=Status, default=Status.PROPOSED)
    reason = models.CharField("原因", max_length=120)
    starts_on = models.DateField("起始日期")
    last_on = models.DateField("截止日期（含）", null=True, blank=True)
    proposed_at = models.DateTimeField("提出时间", default=clock.now, editable=False)
    proposed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField("批准时间", null=True, blank=True)
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    answer = models.CharField("批复", max_length=120, blank=True)

    objects = ExclusionQuerySet.as_manager()

    class Meta:
        verbose_name = "不计入应到"
        ordering = ["-starts_on", "-pk"]
        constraints = [
            models.CheckConstraint(
                name="an_exclusion_does_not_end_before_it_starts",
                condition=Q(last_on=None) | Q(last_on__gte=F("starts_on")),
            ),
            models.CheckConstraint(name="an_exclusion_has_its_reason", condition=~Q(reason="")),
            models.CheckConstraint(
                name="an_approval_has_its_day", condition=~Q(status="APPROVED") | Q(decided_at__isnull=False)
            ),
        ]
        indexes = [models.Index(fields=["person", "status"], name="exclusion_by_person")]

    def __str__(self):
        return f"{self.person} {self.reason}"

    def get_absolute_url(self):
        return reverse("exclusion", args=[self.pk])

    @property
    def audit_organization_id(self):
        """To whose part of the audit log this belongs."""
        return self.person.organization_id

    @property
    def is_running(self) -> bool:
        """Approved and not over: it holds today or will."""
        return self.status == self.Status.APPROVED and (self.last_on is None or self.last_on >= clock.today())
