"""The activity day: the list of days, the run sheet, whether it took place."""

from django.contrib import messages
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from activities import actions, reports, run_sheet, units, workbook
from activities.finding import found_day, listed_days
from activities.forms import HoldForm, SkipForm
from activities.guides import guide_files_for
from activities.publicity_list import part_of
from branches.access import can, for_officers, section
from branches.actions import log_export
from core import clock
from core.audit import history_of
from core.pages import asked_month, page_of, too_many, workbook_response
from core.periods import Month


@require_GET
@section("days")
@for_officers
def days(request):
    """A branch: its days. Above: the branches of a month with their days or none, filtered."""
    if request.office and request.office.kind == "BRANCH":
        rows = reports.day_history(request.user, request.office.organization_id)
        context = {"page": page_of(request, rows, 12)}
        return render(request, "activities/day_history.html", context)
    month = asked_month(request)
    listed = listed_days(request, month)
    context = {
        "month": month,
        "page": page_of(request, listed),
        "order": listed.order,
        "choices": units.choices_above(request.user),
        "statuses": reports.DAY_FILTERS,
        "nothing_owed": reports.nothing_owed(month),
        "is_over": month < Month.current(),
        "today": clock.today(),
        "above": reports.organization_above(request.user, request.GET.get("above", "")),
        "on": reports.date_in(request.GET.get("on", "")),
    }
    return render(request, "activities/day_list.html", context)


@require_GET
@section("days")
def days_export(request):
    """The days of a month as Excel, under the same filters."""
    month = asked_month(request)
    listed = listed_days(request, month)
    if back := too_many(request, len(listed), reverse("days")):
        return back
    rows = listed[:]
    above = reports.organization_above(request.user, request.GET.get("above", ""))
    on = reports.date_in(request.GET.get("on", ""))
    filters = workbook.filter_words(request.GET, month, reports.DAY_FILTERS, above, on)
    log_export("days", by=request.user, count=len(rows), filters=filters)
    return workbook_response(workbook.days_book(month, rows, filters), f"{month.label}活动日")


@require_GET
@section("days")
def day(request, pk):
    """The run sheet: what is on, and the one thing to do next."""
    return day_page(request, found_day(request, pk))


def day_page(request, row, form=None, skip_form=None, status=200):
    context = {
        "day": row,
        "run": run_sheet.run_sheet(row, request.user),
        "publicity": part_of(row, request.user),
        "hold": can(request.user, "day.hold", row),
        "skip": can(request.user, "day.skip", row),
        "resume": can(request.user, "day.resume", row),
        "form": form or HoldForm(row),
        "skip_form": skip_form or SkipForm(row),
        "history": history_of(row),
        "materials": guide_files_for(request.user, row),
    }
    return render(request, "activities/day.html", context, status=status)


@require_POST
@section("days")
def day_hold(request, pk):
    row = found_day(request, pk)
    form = HoldForm(row, request.POST)
    if not form.is_valid():
        return day_page(request, row, form, status=422)
    actions.hold_day(row, by=request.user, **form.cleaned_data)
    messages.success(request, "名单已固定：事先请假的记为请假，其余应到的都记为到会。只需点没来的人。")
    return redirect("day_attendance", row.pk)


@require_POST
@section("days")
def day_skip(request, pk):
    row = found_day(request, pk)
    form = SkipForm(row, request.POST)
    if not form.is_valid():
        return day_page(request, row, skip_form=form, status=422)
    actions.skip_day(row, by=request.user, **form.cleaned_data)
    messages.success(request, "已记为本月未开展，上级已收到通知。如果后来补上了，可以在这里撤销。")
    return redirect(row)


@require_POST
@section("days")
def day_resume(request, pk):
    row = found_day(request, pk)
    actions.resume_day(row, by=request.user)
    messages.success(request, "已撤销“未开展”。活动补上后，请在这里确认开展。")
    return redirect(row)
