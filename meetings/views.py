"""Meetings: the list, the coverage, the minutes and their steps."""

from django.contrib import messages
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from activities.models import ActivityDay
from activities.run_sheet import next_part
from branches.access import can, for_officers, get_visible_or_404, section
from branches.actions import log_export
from core.audit import history_of
from core.pages import asked_month, page_of, too_many, workbook_response
from core.periods import Month
from core.workflow import StaleState, require
from meetings import actions, reports
from meetings.contributions import day_url
from meetings.forms import CorrectionForm, ListFilter, MinutesForm
from meetings.models import Meeting, MeetingType
from meetings.roster import roster_of


@require_GET
@section("meetings")
@for_officers
def meetings(request):
    """The list with its figures; at a branch also what is owed and what waits to be written; of a day, its tab."""
    values = ListFilter(request.GET).values
    day = _day(request, pk=values["day"]) if "day" in values else None
    rows = reports.meeting_list(request.user, request.office, values)
    totals = reports.totals(rows)
    context = {
        "values": values,
        "day": day,
        "totals": totals,
        "page": page_of(request, reports.Counted(rows, totals.all)),
        "to_write": reports.items_to_write(request.user, request.office, day),
        "types": MeetingType.choices,
        "statuses": Meeting.Status.choices,
        "periods": reports.periods(Month.current()),
        "this_year": Month.current().year,
    } | ({} if day else reports.own_coverage(request.user, request.office, values))
    return render(request, "meetings/meeting_list.html", context)


@require_GET
@section("meetings")
def meetings_export(request):
    """The list as shown, as a workbook."""
    values = ListFilter(request.GET).values
    rows = reports.meeting_list(request.user, request.office, values)
    if back := too_many(request, count := rows.count(), reverse("meetings")):
        return back
    filters = reports.filter_words(values)
    log_export("meetings", by=request.user, count=count, filters=filters)
    return workbook_response(reports.workbook(rows, filters), "三会一课会议记录")


@require_GET
@section("meetings")
def meeting_coverage(request):
    """Branches × requirements of a month."""
    table = reports.coverage_table(request, asked_month(request), request.GET.get("q", "").strip())
    return render(request, "meetings/coverage.html", table)


@require_GET
@section("meetings")
def meeting_of_item(request, pk):
    """From an item of the day to its minutes, or to the place where they are begun."""
    found = Meeting.objects.visible_to(request.user).filter(item__pk=pk).first()
    return redirect(found or day_url(_day(request, items__pk=pk)))


@require_POST
@section("meetings")
def meeting_open(request, pk):
    day = _day(request, items__pk=pk)
    row = actions.open_meeting(day.items.get(pk=pk), by=request.user)
    messages.success(request, "时间、地点、主持人、记录人已从活动日带入，核对后写会议内容。")
    return redirect(row)


@require_GET
@section("meetings")
def meeting(request, pk):
    return meeting_page(request, _meeting(request, pk))


def meeting_page(request, row, form=None, correction_form=None, status=200, **context):
    save = can(request.user, "meeting.save", row)
    context |= {
        "meeting": row,
        "roster": roster_of(row),
        "needs": actions.needs(row) if row.is_draft else [],
        "missing": actions.missing(row) if row.is_draft else [],
        "save": save,
        "confirm": can(request.user, "meeting.confirm", row),
        "correct": can(request.user, "meeting.correct", row),
        "form": form or (MinutesForm(row, request.user) if save else None),
        "correction_form": correction_form or CorrectionForm(),
        "corrections": [] if row.is_draft else row.corrections.select_related("by"),
        "next": None if row.is_draft else _next(request, row),
        "history": history_of(row),
    }
    return render(request, "meetings/meeting.html", context, status=status)


@require_POST
@section("meetings")
def meeting_save(request, pk):
    row = _save(request, _meeting(request, pk))
    if not isinstance(row, Meeting):
        return row
    messages.success(request, "已保存，还没有确认。")
    return redirect(row)


@require_POST
@section("meetings")
def meeting_confirm(request, pk):
    """Keep what is on the form and sign it; what is missing is named, and what was typed is kept."""
    row = _meeting(request, pk)
    if row.is_draft:
        require(can(request.user, "meeting.confirm", row))
    row = _save(request, row)
    if not isinstance(row, Meeting):
        return row
    try:
        actions.confirm_minutes(row, by=request.user)
    except actions.Incomplete as error:
        messages.error(request, f"还不能确认，缺：{error}。已填的都存好了。")
        return redirect(row)
    onward = _next(request, row)
    if onward is None or onward.begins:
        messages.success(request, "记录已确认，计入三会一课。")
        return redirect(row)
    messages.success(request, f"会议记录已确认，计入三会一课。接着填活动日{onward.name}。")
    return redirect(onward.url)


def _next(request, row):
    """What the day's recorders do after the minutes; None for anybody else, and once the day is recorded."""
    return next_part(row.day, "meetings") if can(request.user, "day.write", row.day) else None


def _save(request, row):
    """The saved minutes, or the page with its errors: what was typed stays, beside what stands now."""
    if row.is_draft:
        require(can(request.user, "meeting.save", row))
    form = MinutesForm(row, request.user, request.POST)
    if not form.is_valid():
        return meeting_page(request, row, form, status=422)
    version = form.cleaned_data["version"]
    try:
        return actions.save_minutes(row, by=request.user, version=version, **form.values)
    except (actions.Overtaken, StaleState):
        now = _meeting(request, row.pk)
        form.renew(now.version)
        return meeting_page(request, now, form, status=409, overtaken=True, unsaved=form.differences(now))


@require_POST
@section("meetings")
def meeting_correct(request, pk):
    row = _meeting(request, pk)
    form = CorrectionForm(request.POST)
    if not form.is_valid():
        return meeting_page(request, row, correction_form=form, status=422)
    actions.append_correction(row, by=request.user, **form.cleaned_data)
    messages.success(request, "更正已追加在记录后面。")
    return redirect(row)


@require_POST
@section("meetings")
def meeting_drop(request, pk):
    day = actions.drop_draft(_meeting(request, pk), by=request.user)
    messages.success(request, "草稿已删去，需要时可以重新开记录。")
    return redirect(day_url(day))


@require_GET
@section("meetings")
def meeting_print(request, pk):
    """《会议记录》, one A4 form ready to sign."""
    row = _meeting(request, pk)
    context = {"meeting": row, "roster": roster_of(row), "corrections": row.corrections.select_related("by")}
    return render(request, "meetings/meeting_print.html", context)


def _meeting(request, pk):
    rows = Meeting.objects.visible_to(request.user).select_related(
        "organization__parent", "day__plan", "day__organization", "item", "chair", "recorder", "confirmed_by"
    )
    return get_visible_or_404(rows.prefetch_related("kinds"), request.user, pk=pk)


def _day(request, **lookup):
    rows = ActivityDay.objects.visible_to(request.user).select_related("organization__parent", "plan")
    return get_visible_or_404(rows, request.user, **lookup)
