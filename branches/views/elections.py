"""换届选举 on screen: the form, the page that says what will change, and taking a wrong entry back that day."""

from django.contrib import messages
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from branches import actions
from branches.access import can, get_visible_or_404, section
from branches.forms.elections import ElectionForm, UndoForm
from branches.models import Election, Organization
from branches.reports.offices import changes_of, will_end
from branches.rules.elections import touched, warnings_of
from core import clock


@require_http_methods(["GET", "POST"])
@section("organizations")
def election_hold(request, pk):
    """Fill in, look at what changes, confirm; or go back and change it."""
    rows = Organization.objects.visible_to(request.user).select_related("parent")
    row = get_visible_or_404(rows, request.user, pk=pk)
    form, step = ElectionForm(row, request.user, request.POST or None), request.POST.get("step")
    if request.method == "GET" or not form.is_valid() or step == "edit":
        context = {"organization": row, "form": form, "may": can(request.user, "election.hold", row), "step": step}
        return render(request, "branches/election_hold.html", context, status=422 if form.errors else 200)
    if step != "confirm":
        return confirm_page(request, row, form)
    election = actions.hold_election(row, by=request.user, **form.values)
    messages.success(request, _said(election))
    return redirect("offices_of", row.pk)


def confirm_page(request, organization, form):
    """Who comes, who stays, who goes, and from which day; nothing is saved yet."""
    day = form.cleaned_data["term_starts_on"]
    context = {
        "organization": organization,
        "form": form,
        "may": can(request.user, "election.hold", organization),
        "day": day,
        "is_later": day > clock.today(),
        "changes": changes_of(organization, form.seats, day),
        "warnings": warnings_of(organization, form.seats),
        "seen": ",".join(str(pk) for pk in will_end(organization, day)),
    }
    return render(request, "branches/election_confirm.html", context)


@require_http_methods(["GET", "POST"])
@section("organizations")
def election_undo(request, pk):
    """Take a wrong entry back, the day it was made."""
    rows = Election.objects.visible_to(request.user).select_related("organization__parent", "by")
    row = get_visible_or_404(rows, request.user, pk=pk)
    form = UndoForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        actions.undo_election(row, by=request.user, **form.cleaned_data)
        messages.success(request, "换届登记已撤销，原来的任职和届满日期都已恢复。")
        return redirect("offices_of", row.organization_id)
    context = {"election": row, "form": form, "may": can(request.user, "election.undo", row), "rows": touched(row)}
    return render(request, "branches/election_undo.html", context, status=422 if form.is_bound else 200)


def _said(election):
    seats = "，新一届从这一天起任职" if election.appointments.exists() else ""
    return f"换届已登记：任期 {election.term_starts_on} 至 {election.term_ends_on}{seats}。登记错了，今天之内可以撤销。"
