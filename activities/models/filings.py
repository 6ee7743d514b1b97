"""备案: what every filed paper has in common: its place on the road, its revisions, every attempt with its answer."""

from django.conf import settings
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.db.models.functions import Coalesce

from branches import access
from branches.models import Appointment, Organization
from core import clock

READERS = access.RECORDERS | access.DEPARTMENT | {"LEADER"}  # who reads the papers of the own part of the tree


class OwnedQuerySet(models.QuerySet):
    """Rows of an organization and a period."""

    def visible_to(self, user):
        return self.filter(access.reads(user))

    def of(self, organizations):
        """Rows of the given organizations."""
        return self.filter(organization__in=organizations)


class FilingQuerySet(OwnedQuerySet):
    """Papers on the road, and those that have arrived."""

    def visible_to(self, user):
        """Papers of the user's part of the tree; those above see no drafts."""
        return self.filter(access.reads(user, offices=READERS)).exclude(
            Q(status=Filing.Status.DRAFT) & ~Q(organization__in=[seat.organization_id for seat in access.seats(user)])
        )

    def same_period(self, paper):
        """Every revision of the paper of one period; to be narrowed to its organization."""
        period = "month" if hasattr(paper, "month") else "year"
        return self.filter(**{period: getattr(paper, period)})

    def standing(self):
        """The one paper that counts for each period: the revision in force, else the first one wherever it is."""
        return self.filter(is_standing())

    def amending(self):
        """Revisions of an accepted paper that are not in force yet; the accepted one counts until they are."""
        return self.filter(revision__gt=1, status__in=Filing.ON_THE_ROAD)

    def on_the_road(self):
        """What is being written, reviewed or corrected: at most one a period."""
        return self.filter(status__in=Filing.ON_THE_ROAD)

    def latest_first(self):
        """Of each period first what is on the road, then what is in force; what is gone is left out."""
        return self.exclude(status__in=Filing.GONE).order_by("-revision")

    def awaiting(self, user):
        """Papers on which the user's review is the next step, the most urgent first; never one's own."""
        forwards = Q(pk__in=[])
        accepts = Q(pk__in=[])
        for seat in access.seats(user):
            if seat.kind == "GENERAL_BRANCH" and seat.office in access.DRAFTERS:
                forwards |= access.within("organization__path", seat.path)
            if seat.office in access.DEPARTMENT:
                below = access.within("organization__path", seat.path) & ~Q(organization=seat.organization_id)
                accepts |= below
                # while a general branch has nobody else in office, its papers come to the department
                running = Appointment.objects.filled().filter(
                    office__in=access.DRAFTERS, organization=OuterRef("organization__parent")
                )
                forwards |= below & ~Exists(running.exclude(person__user=Coalesce(OuterRef("submitted_by"), 0)))
        return (
            self.filter((Q(status=Filing.Status.SUBMITTED) & forwards) | (Q(status=Filing.Status.FILED) & accepts))
            .exclude(submitted_by=user)
            .order_by(Coalesce("lapses_on", "due_on"), "organization__code", "pk")
        )

    def taken_back_from(self, user):
        """Papers that came before the user's eyes and were withdrawn: drafts again, which only their owner sees."""
        above = access.reads(user, offices=access.DRAFTERS | access.DEPARTMENT)
        own = [seat.organization_id for seat in access.seats(user)]
        drafts = self.filter(above, status=Filing.Status.DRAFT, attempts__gt=0)
        return drafts.exclude(organization__in=own).select_related("organization")

    def lapsing(self):
        """Papers whose period for an answer has run out: they stand accepted."""
        return self.filter(status=Filing.Status.FILED, lapses_on__lt=clock.today())

    def in_full(self):
        """With whose it is and who sent it."""
        return self.select_related("organization__parent", "submitted_by")

    def chosen(self, ids):
        """The ticked ones of a page; anything that is no number is passed over."""
        numbers = [one for one in ids if one.isascii() and one.isdigit() and len(one) < 19]
        return self.filter(pk__in=numbers).select_related("organization__parent")


def is_standing(prefix="") -> Q:
    """The filter behind ``standing``; ``prefix`` leads to the papers from rows that have them."""
    in_force, first = Q(**{f"{prefix}status": Filing.Status.ACCEPTED}), Q(**{f"{prefix}revision": 1})
    return (in_force | first) & ~Q(**{f"{prefix}status__in": Filing.GONE})


