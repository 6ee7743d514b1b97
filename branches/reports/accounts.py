"""Accounts of the register: in which state each one is, and what a page or a workbook shows of it. Never a secret."""

import datetime
from dataclasses import dataclass

from axes.helpers import get_cool_off
from axes.models import AccessAttempt
from django.conf import settings
from django.db.models import Case, CharField, Exists, OuterRef, Q, Sum, Value, When

from branches import rules
from branches.models import Person
from branches.reports.people import person_lines
from core import clock
from core.accounts import WRONG_TRIES, Activation
from core.audit import AuditEntry, history_of
from core.workflow import Verdict

# state → (word, style, icon)
STATES = {
    "NONE": ("没有账号", "none", "minus"),
    "WAITING": ("待激活", "wait", "clock"),
    "ACTIVE": ("已启用", "done", "check"),
    "LOCKED": ("已锁定", "due", "key"),
    "DISABLED": ("已停用", "late", "pause"),
    "LEFT": ("已离开", "none", "out"),
}
HISTORY_LENGTH = 50


def locked_names() -> list[str]:
    """The log-in names that are closed to some network at present, after five wrong passwords."""
    since = clock.now() - (get_cool_off() or datetime.timedelta())
    recent = AccessAttempt.objects.filter(attempt_time__gte=since).values("username", "ip_address")
    closed = recent.annotate(wrong=Sum("failures_since_start")).filter(wrong__gte=WRONG_TRIES)
    return sorted({row["username"] for row in closed if row["username"]})


def with_state(people):
    """Adds ``account_state``, a key of STATES. A row that single sign-on uses needs no password to be in use."""
    unset = Q(user__password__startswith="!")
    if settings.SINGLE_SIGN_ON:
        unset &= Q(user__last_login=None)
    return people.annotate(
        account_state=Case(
            When(left_on__isnull=False, then=Value("LEFT")),
            When(user=None, then=Value("NONE")),
            When(user__is_active=False, then=Value("DISABLED")),
            When(user__username__in=locked_names(), then=Value("LOCKED")),
            When(unset, then=Value("WAITING")),
            default=Value("ACTIVE"),
            output_field=CharField(),
        )
    )


def register_of_accounts(user):
    """The people whose accounts the user may look after, and those who left one behind."""
    people = Person.objects.visible_to(user).kept_by(user).filter(Q(left_on=None) | Q(user__isnull=False))
    return with_state(people).select_related("organization", "user")


def in_need_of_code(people, user):
    """Those of ``people`` who cannot get in as yet, hold no running code, and whose account the user keeps."""
    holds_code = Exists(Activation.objects.running().filter(user=OuterRef("user")))
    return rules.keepable_by(people, user).filter(~holds_code, account_state__in=["NONE", "WAITING"])


def number_in_need(people, user, most) -> int:
    """How many of them those are. Beyond ``most`` it is not counted on, which takes long in a city: ``most`` + 1."""
    return in_need_of_code(people, user).order_by()[: most + 1].count()


@dataclass(frozen=True)
class AccountLine:
    """A person and the person's account. ``may`` says whether the viewer keeps it, and if not, who does."""

    person: Person
    state: str
    offices: str
    code: Activation | None
    may: Verdict

    @property
    def word(self) -> str:
        return STATES[self.state][0]

    @property
    def style(self) -> str:
        return STATES[self.state][1]

    @property
    def icon(self) -> str:
        return STATES[self.state][2]

    @property
    def last_login(self):
        return self.person.user.last_login if self.person.user else None

    @property
    def code_word(self) -> str:
        """What became of the code that was handed out, while the account waits for it."""
        if self.state != "WAITING":
            return ""
        if self.code is None:
            return "还没有发激活码"
        if self.code.expires_at <= clock.now():
            return "激活码已过期"
        return f"激活码有效到 {clock.day_of(self.code.expires_at):%Y-%m-%d}"

    @property
    def needs_code(self) -> bool:
        return self.state in ("NONE", "WAITING")


def account_lines(people, user) -> list[AccountLine]:
    """Lines for a page of people with their state, in four queries for any number."""
    people = list(people)
    states = {person.pk: person.account_state for person in people}
    ids = list(states)
    held = rules.offices_at(ids)
    codes = {one.user_id: one for one in Activation.objects.open().filter(user__person__in=ids)}
    return [
        AccountLine(
            person=line.person,
            state=states[line.person.pk],
            offices=line.offices,
            code=codes.get(line.person.user_id),
            may=rules.may_keep(user, line.person, held.get(line.person.pk, [])),
        )
        for line in person_lines(people)
    ]


def account_history(user) -> list[AuditEntry]:
    """What was done with an account, oldest first; its log-ins are told by the last one alone."""
    steps = history_of(user).exclude(event="account.entered").exclude(event__endswith=".exported")
    return list(reversed(steps.order_by("-pk")[:HISTORY_LENGTH]))


def latest_code_id(user) -> int:
    """The number of the latest code, which a page sends back so that it is not sent twice; 0 without one."""
    latest = user.activations.order_by("pk").last() if user else None
    return latest.pk if latest else 0
