"""Dues by month: the branches of a month, one branch's month, verification, missing bases, paper, Excel."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from activities.models import ActivityDay
from activities.reports import organization_above
from activities.run_sheet import next_part
from branches import access
from branches.access import can, for_officers, get_visible_or_404, section
from branches.actions import log_export
from core.audit import history_of
from core.pages import asked_month, page_of, too_many, workbook_response
from core.periods import Month
from core.workbooks import note_of
from core.workflow import no
from dues import actions, reports, workbook
from dues.booking import booking_month
from dues.forms import FillForm, VerifyForm
from dues.models import DuesMonth


@require_GET
@section("dues")
@for_officers
def dues(request):
    """A branch: its month. Above: the branches of a month, filtered, with totals."""
    month = asked_month(request)
    if request.office and request.office.kind == "BRANCH":
        mine = DuesMonth.objects.visible_to(request.user).for_month(month).of([request.office.organization_id]).first()
        return redirect(mine) if mine else render(request, "dues/dues_absent.html", {"month": month})
    rows = _listed(request, month)
    page = page_of(request, rows)
    sums = reports.sums_of(list(page.object_list))
    context = {
        "month": month,
        "page": page,
        "lines": [(row, sums[row.pk]) for row in page.object_list],
        "total": reports.total_of(rows),
        "filters": reports.LIST_FILTERS,
        "above": organization_above(request.user, request.GET.get("above", "")),
    }
    return render(request, "dues/dues_list.html", context)


@require_GET
@section("dues")
def dues_export(request):
    """The list as Excel, under the same filters."""
    month = asked_month(request)
    listed = _listed(request, month)
    if back := too_many(request, listed.count(), reverse("dues")):
        return back
    rows = list(listed)
    sums = reports.sums_of(rows)
    above = organization_above(request.user, request.GET.get("above", ""))
    filters = ({"所属": str(above)} if above else {}) | {
        "月份": month.label,
        "状态": dict(reports.LIST_FILTERS).get(request.GET.get("status", ""), "全部"),
        "党支部": request.GET.get("q", "").strip() or "全部",
    }
    log_export("dues", by=request.user, count=len(rows), filters=filters)
    book = workbook.list_book(month, [(row, sums[row.pk]) for row in rows], note_of(filters, len(rows)))
    return workbook_response(book.bytes(), f"{month.label}党费")


@require_GET
@section("dues")
def dues_day(request, pk):
    """From an activity day to its dues."""
    day = get_visible_or_404(ActivityDay, request.user, pk=pk)
    row = DuesMonth.objects.visible_to(request.user).for_month(day.month).of([day.organization_id]).first()
    if row:
        return redirect(row)
    if not can(request.user, "dues.see", day):
        raise PermissionDenied("党费由支部书记、副书记和组织委员查验，您这里不用办理。")
    return render(request, "dues/dues_absent.html", {"month": day.month})


@require_GET
@section("dues")
def dues_month(request, pk):
    """One branch's month."""
    return month_page(request, _month(request, pk))


def month_page(request, row, form=None, fill_form=None, status=200):
    """The page of a month; a form that was refused stands as it was typed."""
    page = reports.month_page(row)
    verify = can(request.user, "dues.verify", row)
    if verify and page.why_incomplete:
        verify = no(page.why_incomplete)
    only = request.GET.get("only") == "exceptions" and not verify
    around = [row.month.previous, row.month.next, Month.current()]
    near = DuesMonth.objects.visible_to(request.user).of([row.organization_id]).filter(month__in=around)
    months = {one.month: one for one in near}
    books = booking_month(months.get(Month.current()))
    context = {
        "row": row,
        "page": page,
        "books": books,
        "submit": can(request.user, "dues.submit", row),
        "withdraw": can(request.user, "dues.withdraw", row),
        "forward": can(request.user, "dues.forward", row),
        "settle": can(request.user, "dues.settle", row),
        "hands_in": access.holds(request.user, row.organization, access.SECRETARIES),
        "above": "组织部" if row.organization.is_direct else row.organization.parent,
        "statements": row.statements.select_related("by") if row.first_verified_at else [],
        "form": form or _verify_form(request, row, page.exceptions if only else page.rows),
        "fill_form": fill_form or FillForm(page.lacking, by=request.user),
        "verify": verify,
        "fill": can(request.user, "dues.fill", row),
        "correct": can(request.user, "dues.correct", row),
        "only": only,
        "now": Month.current(),
        "day": (day := _day_of(request, row)),
        "next_part": _next_part(request, row, day),
        "previous": months.get(row.month.previous),
        "next": months.get(row.month.next),
        "history": history_of(row),
    }
    return render(request, "dues/dues_month.html", context, status=status)


