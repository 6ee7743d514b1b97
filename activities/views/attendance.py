"""Who was there: the roster, exceptions by two taps, and what was corrected later."""

from django.contrib import messages
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from activities import actions, rosters, run_sheet
from activities.finding import found_day
from activities.forms import GuestForm
from activities.forms.attendance import CorrectForm, MarkForm
from activities.models import Attendance
from branches.access import can, get_visible_or_404, section
from core.workflow import require


@require_GET
@section("days")
def day_attendance(request, pk):
    row = found_day(request, pk)
    return attendance_page(request, row) if row.happened else redirect(row)


def attendance_page(request, row, mark=None, guest_form=None, status=200):
    opened = request.GET.get("edit") or request.POST.get("opened", "")
    sought = request.GET.get("floating", "").strip()
    context = rosters.sheet(row, request.user, rosters.Asked.of(request.GET), opened)
    context |= {
        "day": row,
        "mark": mark,
        "guest_form": guest_form or GuestForm(row),
        "sought": sought,
        "floating": rosters.find_floating(row, sought) if context["may"].write else [],
        "next": run_sheet.next_part(row),
    }
    return render(request, "activities/day_attendance.html", context, status=status)


@require_POST
@section("days")
def attendance_mark(request, pk):
    attendance = _found(request, pk)
    form = MarkForm(request.POST)
    if not form.is_valid():
        return attendance_page(request, found_day(request, attendance.day_id), mark=form, status=422)
    actions.mark_attendance(attendance, by=request.user, **form.cleaned_data)
    return redirect(_back_to(request, attendance))


@require_POST
@section("days")
def attendance_correct(request, pk):
    """After the record went in: the same, with a reason that stays in the day's history."""
    attendance = _found(request, pk)
    require(can(request.user, "attendance.correct", attendance))
    form = CorrectForm(request.POST)
    if not form.is_valid():
        return attendance_page(request, found_day(request, attendance.day_id), mark=form, status=422)
    actions.correct_attendance(attendance, by=request.user, **form.cleaned_data)
    messages.success(request, f"{attendance.person}的到会情况已更正，原因记在活动日的过程里。")
    return redirect(_back_to(request, attendance))


def _found(request, pk):
    rows = Attendance.objects.visible_to(request.user).select_related("day__organization__parent", "person")
    return get_visible_or_404(rows, request.user, pk=pk)


def _back_to(request, attendance):
    """The roster as it was narrowed, at the person's tile."""
    asked = rosters.Asked.of(request.GET)
    return f"{reverse('day_attendance', args=[attendance.day_id])}{asked.query}#p{attendance.pk}"
