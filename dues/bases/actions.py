"""Every write of bases beyond the sheet of people: one person's, a branch's for a year, a sheet; and the items of pay.

The rates are held first, as by every opening of a month: which months are opened is then certain. Then the people.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from django.db import transaction
from django.urls import reverse as address

from branches.models import Person
from core import clock
from core.audit import record, record_many
from core.inbox import tell
from core.periods import Month
from core.workflow import StaleState, lock, lock_all, require
from dues.actions import fill_opened, lock_rates
from dues.bases import rules
from dues.bases.models import BasePart, PayItem, PayScheme, PaySchemes
from dues.bases.pay import Part
from dues.bases.standing import Bases, stamp_of
from dues.models import Base

OVERTAKEN = "刚才有人核定过基数，您的没有保存。请看最新的基数后再决定。"
ITEMS_OVERTAKEN = "刚刚有人改过核算项目，您的改动没有保存。请看最新的项目后再决定。"
BATCH = 500


@dataclass(frozen=True)
class NewBase:
    """What is to be added: ``amount`` (元 a month) from a month on, why, and the parts of which it was computed."""

    person_id: int
    amount: Decimal
    from_month: Month
    reason: str
    parts: tuple[Part, ...] = ()


@transaction.atomic
def set_base(person, new: NewBase, *, by, seen: str) -> Base:
    """Fix one person's base from a month on; what is charged already stays.

    ``seen`` is ``stamp_of`` the person as the editor saw it; raises StaleState if a base was added since.
    """
    lock_rates()
    person = lock(person)
    require(rules.can_set_base(by, person))
    if stamp_of([person.pk]) != seen:
        raise StaleState(OVERTAKEN)
    had = Bases([person.pk]).at(person.pk, new.from_month)
    (base,) = _add([new], by)
    if had is not None:
        tell(
            [person.user], "base_set", key=f"base_set:{base.pk}", title="您的党费计算基数有变动",
            text=f"从 {new.from_month.label}起按 {new.amount} 元计算，原因：{new.reason}。如有疑问请联系支部书记。",
            url=address("me"), sender=str(person.organization),
        )  # fmt: skip
    return base


@transaction.atomic
def set_year(branch, news: Iterable[NewBase], *, by, seen: str) -> int:
    """Fix the bases of a branch's members for a year, all of them or none; returns how many were added.

    ``seen`` is ``stamp_of`` all members of the branch.
    """
    lock_rates()
    people = lock_all(Person.objects.of(branch).present().members().order_by("pk"))
    require(rules.can_set_bases(by, branch))
    news, ids = list(news), {person.pk for person in people}
    require(rules.can_set_these(by, {new.person_id for new in news}))
    if stamp_of(ids) != seen or not ids.issuperset(new.person_id for new in news):
        raise StaleState(OVERTAKEN)
    return len(_add(news, by))


@transaction.atomic
def add_sheet(news: list[NewBase], *, by) -> int:
    """Write what a sheet says of people who are locked already; returns how many bases were added."""
    require(rules.can_set_these(by, {new.person_id for new in news}) if by else rules.YES)
    return len(_add(news, by))


def _add(news: list[NewBase], by) -> list[Base]:
    """Add bases with their parts; who had none gains what was lacking in the month that runs."""
    known = Bases([new.person_id for new in news])
    made = Base.objects.bulk_create(
        [
            Base(person_id=new.person_id, amount=new.amount, from_month=new.from_month, reason=new.reason, by=by)
            for new in news
        ],
        batch_size=BATCH,
    )
    BasePart.objects.bulk_create(
        [
            BasePart(base=base, name=part.name, is_deducted=part.is_deducted, amount=part.amount, order=order)
            for base, new in zip(made, news, strict=True)
            for order, part in enumerate(new.parts, start=1)
        ],
        batch_size=BATCH,
    )
    by_note = defaultdict(list)
    for new in news:
        by_note[f"{new.from_month.label}起，{new.reason}"].append(new.person_id)
    for note, ids in by_note.items():
        record_many(Person.objects.filter(pk__in=ids).order_by("pk"), "dues.based", by=by, note=note)
    if first := [new.person_id for new in news if known.latest(new.person_id) is None]:
        fill_opened(Month.current(), first)
    return made


@transaction.atomic
def set_items(month: Month, items: list[tuple[str, bool]], *, by, seen: str) -> PayScheme:
    """Let these items (name, is taken off) hold for bases that begin in ``month`` or later.

    A scheme that begins with this very month gets these items in place of its own. Bases keep the parts of which they
    were computed, under the names of their time.
    """
    schemes = _locked(by, seen)
    standing = schemes.at(month)
    scheme = lock(standing) if standing else PayScheme(effective_from=month, version=0)
    gone = list(scheme.items.all()) if scheme.pk else []
    scheme.version += 1
    scheme.save()
    scheme.items.all().delete()
    PayItem.objects.bulk_create(
        PayItem(scheme=scheme, name=name, is_deducted=is_deducted, order=order)
        for order, (name, is_deducted) in enumerate(items, start=1)
    )
    words = "、".join(f"{name}（{'减' if is_deducted else '加'}）" for name, is_deducted in items)
    record(scheme, "pay_items.set", by=by, note=f"{scheme}：{words}", gone=gone)
    return scheme


@transaction.atomic
def drop_items(scheme, *, by, seen: str) -> None:
    """Take a scheme back whose month is still to come; what was computed by it keeps its parts."""
    schemes = _locked(by, seen)
    scheme = next((one for one in schemes.rows if one.pk == scheme.pk), None)
    if scheme is None:
        raise StaleState(ITEMS_OVERTAKEN)
    if scheme.effective_from <= Month.of(clock.today()):
        raise StaleState(f"{scheme}的核算项目已经在用，不能取消；可以从以后的月份起另定。")
    record(scheme, "pay_items.dropped", by=by, note=f"{scheme}的核算项目取消", gone=[scheme, *scheme.items.all()])
    scheme.delete()


def _locked(by, seen) -> PaySchemes:
    """Every scheme under a lock, for whoever may set them, as long as they are what the editor saw."""
    require(rules.can_set_items(by))
    lock_all(PayScheme.objects.order_by("pk"))
    schemes = PaySchemes()
    if schemes.stamp != seen:
        raise StaleState(ITEMS_OVERTAKEN)
    return schemes
