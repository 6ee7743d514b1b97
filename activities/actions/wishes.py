"""微心愿: the road of a wish, from who asked to who confirms. The only door to its status."""

from django.db import transaction

from activities.models import Wish
from activities.models.wishes import home_of
from activities.rules import service as rules
from branches import access
from branches.models import Appointment
from core import clock
from core.audit import record
from core.inbox import tell
from core.workflow import lock, require

Status = Wish.Status
FROM = {
    "withdraw": (Status.OPEN,),
    "claim": (Status.OPEN,),
    "give_back": (Status.CLAIMED,),
    "finish": (Status.CLAIMED,),
    "confirm": (Status.DONE,),
    "send_back": (Status.DONE,),
}
NOBODY = {"claimant": None, "claiming_branch": None, "claimed_at": None, "claimed_by": None}
DEED = ("done_on", "deed", "minutes", "helpers", "day_item")
NOTHING_DONE = dict.fromkeys((*DEED, "finished_by")) | {"deed": "", "sent_back_note": ""}


@transaction.atomic
def post_wish(organization, *, by, **values):
    """Put up a wish of somebody whom the branch knows; ``values`` by field name, ``open_to`` of the branch's line."""
    require(rules.can_post(by, organization))
    if values["open_to"].pk not in organization.lineage:
        raise ValueError("open_to is not above the posting branch")
    wish = Wish.objects.create(organization=organization, posted_by=by, **values)
    entry = record(wish, "wish.posted", by=by)
    _tell(_askers(wish), "wish_posted", wish, entry, "已为您发布")
    return wish


@transaction.atomic
def withdraw_wish(wish, *, by):
    """Take back a wish that nobody has claimed."""
    wish = lock(wish, *FROM["withdraw"])
    require(rules.can_withdraw(by, wish))
    wish.status = Status.WITHDRAWN
    wish.save(update_fields=["status"])
    entry = record(wish, "wish.withdrawn", by=by)
    _tell(_askers(wish), "wish_withdrawn", wish, entry, "由支部撤回了")
    return wish


@transaction.atomic
def claim_wish(wish, *, by, branch=None):
    """认领, for oneself or in the name of ``branch``. Of two at once one has it; the other learns who was faster."""
    wish = lock(wish, *FROM["claim"])
    require(rules.can_claim_for(by, wish, branch) if branch else rules.can_claim(by, wish))
    wish.status, wish.claimed_at, wish.claimed_by = Status.CLAIMED, clock.now(), by
    wish.claimant, wish.claiming_branch = (None, branch) if branch else (by.person, home_of(by))
    wish.save(update_fields=["status", *NOBODY])
    entry = record(wish, "wish.claimed", by=by)
    _tell(_posters(wish) + _askers(wish), "wish_claimed", wish, entry, f"由{wish.claimer}认领")
    return wish


@transaction.atomic
def give_back_wish(wish, *, by, reason):
    """退回认领 with the reason: it waits for somebody again, who begins with nothing of what another did."""
    wish = lock(wish, *FROM["give_back"])
    require(rules.can_give_back(by, wish))
    gives_back = rules.claims(by, wish)
    words = f"{wish.claimer}退回了认领" if gives_back else f"{wish.claimer}已不能办，由发布的支部退回"
    wish.status = Status.OPEN
    for name, value in (NOBODY | NOTHING_DONE).items():
        setattr(wish, name, value)
    wish.save(update_fields=["status", *NOBODY, *NOTHING_DONE])
    entry = record(wish, "wish.given_back", by=by, note=reason)
    _tell(_posters(wish) + _askers(wish), "wish_given_back", wish, entry, words, f"原因：{reason}")
    return wish


@transaction.atomic
def finish_wish(wish, *, by, **deed):
    """办好了: when, what was done, how long, by how many; and on which activity day, if it was on one."""
    wish = lock(wish, *FROM["finish"])
    require(rules.can_finish(by, wish))
    item = deed.get("day_item")
    if item is not None and item.day.organization_id != wish.claiming_branch_id:
        raise ValueError("the item is of another branch's day")
    for name in DEED:
        setattr(wish, name, deed.get(name))
    wish.status, wish.finished_by, wish.sent_back_note = Status.DONE, by, ""
    wish.save(update_fields=["status", "finished_by", "sent_back_note", *DEED])
    entry = record(wish, "wish.finished", by=by)
    asked = _askers(wish) if rules.asker_answers(wish) else _posters(wish)
    _tell(asked, "wish_finished", wish, entry, f"{wish.claimer}已办好，请确认", wish.deed)
    return wish


@transaction.atomic
def confirm_wish(wish, *, by, confirmed_for=""):
    """确认实现, by who asked; an officer says in ``confirmed_for`` whose word it is."""
    wish = lock(wish, *FROM["confirm"])
    require(rules.can_confirm(by, wish))
    wish.status, wish.confirmed_at, wish.confirmed_by = Status.CONFIRMED, clock.now(), by
    wish.confirmed_for = wish.asker_name if _is_asker(by, wish) else confirmed_for or wish.asker_name
    wish.save(update_fields=["status", "confirmed_at", "confirmed_by", "confirmed_for"])
    entry = record(wish, "wish.confirmed", by=by)
    _tell(_claimers(wish) + _posters(wish), "wish_confirmed", wish, entry, "已确认实现")
    return wish


@transaction.atomic
def send_back_wish(wish, *, by, note):
    """还没办好: back to the claimer, with a word on what is still to do."""
    wish = lock(wish, *FROM["send_back"])
    require(rules.can_send_back(by, wish))
    wish.status, wish.sent_back_note = Status.CLAIMED, note
    wish.save(update_fields=["status", "sent_back_note"])
    entry = record(wish, "wish.sent_back", by=by, note=note)
    _tell(_claimers(wish), "wish_sent_back", wish, entry, "还没办好", note)
    return wish


def _is_asker(user, wish) -> bool:
    return wish.asker is not None and wish.asker.user_id == user.pk


def _askers(wish) -> list:
    return [wish.asker.user] if wish.asker and wish.asker.user else []


def _posters(wish) -> list:
    return [wish.posted_by, *_secretaries(wish.organization)]


def _claimers(wish) -> list:
    """Who did it: the person, or whoever claimed it for the branch, with its secretaries."""
    if wish.claimant:
        return [wish.claimant.user] if wish.claimant.user else []
    return [wish.claimed_by, *_secretaries(wish.claiming_branch)]


def _secretaries(organization) -> list:
    return list(Appointment.objects.filling(access.SECRETARIES, [organization.pk]).accounts())


def _tell(users, kind, wish, entry, words, text=""):
    """Tell everybody but whoever did it; each step is told once, also where a wish goes the same way twice."""
    others = [user for user in users if user.pk != entry.by_id]
    tell(
        others, kind, key=f"{kind}:{wish.pk}:{entry.pk}", title=f"{wish}：{words}"[:200], text=text,
        url=wish.get_absolute_url(), sender=wish.organization.short_name,
    )  # fmt: skip
