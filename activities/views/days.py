"""The activity day: run sheet, attendance, guests, record."""

from django.contrib import messages
from django.db import transaction
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from activities import actions, reports, workbook
from activities.forms import GuestForm, HoldForm, ItemForm, MarkForm, ReasonForm, RecordForm
from activities.models import ActivityDay, Attendance, Guest
from branches.access import can, for_officers, get_visible_or_404, section
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
    context = {
        "month": month,
        "page": page_of(request, _listed(request, month)),
        "statuses": reports.DAY_FILTERS,
        "nothing_owed": reports.nothing_owed(month),
        "is_over": month < Month.current(),
        "today": clock.today(),
        "above": reports.organization_above(request.user, request.GET.get("above", "")),
    }
    return render(request, "activities/day_list.html", context)


@require_GET
@section("days")
def days_export(request):
    """The days of a month as Excel, under the same filters."""
    month = asked_month(request)
    listed = _listed(request, month)
    if back := too_many(request, len(listed), reverse("days")):
        return back
    rows = listed[:]
    above = reports.organization_above(request.user, request.GET.get("above", ""))
    filters = workbook.filter_words(request.GET, month, reports.DAY_FILTERS, above)
    log_export("days", by=request.user, count=len(rows), filters=filters)
    return workbook_response(workbook.days_book(month, rows, filters), f"{month.label}活动日")


def _listed(request, month):
    asked = {name: request.GET.get(name, "").strip() for name in ("status", "above")}
    return reports.day_list(request.user, month, text=request.GET.get("q", "").strip(), **asked)


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
        "resume": can(request.user, "day.resume", row),
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
    messages.success(request, "名单已固定，应到的全部记为到会。只需点没来的人。")
    return redirect("day_attendance", row.pk)


@require_POST
@section("days")
def day_skip(request, pk):
    row = _day(request, pk)
    form = ReasonForm(request.POST)
    if not form.is_valid():
        return day_page(request, row, skip_form=form, status=422)
    actions.skip_day(row, by=request.user, **form.cleaned_data)
    messages.success(request, "已记为本月未开展，上级已收到通知。如果后来补上了，可以在这里撤销。")
    return redirect(row)


@require_POST
@section("days")
def day_resume(request, pk):
    row = _day(request, pk)
    actions.resume_day(row, by=request.user)
    messages.success(request, "已撤销“未开展”。活动补上后，请在这里确认开展。")
    return redirect(row)


@require_GET
@section("days")
def day_attendance(request, pk):
    row = _day(request, pk)
    return attendance_page(request, row) if row.happened else redirect(row)


def attendance_page(request, row, mark=None, guest_form=None, status=200):
    context = reports.roster(row, opened=request.GET.get("edit") or request.POST.get("opened", ""))
    context |= {
        "day": row,
        "write": can(request.user, "day.write", row),
        "exclude": can(request.user, "day.exclude", row),
        "mark": mark,
        "guests": row.guests.all(),
        "guest_form": guest_form or GuestForm(row),
        "reasons": reports.LEAVE_REASONS,
        "next": reports.next_part(row),
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


def record_page(request, row, form=None, reason_form=None, item_form=None, status=200, **context):
    context |= {
        "day": row,
        "form": form or RecordForm(row),
        "missing": actions.missing(row, row.items.all()),
        "write": can(request.user, "day.write", row),
        "record": can(request.user, "day.record", row),
        "reopen": can(request.user, "day.reopen", row),
        "reason_form": reason_form or ReasonForm(),
        "item_form": item_form or ItemForm(prefix="new"),
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
    try:
        actions.save_record(row, by=request.user, **form.values)
    except actions.Overtaken:
        return overtaken_page(request, row, form)
    messages.success(request, "记录已保存，还没有提交。")
    return redirect("day_record", row.pk)


def overtaken_page(request, row, form):
    """Somebody else saved meanwhile: what was typed stays, beside what stands now; saving again is a choice."""
    row = _day(request, row.pk)
    differences = form.differences(row)
    form.renew(row)
    return record_page(request, row, form, status=409, differences=differences, overtaken=True)


@require_POST
@section("days")
@transaction.atomic
def day_item_add(request, pk):
    """Something that was done although it was not planned; what is typed elsewhere on the page is kept with it."""
    row = _day(request, pk)
    form, item_form = RecordForm(row, request.POST), ItemForm(request.POST, prefix="new")
    if not (form.is_valid() and item_form.is_valid() and item_form.row):
        if item_form.is_valid():
            item_form.add_error("what", "请选类别，再写这一项做了什么。")
        return record_page(request, row, form, item_form=item_form, status=422)
    try:
        row = actions.save_record(row, by=request.user, **form.values)
    except actions.Overtaken:
        return overtaken_page(request, row, form)
    actions.add_item(row, by=request.user, **item_form.row)
    messages.success(request, "已加上这一项，其余内容也已保存。")
    return redirect("day_record", row.pk)


@require_POST
@section("days")
def day_item_drop(request, pk, item):
    row = _day(request, pk)
    actions.drop_item(get_visible_or_404(row.items.all(), request.user, pk=item), by=request.user)
    messages.success(request, "已删去这一项。")
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
    try:
        row = actions.save_record(row, by=request.user, **form.values)
    except actions.Overtaken:
        return overtaken_page(request, row, form)
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
