"""The activity day: run sheet, attendance, guests, record."""

from django.contrib import messages
from django.db import transaction
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST

from activities import actions, reports, workbook
from activities.forms import GuestForm, HoldForm, MarkForm, ReasonForm, RecordForm
from activities.models import ActivityDay, Attendance, Guest
from branches.access import can, get_visible_or_404, section
from branches.actions import log_export
from core.audit import history_of
from core.pages import asked_month, page_of, workbook_response

STATUSES = ActivityDay.Status.choices


@require_GET
@section("days")
def days(request):
    """A branch: its days of the year. Above: the days of a month, filtered."""
    if request.office and request.office.kind == "BRANCH":
        rows = reports.day_history(request.user, request.office.organization_id)
        context = {"page": page_of(request, rows, 12)}
        return render(request, "activities/day_history.html", context)
    month = asked_month(request)
    context = {"month": month, "page": page_of(request, _listed(request, month)), "statuses": STATUSES}
    return render(request, "activities/day_list.html", context)


@require_GET
@section("days")
def days_export(request):
    """The days of a month as Excel, under the same filters."""
    month = asked_month(request)
    rows = list(_listed(request, month))
    filters = workbook.filter_words(request.GET, month, STATUSES)
    log_export("days", by=request.user, count=len(rows), filters=filters)
    return workbook_response(workbook.days_book(month, rows, filters), f"{month.label}活动日")


def _listed(request, month):
    status, text = request.GET.get("status", ""), request.GET.get("q", "").strip()
    return reports.day_list(request.user, month, status=status, text=text)


@require_GET
@section("days")
def day(request, pk):
    """The run sheet: what is on, and the one thing to do next."""
    return day_page(request, _day(request, pk))


def day_page(request, row, form=None, skip_form=None, status=200):
    context = {
        "day": row,
        "run": reports.run_sheet(row, request.user),
        "hold": can(request.user, "day.hold", row),
        "skip": can(request.user, "day.skip", row),
        "form": form or HoldForm(row),
        "skip_form": skip_form or ReasonForm(),
        "history": history_of(row),
    }
    return render(request, "activities/day.html", context, status=status)


@require_POST
@section("days")
def day_hold(request, pk):
    row = _day(request, pk)
    form = HoldForm(row, request.POST)
    if not form.is_valid():
        return day_page(request, row, form, status=422)
    actions.hold_day(row, by=request.user, **form.cleaned_data)
    messages.success(request, "名单已固定，全部记为到会。只需点没来的人。")
    return redirect("day_attendance", row.pk)


@require_POST
@section("days")
def day_skip(request, pk):
    row = _day(request, pk)
    form = ReasonForm(request.POST)
    if not form.is_valid():
        return day_page(request, row, skip_form=form, status=422)
    actions.skip_day(row, by=request.user, **form.cleaned_data)
    messages.success(request, "已记为本月未开展。")
    return redirect(row)


@require_GET
@section("days")
def day_attendance(request, pk):
    return attendance_page(request, _day(request, pk))


def attendance_page(request, row, mark=None, guest_form=None, status=200):
    context = reports.roster(row, opened=request.GET.get("edit") or request.POST.get("opened", ""))
    context |= {
        "day": row,
        "write": can(request.user, "day.write", row),
        "mark": mark,
        "guests": row.guests.all(),
        "guest_form": guest_form or GuestForm(row),
        "reasons": reports.LEAVE_REASONS,
    }
    return render(request, "activities/day_attendance.html", context, status=status)


@require_POST
@section("days")
def attendance_mark(request, pk):
    attendance = get_visible_or_404(
        Attendance.objects.visible_to(request.user).select_related("day__organization__parent"), request.user, pk=pk
    )
    form = MarkForm(request.POST)
    if not form.is_valid():
        row = _day(request, attendance.day_id)
        return attendance_page(request, row, mark=form, status=422)
    actions.mark_attendance(attendance, by=request.user, **form.cleaned_data)
    return redirect("day_attendance", attendance.day_id)


@require_POST
@section("days")
def guest_invite(request, pk):
    row = _day(request, pk)
    form = GuestForm(row, request.POST)
    if not form.is_valid():
        return attendance_page(request, row, guest_form=form, status=422)
    actions.invite_guest(row, by=request.user, **form.cleaned_data)
    return redirect("day_attendance", row.pk)


@require_POST
@section("days")
def guest_dismiss(request, pk):
    guest = get_visible_or_404(Guest, request.user, pk=pk)
    row = actions.dismiss_guest(guest, by=request.user)
    return redirect("day_attendance", row.pk)


@require_GET
@section("days")
def day_record(request, pk):
    row = _day(request, pk)
    if not row.happened:
        return redirect(row)
    return record_page(request, row)


def record_page(request, row, form=None, reason_form=None, status=200):
    context = {
        "day": row,
        "form": form or RecordForm(row),
        "missing": actions.missing(row, row.items.all()),
        "write": can(request.user, "day.write", row),
        "record": can(request.user, "day.record", row),
        "reopen": can(request.user, "day.reopen", row),
        "reason_form": reason_form or ReasonForm(),
        "counts": reports.roster(row)["counts"],
        "history": history_of(row).exclude(event="attendance.marked"),
    }
    return render(request, "activities/day_record.html", context, status=status)


@require_POST
@section("days")
def day_save(request, pk):
    """Keep what is written so far."""
    row = _day(request, pk)
    form = RecordForm(row, request.POST)
    if not form.is_valid():
        return record_page(request, row, form, status=422)
    actions.save_record(row, by=request.user, summary=form.cleaned_data["summary"], outcomes=form.outcomes)
    messages.success(request, "记录已保存，还没有提交。")
    return redirect("day_record", row.pk)


@require_POST
@section("days")
@transaction.atomic
def day_submit(request, pk):
    """Keep what is written and submit it; what lacks is named at its field, and what was typed is kept.

    In one: whoever may not submit writes nothing.
    """
    row = _day(request, pk)
    form = RecordForm(row, request.POST)
    if not form.is_valid():
        return record_page(request, row, form, status=422)
    row = actions.save_record(row, by=request.user, summary=form.cleaned_data["summary"], outcomes=form.outcomes)
    try:
        actions.record_day(row, by=request.user)
    except actions.RecordIncomplete as error:
        for one in error.missing:
            form.add_error(one.field, f"还缺{one.word}。")
        return record_page(request, row, form, status=422)
    messages.success(request, "记录已提交，本月活动日办完了。")
    return redirect("day_record", row.pk)


@require_POST
@section("days")
def day_reopen(request, pk):
    row = _day(request, pk)
    form = ReasonForm(request.POST)
    if not form.is_valid():
        return record_page(request, row, reason_form=form, status=422)
    actions.reopen_record(row, by=request.user, **form.cleaned_data)
    messages.success(request, "记录已退回到填写状态，改好后请重新提交。")
    return redirect("day_record", row.pk)


def _day(request, pk):
    rows = ActivityDay.objects.visible_to(request.user)
    return get_visible_or_404(
        rows.select_related("organization__parent", "plan", "host", "recorder"), request.user, pk=pk
    )
