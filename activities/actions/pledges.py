"""承诺 are written, and checked once a year. lock · check · change · record · tell."""

from django.db import IntegrityError, transaction

from activities.models import Pledge
from activities.rules import service as rules
from core import clock
from core.audit import record
from core.inbox import tell
from core.workflow import StaleState, lock, lock_all, no, require


class Overtaken(Exception):
    """Raised when one of the pledges was checked otherwise since the page was opened; nothing was written."""


@transaction.atomic
def write_pledge(person, year, *, by, text, made_on):
    """写承诺: somebody's pledge of a year, or other words for it while nobody has checked it."""
    if year not in rules.years_to_write() or made_on.year != year:
        require(no("只能写当年的承诺，承诺日期要在当年。"))
    pledge = Pledge.objects.filter(person=person, year=year).first()
    if pledge is not None:
        pledge = lock(pledge)
    require(rules.can_write_pledge(by, person, pledge))
    is_new = pledge is None
    pledge = pledge or Pledge(person=person, organization=person.organization, year=year)
    pledge.text, pledge.made_on, pledge.by = text, made_on, by
    try:
        with transaction.atomic():
            pledge.save(update_fields=None if is_new else ["text", "made_on", "by"])
    except IntegrityError as error:  # two wrote it at once
        raise StaleState("这个年度的承诺刚刚有人填写了，请看最新情况。") from error
    entry = record(pledge, "pledge.made" if is_new else "pledge.saved", by=by)
    _tell(pledge, entry, "pledge_written", "已由支部登记")
    return pledge


@transaction.atomic
def check_pledge(pledge, *, by, result, word=""):
    """评定兑现情况: set, never toggled; the same again changes nothing and is not recorded."""
    pledge = lock(pledge)
    require(rules.can_check(by, pledge))
    if (pledge.result, pledge.word) == (result, word):
        return pledge
    if result != Pledge.Result.KEPT and not word:
        require(no("没有完全兑现的，请写明情况。"))
    pledge.result, pledge.word, pledge.checked_at, pledge.checked_by = result, word, clock.now(), by
    pledge.save(update_fields=["result", "word", "checked_at", "checked_by"])
    entry = record(pledge, "pledge.checked", by=by, note=word)
    _tell(pledge, entry, "pledge_checked", pledge.get_result_display())
    return pledge


@transaction.atomic
def check_pledges(checks, *, by):
    """Check several at once: ``(pledge, seen, result, word)`` of each, ``seen`` the result and word that it showed.

    One that may not be checked undoes all; raises Overtaken where somebody has checked one otherwise since.
    """
    rows = Pledge.objects.filter(pk__in=[pledge.pk for pledge, *_ in checks])
    stands = {row.pk: (row.result, row.word) for row in lock_all(rows.order_by("pk"))}  # one order of locks for all
    if any(stands.get(pledge.pk, seen) not in (seen, (result, word)) for pledge, seen, result, word in checks):
        raise Overtaken
    return [check_pledge(pledge, by=by, result=result, word=word) for pledge, _, result, word in checks]


def _tell(pledge, entry, kind, words):
    user = pledge.person.user
    if user is not None and user.pk != entry.by_id:
        tell(
            [user], kind, key=f"{kind}:{pledge.pk}:{entry.pk}", title=f"您的 {pledge.year} 年承诺：{words}",
            text=pledge.word or pledge.text, url=pledge.get_absolute_url(), sender=pledge.organization.short_name,
        )  # fmt: skip