class Filing(models.Model):
    """A paper that is filed upward one level at a time: a month's plan, a year's plan, a year's summary.

    A change after acceptance is a new row with the next ``revision`` and a ``reason``; the accepted one stays in force
    until the new one is accepted in its turn. ``reopened`` names the parts that a return asked to change; with none,
    all of it is open. ``lapses_on`` is the last day for the department's answer: afterwards the paper stands accepted.
    """

    class Status(models.TextChoices):
        DRAFT = "DRAFT", "暂存"
        SUBMITTED = "SUBMITTED", "待总支审核"
        FILED = "FILED", "待组织部审核"
        ACCEPTED = "ACCEPTED", "已备案"
        RETURNED = "RETURNED", "已退回"
        SUPERSEDED = "SUPERSEDED", "已被修订"
        DROPPED = "DROPPED", "已作废"

    ON_THE_ROAD = (Status.DRAFT, Status.SUBMITTED, Status.FILED, Status.RETURNED)
    GONE = (Status.SUPERSEDED, Status.DROPPED)
    OPEN = (Status.DRAFT, Status.RETURNED)  # the turn of whoever files it

    status = models.CharField("状态", max_length=10, choices=Status, default=Status.DRAFT)
    revision = models.PositiveSmallIntegerField("第几版", default=1)
    reason = models.CharField("修订原因", max_length=200, blank=True)
    due_on = models.DateField("报送截止")
    first_submitted_on = models.DateField("首次报送", null=True)
    submitted_at = models.DateTimeField("报送时间", null=True)
    submitted_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    filed_at = models.DateTimeField("转报时间", null=True)
    lapses_on = models.DateField("备案办理期限", null=True)
    accepted_at = models.DateTimeField("备案时间", null=True)
    is_lapsed = models.BooleanField("逾期未退，自动备案", default=False)
    returned_at = models.DateTimeField("退回时间", null=True)
    return_note = models.TextField("退回意见", blank=True)
    reopened = models.JSONField("退回修改的部分", default=list, blank=True)
    attempts = models.PositiveSmallIntegerField("报送次数", default=0)
    version = models.PositiveIntegerField("版本", default=1)

    class Meta:
        abstract = True

    def __str__(self):
        return f"{self.organization} {self.title}"

    @property
    def is_open(self) -> bool:
        """Is it the turn of whoever files it: not submitted yet, or returned?"""
        return self.status in self.OPEN

    @property
    def is_late(self) -> bool:
        """Was it first submitted after the due day, by the server's clock?"""
        return self.first_submitted_on is not None and self.first_submitted_on > self.due_on

    @property
    def has_middle(self):
        """Does a general branch stand between whoever files it and the organization department?"""
        return self.organization.is_branch and not self.organization.is_direct

    @property
    def is_amendment(self) -> bool:
        """Does it change what was accepted before?"""
        return self.revision > 1


def filing_constraints(noun: str, *period: str) -> list[models.BaseConstraint]:
    """What the database holds true of a kind of paper: ``noun`` names it, ``period`` are the fields of its period."""
    whose = ["organization", *period]
    return [
        models.UniqueConstraint(fields=[*whose, "revision"], name=f"one_{noun}_a_period_and_revision"),
        models.UniqueConstraint(
            fields=whose, condition=Q(status__in=["DRAFT", "SUBMITTED", "FILED", "RETURNED"]),
            name=f"one_{noun}_on_the_road",
        ),
        models.UniqueConstraint(fields=whose, condition=Q(status="ACCEPTED"), name=f"one_{noun}_in_force"),
        models.CheckConstraint(
            name=f"a_filed_{noun}_was_submitted",
            condition=Q(status="DRAFT") | Q(submitted_at__isnull=False, first_submitted_on__isnull=False),
        ),
        models.CheckConstraint(
            name=f"a_revised_{noun}_has_its_reason", condition=Q(revision=1) | ~Q(reason="")
        ),
        models.CheckConstraint(
            name=f"a_lapsed_{noun}_is_accepted",
            condition=Q(is_lapsed=False) | Q(status__in=["ACCEPTED", "SUPERSEDED"]),
        ),
    ]  # fmt: skip


class Attempt(models.Model):
    """One submission of a paper: what it said (words by part), and how it was answered.

    ``comments`` are what a reviewer wants changed, by the name of the part. It belongs to exactly one paper.
    """

    class Outcome(models.TextChoices):
        WAITING = "WAITING", "待办"
        WITHDRAWN = "WITHDRAWN", "已撤回"
        RETURNED = "RETURNED", "已退回"
        ACCEPTED = "ACCEPTED", "已备案"
        DROPPED = "DROPPED", "已作废"

    plan = models.ForeignKey("MonthlyPlan", models.CASCADE, null=True, related_name="tries")
    annual_plan = models.ForeignKey("AnnualPlan", models.CASCADE, null=True, related_name="tries")
    summary = models.ForeignKey("YearSummary", models.CASCADE, null=True, related_name="tries")
    number = models.PositiveSmallIntegerField("第几次报送")
    content = models.JSONField("报送内容", default=dict)
    submitted_at = models.DateTimeField("报送时间")
    submitted_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    outcome = models.CharField("结果", max_length=9, choices=Outcome, default=Outcome.WAITING)
    note = models.TextField("总的意见", blank=True)
    comments = models.JSONField("逐项意见", default=dict, blank=True)

    class Meta:
        verbose_name = "报送"
        ordering = ["number"]
        constraints = [
            models.CheckConstraint(
                name="an_attempt_belongs_to_one_paper",
                condition=Q(plan__isnull=False, annual_plan__isnull=True, summary__isnull=True)
                | Q(plan__isnull=True, annual_plan__isnull=False, summary__isnull=True)
                | Q(plan__isnull=True, annual_plan__isnull=True, summary__isnull=False),
            ),
            *[
                models.UniqueConstraint(fields=[kind, "number"], name=f"{kind}_attempts_are_numbered")
                for kind in ("plan", "annual_plan", "summary")
            ],
        ]

    def __str__(self):
        return f"第 {self.number} 次报送"


def organization_field(name: str) -> models.ForeignKey:
    """Whose paper it is; ``name`` is the reverse accessor."""
    return models.ForeignKey(Organization, models.PROTECT, related_name=name, verbose_name="党组织")
