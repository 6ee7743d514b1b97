"""组织关系: every move of a person between registers, into the university and out of it."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.urls import reverse

from branches import access
from branches.models.organizations import Organization
from branches.models.people import Person
from core import clock


class TransferQuerySet(models.QuerySet):
    def visible_to(self, user):
        """Transfers from or to the user's part of the tree, and the user's own."""
        return self.filter(
            access.reads(user, prefix="from_organization__")
            | access.reads(user, prefix="to_organization__")
            | Q(person__user=user)
        )

    def accepted(self):
        """Those that took place: they say who was where on which day."""
        return self.filter(status=Transfer.Status.ACCEPTED)

    def chosen(self, ids):
        """The ticked ones of a page; anything that is no number is passed over."""
        return self.filter(pk__in=[one for one in ids if one.isascii() and one.isdigit() and len(one) < 19])

    def after(self, transfer):
        """What took place later with the same person."""
        later = Q(moved_on__gt=transfer.moved_on) | Q(moved_on=transfer.moved_on, pk__gt=transfer.pk)
        return self.accepted().filter(later, person=transfer.person_id)

    def leaving(self):
        """Those by which people left the university."""
        return self.filter(to_organization=None).exclude(kind=Transfer.Kind.UNDONE)

    def open(self):
        """Those that the receiving branch has not answered."""
        return self.filter(status=Transfer.Status.REQUESTED)

    def sent_by(self, user):
        """Open ones of the registers that this user keeps: another branch has still to answer."""
        return self.open().filter(access.reads(user, offices=access.KEEPERS, prefix="from_organization__"))

    def awaiting(self, user):
        """Open ones that this user may accept or decline: keepers of the receiving branch; nobody their own."""
        kept = access.reads(user, offices=access.KEEPERS, prefix="to_organization__")
        own = Q(person__user=user) | Q(requested_by=user)
        return self.open().filter(kept, to_organization__closed_on=None).exclude(own)


class Transfer(models.Model):
    """组织关系变动: a person leaves one register for another, to which they belong from ``moved_on`` on.

    Without ``from_organization`` somebody comes (back) into the register, without ``to_organization`` somebody goes.
    Who moves within the university moves when the receiving branch accepts. The accepted rows, with the person's
    present organization, are the whole history of where somebody was: see ``PersonQuerySet.with_home``.
    A mistake is not deleted: a row of kind UNDONE leads back, on the same day, so that nobody was away meanwhile.
    """

    class Kind(models.TextChoices):
        WITHIN = "WITHIN", "校内转接"
        IN = "IN", "转入本校"
        RESUMED = "RESUMED", "恢复党籍"
        OUT = "OUT", "转出本校"
        GRADUATED = "GRADUATED", "毕业转出"
        DIED = "DIED", "去世"
        SUSPENDED = "SUSPENDED", "停止党籍"
        LEFT = "LEFT", "出党"
        DROPPED = "DROPPED", "不再培养"
        UNDONE = "UNDONE", "撤销变动"

    class Status(models.TextChoices):
        REQUESTED = "REQUESTED", "待接收"
        ACCEPTED = "ACCEPTED", "已办结"
        DECLINED = "DECLINED", "已退回"
        WITHDRAWN = "WITHDRAWN", "已撤回"

    person = models.ForeignKey(Person, models.PROTECT, related_name="transfers", verbose_name="姓名")
    kind = models.CharField("种类", max_length=9, choices=Kind)
    status = models.CharField("状态", max_length=9, choices=Status, default=Status.REQUESTED)
    from_organization = models.ForeignKey(
        Organization, models.PROTECT, null=True, blank=True, related_name="transfers_out", verbose_name="转出党支部"
    )
    to_organization = models.ForeignKey(
        Organization, models.PROTECT, null=True, blank=True, related_name="transfers_in", verbose_name="转入党支部"
    )
    place = models.CharField("校外党组织", max_length=120, blank=True)
    note = models.CharField("说明", max_length=200, blank=True)
    answer = models.CharField("答复", max_length=200, blank=True)
    moved_on = models.DateField("变动日期", null=True, blank=True)
    requested_at = models.DateTimeField("提出时间", default=clock.now, editable=False)
    requested_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name="提出人"
    )
    decided_at = models.DateTimeField("办结时间", null=True, blank=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="办结人"
    )
    undoes = models.OneToOneField(
        "self", models.PROTECT, null=True, blank=True, related_name="undoing", verbose_name="撤销的变动"
    )

    objects = TransferQuerySet.as_manager()

    class Meta:
        verbose_name = "组织关系变动"
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["person"], condition=Q(status="REQUESTED"), name="one_open_transfer_a_person"
            ),
            models.CheckConstraint(
                name="a_transfer_leads_somewhere",
                condition=(Q(from_organization__isnull=False) | Q(to_organization__isnull=False))
                & (Q(from_organization=None) | Q(to_organization=None) | ~Q(from_organization=F("to_organization"))),
            ),
            models.CheckConstraint(
                name="a_transfer_that_took_place_has_its_day",
                condition=~Q(status="ACCEPTED") | Q(moved_on__isnull=False),
            ),
            models.CheckConstraint(
                name="an_undoing_names_what_it_undoes",
                condition=Q(kind="UNDONE", undoes__isnull=False) | (~Q(kind="UNDONE") & Q(undoes=None)),
            ),
        ]
        indexes = [
            models.Index(fields=["person", "moved_on"], name="transfer_by_person"),
            models.Index(fields=["to_organization", "status"], name="transfer_by_target"),
            models.Index(fields=["from_organization", "status"], name="transfer_by_source"),
        ]

    def __str__(self):
        return f"{self.person} {self.get_kind_display()}"

    def get_absolute_url(self):
        return reverse("transfer", args=[self.pk])

    @property
    def audit_organization_id(self):
        """To whose part of the audit log this belongs."""
        return self.from_organization_id or self.to_organization_id
