"""微心愿: a small wish of somebody whom a branch knows, and who makes it come true."""

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Case, DateField, Exists, F, OuterRef, Q, When
from django.db.models.functions import TruncDate
from django.urls import reverse

from activities.kinds import ServiceKind
from activities.models.days import DayItem
from branches import access
from branches.models import Organization, Person
from core import clock

LONGEST = 6000  # minutes: a hundred hours, which no small wish takes


def minutes_field(name):
    """How long it took, in minutes."""
    return models.PositiveIntegerField(
        name, null=True, blank=True, validators=[MinValueValidator(1), MaxValueValidator(LONGEST)]
    )


def home_of(user) -> Organization | None:
    """The organization in whose register the user stands at present."""
    person = getattr(user, "person", None)
    if person is None or person.left_on or person.organization.closed_on:
        return None
    return person.organization


class WishQuerySet(models.QuerySet):
    def visible_to(self, user):
        """Of the user's part of the tree, open to where the user stands, claimed or asked by the user."""
        if not user.is_authenticated:
            return self.none()
        own = Q(claimant__user=user) | Q(asker__user=user)
        theirs = access.reads(user) | access.reads(user, prefix="claiming_branch__")
        seats = Q(open_to__in=[pk for seat in access.seats(user) for pk in seat.lineage])
        return self.filter(theirs | own | seats | _open_to_home_of(user))

    def open(self):
        return self.filter(status=Wish.Status.OPEN)

    def claimable_by(self, user):
        """Those that wait for somebody, and that the user may take: for oneself, or for a branch."""
        seats = Q(open_to__in=[pk for seat in access.seats(user) if takes_for(seat) for pk in seat.lineage])
        return self.open().filter(seats | _open_to_home_of(user)).exclude(asker__user=user)

    def claimed_by(self, user):
        """Those that the user has claimed: for oneself, or as an officer for the branch."""
        return self.filter(Q(claimant__user=user) | Q(claimant=None, claiming_branch__in=_branches_of(user)))

    def posted_by(self, user):
        """Those of the user's own branches, and those that the user asked."""
        return self.filter(Q(asker__user=user) | Q(organization__in=_branches_of(user)))

    def concerning(self, person):
        """What somebody has still to do, and what waits for the word of somebody who asked."""
        claimed = Q(claimant=person, status__in=[Wish.Status.CLAIMED, Wish.Status.DONE])
        return self.filter(claimed | Q(asker=person, status=Wish.Status.DONE))

    def of_claimant(self, person):
        """What somebody claimed, with ``on``: the day on which it was done, or, while it is not, claimed."""
        done = When(status__in=[Wish.Status.DONE, Wish.Status.CONFIRMED], then=F("done_on"))
        on = Case(done, default=TruncDate("claimed_at"), output_field=DateField())
        return self.filter(claimant=person).annotate(on=on).order_by("-on", "-pk")

    def in_full(self):
        """With all that a wish's page names."""
        return self.select_related(
            "organization__parent", "open_to", "asker__user", "claimant__user", "claimant__organization",
            "claiming_branch", "claimed_by", "finished_by", "confirmed_by", "day_item__day",
        )  # fmt: skip


def takes_for(seat) -> bool:
    """May the holder of a seat take a wish for its branch?"""
    return seat.kind == "BRANCH" and seat.office in access.RECORDERS


def _open_to_home_of(user) -> Q:
    """Open to the organization in whose register the user stands, or to one above it: ``home_of`` as a filter."""
    home = Organization.objects.open().filter(people__user=user, people__left_on=None)
    return Q(Exists(home.filter(path__startswith=OuterRef("open_to__path"))))


def _branches_of(user) -> list[int]:
    return [seat.organization_id for seat in access.seats(user) if takes_for(seat)]


