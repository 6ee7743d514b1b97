"""领导干部参加情况: a term's lines on screen, as Excel and on paper, and the days behind every number."""

from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET

from activities import cadres as report
from activities import units
from activities.publicity_workbook import CADRE_DAYS_TITLE, CADRE_TITLE, cadre_days_book, cadres_book
from activities.row_orders import RowOrder
from activities.school_terms import asked_span, spans
from branches.access import for_officers, section
from branches.actions import log_export
from core.pages import page_of, too_many, workbook_response

MOST_PRINTED = 2000


def _asked(request):
    """``(terms, what is asked, its order)``."""
    found = spans(request.user)
    asked = report.Asked.of(request.user, request.GET, asked_span(request.GET.get("term", ""), found))
    return found, asked, RowOrder(report.COLUMNS + report.RATES, request.GET.get("order", ""), "code")


@require_GET
@section("days")
@for_officers
def cadres(request):
    found, asked, order = _asked(request)
    sums = report.totals(request.user, asked)
    context = {
        "spans": found,
        "asked": asked,
        "order": order,
        "only": report.ONLY,
        "above": asked.above,
        "choices": units.choices_above(request.user),
        "page": page_of(request, report.Cadres(request.user, asked, order)),
        "sums": sums,
        "figures": report.figures(asked, sums),
        "all_days": f"{reverse('cadre_days')}?{asked.query()}",
    }
    return render(request, "activities/cadres.html", context)


@require_GET
@section("days")
def cadres_export(request):
    """The lines of the page as Excel, under the same filters and in the same order."""
    _, asked, order = _asked(request)
    lines = report.Cadres(request.user, asked, order)
    if back := too_many(request, len(lines), reverse("cadres")):
        return back
    rows = lines[:]
    log_export("cadres", by=request.user, count=len(rows), filters=asked.words)
    return workbook_response(cadres_book(asked.span, rows, asked.words), CADRE_TITLE)


@require_GET
@for_officers
def cadres_print(request):
    """The lines of the page as a table on paper."""
    _, asked, order = _asked(request)
    lines = report.Cadres(request.user, asked, order)
    if back := too_many(request, len(lines), reverse("cadres"), most=MOST_PRINTED):
        return back
    context = {
        "asked": asked, "title": CADRE_TITLE, "lines": lines[:], "sums": report.totals(request.user, asked),
        "unit": asked.above or (request.office.organization if request.office else ""),
    }  # fmt: skip
    return render(request, "activities/cadres_print.html", context)


@require_GET
@section("days")
@for_officers
def cadre_days(request):
    """The days behind a number, each with its roster."""
    found, asked, _ = _asked(request)
    context = {
        "spans": found,
        "asked": asked,
        "above": asked.above,
        "choices": units.choices_above(request.user),
        "statuses": report.STATUSES,
        "page": page_of(request, report.single_days(request.user, asked)),
        "back": f"{reverse('cadres')}?{asked.query()}",
    }
    return render(request, "activities/cadre_days.html", context)


@require_GET
@section("days")
@for_officers
def cadre_days_export(request):
    """The same days as Excel, all of them."""
    _, asked, _ = _asked(request)
    rows = report.single_days(request.user, asked)
    if back := too_many(request, rows.count(), reverse("cadre_days")):
        return back
    found = list(rows)
    words = report.words_of_days(asked, found)
    log_export("cadre_days", by=request.user, count=len(found), filters=words)
    return workbook_response(cadre_days_book(asked.span, found, words), CADRE_DAYS_TITLE)
