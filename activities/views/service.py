"""为民服务 in figures, and the service items of days; what its lists share."""

from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET

from activities import service_figures as figures
from activities.forms.service_filters import FigureFilter, ItemFilter
from activities.service_lists import ITEMS
from activities.service_spans import spans_for
from branches.access import for_officers, section
from branches.actions import log_export
from branches.models import Organization
from core.pages import page_of, too_many, workbook_response
from core.workbooks import note_of


def list_page(request, listing, chosen, **context):
    """A list of service: its filters, a page of its rows, and the same as a workbook by ``context["export"]``."""
    chosen.columns = listing.columns
    page = page_of(request, chosen.qs)
    context |= {
        "filter": chosen, "order": chosen, "page": page, "listing": listing,
        "lines": listing.lines(page.object_list), "spans": spans_for(request.user),
    }  # fmt: skip
    return render(request, context.pop("template", "activities/service_list.html"), context)


@require_GET
@section("service")
@for_officers
def service_items(request):
    """The service items of days that were held."""
    return list_page(
        request, ITEMS, _items(request), tab="figures", export="service_items_export", back="service_figures",
        note="活动日上完成的为民服务项目；服务人数和参与党员在活动记录里填写",
    )  # fmt: skip


@require_GET
@section("service")
@for_officers
def service_items_export(request):
    chosen = _items(request)
    if back := too_many(request, chosen.qs.count(), reverse("service_items")):
        return back
    rows = list(chosen.qs)
    log_export("service_items", by=request.user, count=len(rows), filters=chosen.words)
    return workbook_response(ITEMS.book(rows, note_of(chosen.words, len(rows))), ITEMS.name)


def _items(request):
    return ItemFilter(request.GET, queryset=figures.items_seen_by(request.user), request=request)


@require_GET
@section("service")
@for_officers
def service_figures(request):
    """Of every branch of the part, and of all together, what was done in a year or a term."""
    chosen, rows = _figures(request)
    listing = figures.listing(chosen.span)
    page = page_of(request, rows)
    place = chosen.place_of_all(request.office)
    context = {
        "filter": chosen, "span": chosen.span, "spans": spans_for(request.user), "listing": listing, "page": page,
        "lines": listing.lines(map(figures.figures_of, page.object_list)),
        "sums": listing.lines([figures.sum_of(rows, place)])[0],
        "kinds": figures.kind_lines(rows, chosen.span, place),
    }  # fmt: skip
    return render(request, "activities/service_figures.html", context)


@require_GET
@section("service")
@for_officers
def service_figures_export(request):
    """The same table of all branches with its last line, the sum."""
    chosen, rows = _figures(request)
    if back := too_many(request, rows.count(), reverse("service_figures"), "个党支部"):
        return back
    listing, found = figures.listing(chosen.span), [figures.figures_of(row) for row in rows]
    log_export("service_figures", by=request.user, count=len(found), filters=chosen.words)
    lines = [*found, figures.sum_of(rows, chosen.place_of_all(request.office))]
    book = listing.book(lines, note_of(chosen.words, len(found)), filtered=False)
    return workbook_response(book, listing.name)


def _figures(request):
    """The filters, and the branches of them with their figures."""
    chosen = FigureFilter(request.GET, queryset=Organization.objects.visible_to(request.user), request=request)
    return chosen, figures.with_figures(chosen.branches, chosen.span)