def _verify_form(request, row, rows):
    """The table as it is opened; the address may say how all who were not there paid."""
    away = reports.away_on(row) if row.status == DuesMonth.Status.OPEN else {}
    return VerifyForm(rows, away=away, away_by=request.GET.get("away", ""))


def _next_part(request, row, day):
    """What the day's recorders do once the dues are signed off."""
    is_signed = row.status != DuesMonth.Status.OPEN
    return next_part(day, "dues") if is_signed and day and can(request.user, "day.write", day) else None


def _day_of(request, row):
    """The activity day of the branch and month, if there is one to be seen."""
    rows = ActivityDay.objects.visible_to(request.user).for_month(row.month).of([row.organization_id])
    return rows.select_related("organization").first()


@require_POST
@section("dues")
def dues_verify(request, pk):
    """查验签认: the whole table at once; who answers for the branch may hand it in with the same button."""
    row = _month(request, pk)
    form = VerifyForm(reports.month_page(row).rows, request.POST, away=reports.away_on(row))
    if not form.is_valid():
        return month_page(request, row, form, status=422)
    hands_in = request.POST.get("then") == "submit"
    act = actions.verify_and_submit if hands_in else actions.verify_month
    act(row, choices=form.choices, by=request.user, booked_in=_asked_books(request))
    done = "已查验签认并上报" if hands_in else "已查验签认"
    messages.success(request, f"{row.month.label}党费{done}，可以接着写会议记录和活动日记录。")
    return redirect(row)


def _asked_books(request) -> Month | None:
    """The month in which the page promised to book, where it did."""
    try:
        return Month.parse(request.POST.get("books", ""))
    except ValueError:
        return None


@require_POST
@section("dues")
def dues_fill(request, pk):
    """Missing bases, and the charges that follow."""
    row = _month(request, pk)
    form = FillForm(reports.month_page(row).lacking, request.POST, by=request.user)
    if not form.is_valid():
        return month_page(request, row, fill_form=form, status=422)
    added = actions.fill_month(row, by=request.user, **form.values)
    messages.success(request, f"已补出 {added} 人的应缴，请登记后查验签认。")
    return redirect(row)


@require_GET
@section("dues")
def dues_sheet(request, pk):
    """《党费收缴登记表》, to be printed, signed and sealed."""
    row = _month(request, pk)
    page = reports.month_page(row)
    yearly = reports.yearly(row.month, [one.person_id for one in page.rows])
    lines = [(one, *yearly.get(one.person_id, (None, None))) for one in page.rows]
    return render(request, "dues/dues_sheet.html", {"row": row, "lines": lines, "sums": page.sums})


@require_GET
@section("dues")
def dues_month_export(request, pk):
    """The month as Excel: all rows, or the exceptions that the page shows."""
    row = _month(request, pk)
    page = reports.month_page(row)
    rows = page.exceptions if request.GET.get("only") == "exceptions" else page.rows
    only = "例外" if rows is page.exceptions else "全部"
    log_export("dues", by=request.user, count=len(rows), filters={"党支部": str(row), "范围": only})
    return workbook_response(workbook.month_book(row, page, rows).bytes(), str(row))


def _listed(request, month):
    asked = {name: request.GET.get(name, "").strip() for name in ("status", "above")}
    return reports.month_list(request.user, month, text=request.GET.get("q", "").strip(), **asked)


def _month(request, pk):
    rows = DuesMonth.objects.visible_to(request.user).select_related("organization__parent", "verified_by")
    return get_visible_or_404(rows, request.user, pk=pk)
