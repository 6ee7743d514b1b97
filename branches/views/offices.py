"""Offices on screen: who held what at an organization; appointing, ending, correcting; vacancies and terms."""

from django.contrib import messages
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods

from branches import actions, workbook
from branches.access import can, get_visible_or_404, section
from branches.forms.offices import AppointForm, AppointmentFilter, CorrectForm, EndForm, TermFilter
from branches.models import Appointment, Organization
from branches.reports.acts import OFFICE_ACTS, acts_for
from branches.reports.offices import appointment_lines, appointments_of, elections_of
from branches.reports.terms import term_lines, term_rows
from core import clock
from core.audit import history_of
from core.pages import page_of, too_many, workbook_response
from core.workbooks import note_of


@require_GET
@section("organizations")
def offices_of(request, pk):
    """Every appointment ever at an organization, filtered, in pages; and its elections."""
    row = _organization(request, pk)
    chosen = AppointmentFilter(request.GET, queryset=appointments_of(row, request.user))
    page = page_of(request, chosen.qs)
    context = {
        "organization": row,
        "filter": chosen,
        "page": page,
        "lines": appointment_lines(page.object_list, request.user),
        "elections": elections_of(row, request.user),
        "acts": acts_for(request.user, row, OFFICE_ACTS),
    }
    return render(request, "branches/offices.html", context)


@require_GET
@section("organizations")
def offices_of_export(request, pk):
    """The workbook of all rows that the same address shows in pages."""
    row = _organization(request, pk)
    chosen = AppointmentFilter(request.GET, queryset=appointments_of(row, request.user))
    if back := too_many(request, chosen.qs.count(), reverse("offices_of", args=[pk])):
        return back
    lines = appointment_lines(chosen.qs, request.user)
    filters = {"党组织": row.short_name} | chosen.words
    actions.log_export("offices", by=request.user, count=len(lines), filters=filters)
    return workbook_response(workbook.offices_book(lines, note_of(filters, len(lines))), f"{row}任职历史")


@require_http_methods(["GET", "POST"])
@section("organizations")
def office_appoint(request, pk):
    """任命: who, to what, from when on."""
    row = _organization(request, pk)
    from_above = request.GET.get("from") == "above"
    wanted = request.GET.get("office", "")
    form = AppointForm(row, request.user, request.POST or None, from_above=from_above, wanted=wanted)
    if request.method == "POST" and form.is_valid():
        appointment = actions.appoint(row, by=request.user, **form.cleaned_data)
        messages.success(request, _welcome(appointment))
        return redirect("offices_of", row.pk)
    context = {"organization": row, "form": form, "from_above": from_above}
    context["may"] = can(request.user, "office.appoint", row)
    return render(request, "branches/office_appoint.html", context, status=422 if form.is_bound else 200)


@require_http_methods(["GET", "POST"])
@section("organizations")
def appointment_end(request, pk):
    """免职: from when on, and why."""
    row = _appointment(request, pk)
    form = EndForm(row, request.POST or None)
    if request.method == "POST" and form.is_valid():
        actions.end_appointment(row, by=request.user, **form.cleaned_data)
        messages.success(request, f"已登记：{row.person}自 {form.cleaned_data['ends_on']} 起不再担任{row}。")
        return redirect("offices_of", row.organization_id)
    context = {"appointment": row, "form": form, "may": can(request.user, "appointment.end", row)}
    return render(request, "branches/appointment_end.html", context, status=422 if form.is_bound else 200)


@require_http_methods(["GET", "POST"])
@section("organizations")
def appointment_correct(request, pk):
    """更正: what was entered wrongly."""
    row = _appointment(request, pk)
    form = CorrectForm(row, request.POST or None)
    if request.method == "POST" and form.is_valid():
        actions.correct_appointment(row, by=request.user, **form.cleaned_data)
        messages.success(request, f"{row.person}的{row}已更正。")
        return redirect("offices_of", row.organization_id)
    context = {"appointment": row, "form": form, "may": can(request.user, "appointment.correct", row)}
    context["history"] = history_of(row)
    return render(request, "branches/appointment_correct.html", context, status=422 if form.is_bound else 200)


@require_GET
@section("organizations")
def terms(request):
    """Vacancies and terms of the user's part of the tree, the most urgent first."""
    chosen = TermFilter(request.GET, queryset=term_rows(request.user))
    page = page_of(request, chosen.rows)
    context = {"filter": chosen, "page": page, "lines": term_lines(page.object_list, request.user)}
    return render(request, "branches/terms.html", context)


@require_GET
@section("organizations")
def terms_export(request):
    """The workbook of all rows that the same address shows in pages."""
    chosen = TermFilter(request.GET, queryset=term_rows(request.user))
    if back := too_many(request, chosen.rows.count(), reverse("terms"), "个"):
        return back
    lines = term_lines(chosen.rows, request.user)
    filters = chosen.words or {"事项": "全部要办的"}
    actions.log_export("terms", by=request.user, count=len(lines), filters=filters)
    return workbook_response(workbook.terms_book(lines, note_of(filters, len(lines))), "任职与换届")


def _organization(request, pk):
    rows = Organization.objects.visible_to(request.user).select_related("parent")
    return get_visible_or_404(rows, request.user, pk=pk)


def _appointment(request, pk):
    """Of an organization that the user sees: one's own past office is read on one's own page alone."""
    organizations = Organization.objects.visible_to(request.user)
    rows = Appointment.objects.visible_to(request.user).filter(organization__in=organizations)
    return get_visible_or_404(rows.select_related("person", "organization__parent", "group"), request.user, pk=pk)


def _welcome(appointment):
    """What was entered, and what is still needed before the officer can log in."""
    person, day = appointment.person, appointment.starts_on
    begun = "现在就能办理" if day <= clock.today() else f"{day} 那天开始能办理"
    said = f"{person}自 {day} 起任{appointment}，{begun}这个职务的事。"
    if person.user is None:
        said += f"{person}还没有账号：请打开{person}的人员页面，按“账号”办理。"
    elif not person.user.has_usable_password():
        said += f"{person}还没有登录密码：请打开{person}的人员页面，按“账号”发激活码。"
    return said
