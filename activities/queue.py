"""What the review queue shows: how many of each kind wait, who is next to the chosen one, who has not come in."""

import datetime
from collections import Counter
from dataclasses import dataclass, field

from django.core import signing
from django.db.models import Count, Q, Value
from django.db.models.functions import Coalesce

from activities import duties
from activities.addresses import KINDS
from activities.models import AnnualPlan, Filing, MonthlyPlan, Policies, YearSummary
from branches.models import Organization
from core import clock
from core.workflow import StaleState

QUEUE_SIZE = 50
MOST_AT_ONCE = 200  # papers that one click answers: each is an act of its own, and the page waits for all of them
NAMED = 5  # so many branches are named in a message; more are counted


@dataclass(frozen=True)
class Tab:
    """One kind of paper, and how many of it wait for the user."""

    kind: str
    name: str
    waiting: int


NAMES = {MonthlyPlan: "月计划", AnnualPlan: "年度计划", YearSummary: "年终总结"}


def tabs(batches) -> list[Tab]:
    """Every kind with its number."""
    numbers: Counter[str] = Counter()
    for one in batches:
        numbers[one.kind] += one.count
    return [Tab(kind, NAMES[model], numbers[kind]) for kind, model in KINDS.items()]


def chosen(waiting, listed, asked: str):
    """The paper that the address asks for, as far as it waits for the user; else the first."""
    if asked not in [str(paper.pk) for paper in listed]:
        return waiting.chosen([asked]).first() or next(iter(listed), None)
    return next(paper for paper in listed if str(paper.pk) == asked)


def elsewhere(model, user, asked: str, chosen):
    """The paper that the address asks for and that does not wait for the user: answered by somebody, or taken back."""
    if not asked or (chosen and str(chosen.pk) == asked):
        return None
    seen = model.objects.visible_to(user).chosen([asked]).first()
    return seen or model.objects.taken_back_from(user).chosen([asked]).first()


def neighbours(queue, chosen) -> dict:
    """``earlier`` and ``following`` in the queue; the following one of the last is the first, if there is another."""
    places = [paper.pk for paper in queue]
    if chosen.pk not in places:
        return {"earlier": None, "following": None}
    at = places.index(chosen.pk)
    others = queue[at + 1 :] + queue[:at]
    return {"earlier": queue[at - 1] if at else None, "following": others[0] if others else None}


def paper_before(user, paper):
    """The standing paper of the period before, of the same kind and organization, as far as the reviewer sees it."""
    rows = type(paper).objects.visible_to(user).standing().of([paper.organization_id])
    if isinstance(paper, MonthlyPlan):
        rows = rows.filter(month__lt=paper.month, cancels=False).select_related("host", "recorder")
        return rows.order_by("-month").first()
    return rows.filter(year__lt=paper.year).order_by("-year").first()


STATES = {"forward": Filing.Status.SUBMITTED, "accept": Filing.Status.FILED}
WORDS = {"forward": "转报", "accept": "备案"}
TAKEN_BACK = "刚刚撤回了，等支部改好再报。"


@dataclass(frozen=True)
class Batch:
    """All papers of a kind that wait for one step of the user, in numbers: what the question before it says."""

    kind: str
    step: str
    count: int
    amendments: int
    cancels: int

    @property
    def question(self) -> str:
        numbers = (("修订", self.amendments), ("不开展", self.cancels))
        apart = [f"{word} {number} 份" for word, number in numbers if number]
        among = f"，其中{'、'.join(apart)}" if apart else ""
        most = f"一次办 {MOST_AT_ONCE} 份，其余请再按一次。" if self.count > MOST_AT_ONCE else ""
        return f"{WORDS[self.step]} {self.count} 份{NAMES[KINDS[self.kind]]}{among}。{most}确定吗？"


