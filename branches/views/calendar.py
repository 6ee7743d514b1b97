"""The calendar: a year on one page, one day, a range of days, school terms."""

from django.contrib import messages
from django.http import Http404
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from branches import actions, workbook
from branches.access import can, for_officers, get_visible_or_404, section
from branches.forms.calendar import (
    FIRST_YEAR,
    LAST_YEAR,
    DayForm,
    RangeForm,
    TermEditForm,
    TermForm,
    asked_year,
    range_of,
)
from branches.models import Term
from branches.reports.calendar import day_sheet, special_days, year_sheet
from core.audit import history_of
from core.pages import workbook_response
from core.workbooks import note_of
from core.workflow import require


@require_GET
@section("settings_home")
@for_officers
def calendar(request):
    """A year on one page."""
    year = asked_year(request.GET.get("year", ""))
    context = {
        "sheet": year_sheet(year, request.user),
        "keep": can(request.user, "calendar.keep", None),
        "seed": can(request.user, "calendar.seed", year),
    }
    return render(request, "branches/calendar.html", context)


@require_GET
@section("settings_home")
@for_officers
def calendar_export(request):
    """The special days of a year as a workbook that can be imported again."""
    year = asked_year(request.GET.get("year", ""))
    rows, chosen = special_days(year, request.user), {"年份": f"{year} 年"}
    actions.log_export("calendar", by=request.user, count=len(rows), filters=chosen)
    return workbook_response(workbook.calendar_book(year, rows, note_of(chosen, len(rows))), f"{year}年工作日历")


@require_POST
@section("settings_home")
def calendar_seed(request, year):
    """Fill in the public holidays of a year."""
    if not FIRST_YEAR <= year <= LAST_YEAR:
        raise Http404("没有这一年的日历。")
    done = actions.seed_year(year, by=request.user)
    kept = f"手工设定的 {done.kept} 天没有动。" if done.kept else ""
    messages.success(request, f"{year} 年：新增 {done.added} 天，更新 {done.changed} 天。{kept}")
    return redirect(_page_of(year))


@require_http_methods(["GET", "POST"])
@section("settings_home")
def calendar_day(request, day):
    """What one day is; the department sets it here."""
    require(can(request.user, "calendar.see", None))
    sheet, keep = day_sheet(day, request.user), can(request.user, "calendar.keep", None)
    if request.method == "POST":
        require(keep)
    form = DayForm(sheet.row, request.POST or None)
    if not form.is_valid():
        context = {"sheet": sheet, "form": form, "keep": keep, "history": history_of(sheet.row)}
        return render(request, "branches/calendar_day.html", context, status=422 if form.is_bound else 200)
    is_changed = actions.set_day(day, by=request.user, said=form.said, was=form.cleaned_data["was"])
    messages.success(request, "已保存。" if is_changed else "没有改动。")
    return redirect(f"{_page_of(day.year)}#m-{day.month}")


@require_http_methods(["GET", "POST"])
@section("settings_home")
def calendar_range(request):
    """Days on end: free with a reason, or ordinary again."""
    require(can(request.user, "calendar.keep", None))
    form = RangeForm(request.POST or None, initial=range_of(request.GET))
    if not form.is_valid():
        context = {"form": form}
        return render(request, "branches/calendar_range.html", context, status=422 if form.is_bound else 200)
    first, last = form.cleaned_data["first"], form.cleaned_data["last"]
    count = actions.set_range(first, last, by=request.user, said=form.said)
    messages.success(request, f"已保存，改动了 {count} 天。" if count else "没有改动。")
    return redirect(f"{_page_of(first.year)}#m-{first.month}")


@require_http_methods(["GET", "POST"])
@section("settings_home")
def term_add(request):
    """A new school term."""
    require(can(request.user, "calendar.keep", None))
    form = TermForm(request.POST or None)
    if not form.is_valid():
        return render(request, "branches/calendar_term.html", {"form": form}, status=422 if form.is_bound else 200)
    term = actions.add_term(by=request.user, **form.cleaned_data)
    messages.success(request, f"已添加{term}。")
    return redirect(term)


@require_http_methods(["GET", "POST"])
@section("settings_home")
def term_edit(request, pk):
    """The name and the days of a term; from here it is dropped as well."""
    term = get_visible_or_404(Term, request.user, pk=pk)
    require(can(request.user, "calendar.keep", None))
    form = TermEditForm(term, request.POST or None)
    if not form.is_valid():
        context = {"form": form, "term": term, "history": history_of(term)}
        return render(request, "branches/calendar_term.html", context, status=422 if form.is_bound else 200)
    term = actions.edit_term(term, by=request.user, **form.cleaned_data)
    messages.success(request, f"已保存{term}。")
    return redirect(term)


@require_POST
@section("settings_home")
def term_drop(request, pk):
    term = get_visible_or_404(Term, request.user, pk=pk)
    actions.drop_term(term, by=request.user)
    messages.success(request, f"已删去{term}。")
    return redirect(_page_of(term.starts_on.year))


def _page_of(year) -> str:
    return f"{reverse('calendar')}?year={year}"
