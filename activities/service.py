"""为民服务 as one person meets it: the own part of 我的, a person's time, and what a search finds."""

from django.db.models import CharField, F, OuterRef, Subquery, Sum, Value
from django.db.models.functions import Cast, Coalesce
from django.urls import reverse

from activities.models import Pairing, PairingVisit, Pledge, Wish
from activities.rules import service as rules
from activities.service_figures import done_items
from activities.service_lists import hours_of, pairing_state
from activities.service_spans import Span, year_span
from branches.models import Person
from core import clock
from core.contributions import in_batches

MOST_SHOWN = 5


def own_service(person, user) -> dict | None:
    """What 我的 shows: what I took on and its next act, what I may take, my pledge, my pairings, my hours."""
    if person.left_on:
        return None
    today = clock.today()
    rows = Wish.objects.visible_to(user).concerning(person)
    wishes = list(rows.select_related("organization").order_by("pk")[: MOST_SHOWN + 1])
    pairings = Pairing.objects.visible_to(user).running().filter(helper=person).with_visits().order_by("pk")
    return {
        "person": person,
        "wishes": [(wish, next_act(wish, person)) for wish in wishes[:MOST_SHOWN]],
        "has_more": len(wishes) > MOST_SHOWN,
        "claimable": Wish.objects.visible_to(user).claimable_by(user).count(),
        "year": today.year,
        "pledge": Pledge.objects.visible_to(user).filter(person=person, year=today.year).first(),
        "may_pledge": person.is_member,
        "pairings": [(pairing, *pairing_state(pairing)) for pairing in pairings[:MOST_SHOWN]],
        "hours": hours_of(own_minutes(person, year_span(today.year))),
    }


def next_act(wish, person) -> str:
    """The word on the button of a wish that somebody claimed or asked."""
    if wish.status == Wish.Status.CLAIMED:
        return "登记办好"
    return "去确认" if wish.asker_id == person.pk else "等确认"


def own_minutes(person, span: Span) -> int:
    """The minutes that somebody served: on activity days, with wishes besides, on visits. One query."""
    attended = done_items().filter(
        span.of_days("day__held_on"), day__attendance__person=OuterRef("pk"), day__attendance__status="PRESENT"
    )
    done = Wish.objects.filter(
        span.of_days("done_on"), claimant=OuterRef("pk"), day_item=None, status__in=["DONE", "CONFIRMED"]
    )  # one that was done on an activity day is counted with the day
    visits = PairingVisit.objects.filter(span.of_days("visited_on"), pairing__helper=OuterRef("pk"))
    parts = (
        _minutes(attended, "day__attendance__person"), _minutes(done, "claimant"), _minutes(visits, "pairing__helper")
    )  # fmt: skip
    return Person.objects.filter(pk=person.pk).values_list(sum(parts[1:], parts[0]), flat=True).get()


def _minutes(rows, of):
    summed = rows.order_by().values(of).annotate(summed=Sum("minutes")).values("summed")
    return Coalesce(Subquery(summed), Value(0))


def acts_of(user, wish) -> dict:
    """What the user may do with a wish, and why not: the verdicts by name."""
    return {
        "withdraw": rules.can_withdraw(user, wish), "claim": rules.can_claim(user, wish),
        "give_back": rules.can_give_back(user, wish), "finish": rules.can_finish(user, wish),
        "confirm": rules.can_confirm(user, wish),
        "post_again": wish.status == Wish.Status.WITHDRAWN and rules.can_post(user, wish.organization),
    }  # fmt: skip


def service_of(person, user):
    """A person's service as far as the user may see it, latest first: wishes, visits, pledges. One query a batch."""
    wishes = Wish.objects.visible_to(user).of_claimant(person)
    visits = PairingVisit.objects.visible_to(user).filter(pairing__helper=person)
    pledges = Pledge.objects.visible_to(user).filter(person=person)
    rows = _told(wishes, "wish", on=F("on"), what=F("title"), detail=F("status")).union(
        _told(visits, "visit", on=F("visited_on"), what=F("pairing__partner_name"), detail=F("note"), of="pairing_id"),
        _told(pledges, "pledge", on=F("made_on"), what=Cast("year", CharField()), detail=F("result")),
        all=True,
    )
    for day, kind, pk, what, detail in in_batches(rows.order_by("-told_on", "-told_kind", "-told_pk")):
        yield day, _words(kind, what, detail), reverse(kind if kind != "visit" else "pairing", args=[pk])


def _told(rows, kind, *, on, what, detail, of="pk"):
    """Rows of one kind in the columns that all kinds share."""
    columns = {
        "told_on": on, "told_kind": Value(kind, CharField()), "told_pk": F(of), "told_what": what, "told_detail": detail
    }  # fmt: skip
    return rows.order_by().annotate(**columns).values_list(*columns)


def _words(kind, what, detail) -> str:
    match kind:
        case "wish":
            return f"微心愿“{what}”：{Wish.Status(detail).label}"
        case "visit":
            return f"走访{what}：{detail}"
    return f"{what} 年承诺：{Pledge.Result(detail).label if detail else '待评定'}"
