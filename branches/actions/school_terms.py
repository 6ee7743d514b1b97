"""School terms: added, edited, dropped. No two share a day."""

from django.db import transaction

from branches import rules
from branches.actions.calendar import wait_for_other_writers
from branches.models import Term
from core.audit import record
from core.workflow import StaleState, lock, require


@transaction.atomic
def add_term(*, by, name, starts_on, ends_on) -> Term:
    """Enter a term."""
    wait_for_other_writers()
    require(rules.can_keep_calendar(by))
    _see_that_it_is_free(starts_on, ends_on)
    term = Term.objects.create(name=name, starts_on=starts_on, ends_on=ends_on)
    made = {"name": [None, name], "starts_on": [None, starts_on], "ends_on": [None, ends_on]}
    record(term, "term.added", by=by, note=span_words(term), changes=made)
    return term


@transaction.atomic
def edit_term(term, *, by, name, starts_on, ends_on, was) -> Term:
    """Change the name or the days of a term; ``was`` is the ``span_words`` that the page showed."""
    wait_for_other_writers()
    term = _found(term)
    require(rules.can_keep_calendar(by))
    if span_words(term) != was:
        raise StaleState(f"这个学期刚才有人改过，现在是“{span_words(term)}”，您的改动没有保存。请看过再改。")
    _see_that_it_is_free(starts_on, ends_on, but=term)
    term.name, term.starts_on, term.ends_on = name, starts_on, ends_on
    term.save(update_fields=["name", "starts_on", "ends_on"])
    record(term, "term.edited", by=by, note=span_words(term))
    return term


@transaction.atomic
def drop_term(term, *, by) -> None:
    """Take a term away that should not be there."""
    wait_for_other_writers()
    term = _found(term)
    require(rules.can_keep_calendar(by))
    lost = {"name": [term.name, None], "starts_on": [term.starts_on, None], "ends_on": [term.ends_on, None]}
    record(term, "term.dropped", by=by, note=span_words(term), changes=lost)
    term.delete()


def span_words(term) -> str:
    """A term with its days: 2026—2027 学年第一学期，2026-09-01 至 2027-01-17."""
    return f"{term.name}，{term.starts_on:%Y-%m-%d} 至 {term.ends_on:%Y-%m-%d}"


def overlap_words(other) -> str:
    """Why a term cannot be entered beside another one."""
    return f"与“{span_words(other)}”重叠，学期之间不能有同一天。"


def _found(term) -> Term:
    if not Term.objects.filter(pk=term.pk).exists():
        raise StaleState("这个学期刚才已经删去了。")
    return lock(term)


def _see_that_it_is_free(starts_on, ends_on, but=None):
    others = Term.objects.overlapping(starts_on, ends_on).exclude(pk=but.pk if but else None)
    if other := others.first():
        raise StaleState(overlap_words(other))