def batches(user) -> list[Batch]:
    """Of every kind and step for which something waits, in one query."""
    amended = Count("pk", filter=Q(revision__gt=1))
    rows = [
        model.objects.visible_to(user).awaiting(user).order_by().annotate(kind_=Value(kind)).values("kind_", "status")
        .annotate(number=Count("pk"), amended=amended, cancelled=_cancelled(model))
        .values_list("kind_", "status", "number", "amended", "cancelled")
        for kind, model in KINDS.items()
    ]  # fmt: skip
    steps = {state: step for step, state in STATES.items()}
    return [Batch(kind, steps[state], *numbers) for kind, state, *numbers in rows[0].union(*rows[1:], all=True)]


def _cancelled(model):
    return Count("pk", filter=Q(cancels=True)) if model is MonthlyPlan else Value(0)


@dataclass(frozen=True)
class Chosen:
    """What one click is about: papers with the attempts that were seen, and what is left out.

    ``gone`` are ticked ones that cannot be answered any more, with the reason; ``remaining`` are too many for one
    click, ``later`` came after the page was loaded.
    """

    papers: list[Filing]
    attempts: dict[int, int] = field(default_factory=dict)
    gone: list[tuple[Filing, str]] = field(default_factory=list)
    remaining: int = 0
    later: int = 0


def stamp() -> str:
    """This moment, for the page to send back: what came after it was not shown."""
    return signing.dumps(clock.now().isoformat(), salt="queue")


def shown_by(stamped: str, step: str, model, user) -> Chosen:
    """All that wait for this step of the user and had come when the page was loaded, not only those that it lists."""
    try:
        moment = datetime.datetime.fromisoformat(signing.loads(stamped, salt="queue"))
    except signing.BadSignature as error:
        raise StaleState("这一页已经过期，请看最新的再办理。") from error
    came = Coalesce("filed_at", "submitted_at") if step == "accept" else Coalesce("submitted_at", "filed_at")
    waiting = model.objects.visible_to(user).awaiting(user).filter(status=STATES[step]).annotate(came_at=came)
    shown = waiting.filter(came_at__lte=moment)
    papers = list(shown.select_related("organization__parent")[:MOST_AT_ONCE])
    remaining = shown.count() - len(papers) if len(papers) == MOST_AT_ONCE else 0
    return Chosen(papers, remaining=remaining, later=waiting.filter(came_at__gt=moment).count())


def ticked(values: list[str], model, user) -> Chosen:
    """The ticked papers; each tick is an id and the attempt that was shown (12-1)."""
    seen = {number: attempt for number, _, attempt in (value.partition("-") for value in values)}
    papers = list(model.objects.visible_to(user).chosen(seen))
    shown = [seen.get(str(paper.pk), "") for paper in papers]
    attempts = [int(one) if one.isascii() and one.isdigit() and len(one) < 6 else 0 for one in shown]
    gone = [(paper, TAKEN_BACK) for paper in model.objects.taken_back_from(user).chosen(seen)]
    return Chosen(papers, dict(zip([paper.pk for paper in papers], attempts, strict=True)), gone)


def not_yet_in(user, forwarded) -> str:
    """After forwarding plans: which branches of the same general branches have not sent theirs, in a sentence."""
    plans = [paper for paper in forwarded if isinstance(paper, MonthlyPlan)]
    if not plans:
        return ""
    month = max(plan.month for plan in plans)
    policy = Policies().of(month)
    if duties.why_not_owed(policy, month, None, None):
        return ""
    sent = MonthlyPlan.objects.visible_to(user).for_month(month).exclude(status__in=Filing.OPEN)
    silent = (
        Organization.objects.visible_to(user).branches().existing_in(month)
        .filter(parent__in={plan.organization.parent_id for plan in plans})
        .exclude(founded_on__gt=policy.plan_due_on(month))
        .exclude(pk__in=sent.values("organization"))
        .order_by("code")
    )  # fmt: skip
    names = [str(branch) for branch in silent[: NAMED + 1]]
    if not names:
        return f"{month.short}计划都报齐了。"
    count = silent.count()
    return (
        f"还有 {count} 个党支部没有报来 {month.short}计划：{'、'.join(names[:NAMED])}{'等' if count > NAMED else ''}。"
    )
