"""结对帮带: the list, one pairing with its visits, and its acts; the list of visits."""

from django.contrib import messages
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from activities.actions import pairings as actions
from activities.forms.service import EndPairingForm, PairingForm, VisitForm
from activities.forms.service_filters import PairingFilter, VisitFilter
from activities.models import Pairing, PairingVisit
from activities.models.wishes import takes_for
from activities.rules import service as rules
from activities.service_lists import PAIRINGS, VISITS, pairing_state
from activities.views.service import list_page
from branches import access
from branches.access import can, for_officers, get_visible_or_404, section
from branches.actions import log_export
from branches.models import Organization
from core.audit import history_of
from core.pages import page_of, too_many, workbook_response
from core.workbooks import note_of
from core.workflow import require


@require_GET
@section("service")
def pairings(request):
    """The pairings of the part, or one's own, with the last visit of each."""
    return list_page(
        request, PAIRINGS, _chosen(request), tab="pairings", export="pairings_export",
        template="activities/pairings.html",
        posters=[seat for seat in access.seats(request.user) if takes_for(seat)],
    )  # fmt: skip


@require_GET
@section("service")
@for_officers
def pairings_export(request):
    chosen = _chosen(request)
    if back := too_many(request, chosen.qs.count(), reverse("pairings")):
        return back
    rows = list(chosen.qs)
    log_export("pairings", by=request.user, count=len(rows), filters=chosen.words)
    return workbook_response(PAIRINGS.book(rows, note_of(chosen.words, len(rows))), PAIRINGS.name)


def _chosen(request):
    rows = Pairing.objects.visible_to(request.user).with_visits().select_related("organization", "helper")
    return PairingFilter(request.GET, queryset=rows, request=request)


@require_GET
@section("service")
def visits(request):
    """The visits of the part, or one's own."""
    return list_page(
        request, VISITS, _visits(request), tab="pairings", export="visits_export", back="pairings",
        note="结对帮带的每一次走访；在结对的页面上登记",
    )  # fmt: skip


@require_GET
@section("service")
@for_officers
def visits_export(request):
    chosen = _visits(request)
    if back := too_many(request, chosen.qs.count(), reverse("visits")):
        return back
    rows = list(chosen.qs)
    log_export("visits", by=request.user, count=len(rows), filters=chosen.words)
    return workbook_response(VISITS.book(rows, note_of(chosen.words, len(rows))), VISITS.name)


def _visits(request):
    rows = PairingVisit.objects.visible_to(request.user).select_related("pairing__helper", "pairing__organization")
    return VisitFilter(request.GET, queryset=rows, request=request)


@require_http_methods(["GET", "POST"])
@section("service")
def pairing_begin(request, pk):
    """Write down that a member of the branch stands by somebody."""
    organization = get_visible_or_404(Organization, request.user, pk=pk)
    require(can(request.user, "pairing.begin", organization))
    form = PairingForm(organization, request.POST or None)
    if not form.is_valid():
        context = {"organization": organization, "form": form}
        return render(request, "activities/pairing_begin.html", context, status=422 if form.is_bound else 200)
    row = actions.begin_pairing(organization, by=request.user, **form.cleaned_data)
    messages.success(request, f"已登记结对，{row.helper.name}在“我的”里可以记走访。")
    return redirect(row)


@require_GET
@section("service")
def pairing(request, pk):
    """One pairing: with whom, what for, and every visit."""
    return pairing_page(request, _pairing(request, pk))


def pairing_page(request, row, visit=None, end=None, status=200):
    style, word = pairing_state(row)
    page = page_of(request, row.visits.select_related("by"))
    context = {
        "pairing": row, "style": style, "word": word, "page": page,
        "droppable": {one.pk for one in page if rules.can_drop_visit(request.user, _of(one, row))},
        "visit": can(request.user, "pairing.visit", row), "end": can(request.user, "pairing.end", row),
        "visit_form": visit or VisitForm(row, auto_id="visit_%s"), "end_form": end or EndPairingForm(row),
        "history": history_of(row),
    }  # fmt: skip
    return render(request, "activities/pairing.html", context, status=status)


def _of(visit, row):
    """A visit that knows its pairing, so that no rule reads it again."""
    visit.pairing = row
    return visit


@require_POST
@section("service")
def pairing_visit(request, pk):
    row = _pairing(request, pk)
    form = VisitForm(row, request.POST, auto_id="visit_%s")
    if not form.is_valid():
        require(can(request.user, "pairing.visit", row))
        return pairing_page(request, row, visit=form, status=422)
    actions.visit_pairing(row, by=request.user, **form.cleaned_data)
    messages.success(request, "走访已登记。")
    return redirect(row)


@require_POST
@section("service")
def pairing_end(request, pk):
    row = _pairing(request, pk)
    form = EndPairingForm(row, request.POST)
    if not form.is_valid():
        require(can(request.user, "pairing.end", row))
        return pairing_page(request, row, end=form, status=422)
    actions.end_pairing(row, by=request.user, **form.cleaned_data)
    messages.success(request, "结对已结束，走访记录都还在。")
    return redirect(row)


@require_POST
@section("service")
def visit_drop(request, pk):
    """Take back a visit that was written down by mistake."""
    rows = PairingVisit.objects.visible_to(request.user).select_related("pairing__organization")
    row = actions.drop_visit(get_visible_or_404(rows, request.user, pk=pk), by=request.user)
    messages.success(request, "已删去这次走访，删去的内容留在办理记录里。")
    return redirect(row)


def _pairing(request, pk):
    rows = Pairing.objects.visible_to(request.user).with_visits().select_related("organization", "helper__user")
    return get_visible_or_404(rows, request.user, pk=pk)