class Wish(models.Model):
    """A wish on its road: open, claimed, done, confirmed by who asked; or withdrawn while it was open.

    It is claimed by a person, or by a branch for itself (``claimant`` None); ``claiming_branch`` is the branch, or the
    one in whose register the person stood. Who asked is known to the posting branch's chain and to the claimer alone.
    """

    class Status(models.TextChoices):
        OPEN = "OPEN", "待认领"
        CLAIMED = "CLAIMED", "已认领"
        DONE = "DONE", "待确认"
        CONFIRMED = "CONFIRMED", "已实现"
        WITHDRAWN = "WITHDRAWN", "已撤回"

    organization = models.ForeignKey(Organization, models.PROTECT, related_name="wishes", verbose_name="发布支部")
    title = models.CharField("心愿", max_length=60)
    text = models.TextField("具体说明", max_length=1000)
    kind = models.CharField("类别", max_length=20, choices=ServiceKind)
    open_to = models.ForeignKey(Organization, models.PROTECT, related_name="+", verbose_name="谁可以认领")
    asker = models.ForeignKey(
        Person, models.PROTECT, null=True, blank=True, related_name="asked_wishes", verbose_name="提出人（名册中）"
    )
    asker_name = models.CharField("提出人", max_length=60)
    contact = models.CharField("联系方式", max_length=60, blank=True)
    wanted_until = models.DateField("希望何时前实现", null=True, blank=True)
    status = models.CharField("状态", max_length=9, choices=Status, default=Status.OPEN)
    posted_at = models.DateTimeField("发布时间", default=clock.now, editable=False)
    posted_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="发布人")
    claimant = models.ForeignKey(
        Person, models.PROTECT, null=True, related_name="claimed_wishes", verbose_name="认领人"
    )
    claiming_branch = models.ForeignKey(
        Organization, models.PROTECT, null=True, related_name="claimed_wishes", verbose_name="认领支部"
    )
    claimed_at = models.DateTimeField("认领时间", null=True)
    claimed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name="办理认领的人"
    )
    done_on = models.DateField("办好日期", null=True, blank=True)
    deed = models.TextField("做了什么", blank=True, max_length=1000)
    minutes = minutes_field("用时（分钟）")
    helpers = models.PositiveIntegerField(
        "参与人数", null=True, blank=True, validators=[MinValueValidator(1), MaxValueValidator(9999)]
    )
    day_item = models.ForeignKey(
        DayItem, models.SET_NULL, null=True, blank=True, related_name="wishes", verbose_name="在哪次活动日办的"
    )
    finished_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name="办理人"
    )
    confirmed_at = models.DateTimeField("确认时间", null=True)
    confirmed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name="确认人"
    )
    confirmed_for = models.CharField("谁确认的", max_length=60, blank=True)
    sent_back_note = models.CharField("还没办好的地方", max_length=200, blank=True)

    objects = WishQuerySet.as_manager()

    class Meta:
        verbose_name = "微心愿"
        ordering = ["-pk"]
        constraints = [
            models.CheckConstraint(
                name="a_wish_is_claimed_or_waits_for_somebody",
                condition=Q(
                    status__in=["OPEN", "WITHDRAWN"], claimant=None, claiming_branch=None, claimed_at=None,
                    claimed_by=None,
                )
                | Q(
                    status__in=["CLAIMED", "DONE", "CONFIRMED"], claiming_branch__isnull=False,
                    claimed_at__isnull=False, claimed_by__isnull=False,
                ),
            ),
            models.CheckConstraint(
                name="a_wish_done_says_when_and_what",
                condition=~Q(status__in=["DONE", "CONFIRMED"])
                | Q(done_on__isnull=False, minutes__gt=0, helpers__gt=0, finished_by__isnull=False) & ~Q(deed=""),
            ),
            models.CheckConstraint(
                name="a_wish_is_confirmed_by_somebody_for_somebody",
                condition=Q(status="CONFIRMED", confirmed_at__isnull=False, confirmed_by__isnull=False)
                & ~Q(confirmed_for="")
                | ~Q(status="CONFIRMED") & Q(confirmed_at=None, confirmed_by=None, confirmed_for=""),
            ),
            models.CheckConstraint(
                name="nobody_confirms_a_wish_that_they_did",
                condition=Q(confirmed_by=None)
                | ~Q(confirmed_by=F("claimed_by")) & ~Q(confirmed_by=F("finished_by")),
            ),
        ]  # fmt: skip
        indexes = [
            models.Index(fields=["status", "open_to"], name="wish_by_status"),
            models.Index(fields=["organization", "posted_at"], name="wish_by_organization"),
        ]

    def __str__(self):
        return f"微心愿“{self.title}”"

    def get_absolute_url(self):
        return reverse("wish", args=[self.pk])

    @property
    def claimer(self) -> str:
        """Who took it, in words: a person of a branch, or a branch."""
        if self.claiming_branch is None:
            return ""
        return f"{self.claimant.name}（{self.claiming_branch}）" if self.claimant else str(self.claiming_branch)

    @property
    def style(self) -> str:
        """Of the chip: what is done waits here for its confirmation."""
        return {"OPEN": "due", "CLAIMED": "wait", "DONE": "wait", "CONFIRMED": "done"}.get(self.status, "none")

    @property
    def is_overdue(self) -> bool:
        """Wanted by a day that is over, and not done."""
        waits = self.status in (self.Status.OPEN, self.Status.CLAIMED)
        return waits and self.wanted_until is not None and self.wanted_until < clock.today()
