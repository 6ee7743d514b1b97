"""The day on paper: its record and its sign-in sheet, and the records of a month's list."""

from django.contrib import messages
from django.http import Http404
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET

from activities import day_paper, reports, sign_in, workbook
from activities.finding import found_day, listed_days
from activities.models import ActivityDay
from activities.views.paper import MOST_FORMS
from branches.access import section
from branches.actions import log_export
from core.pages import asked_month, document_response, too_many
from core.word import papers_document


@require_GET
@section("days")
def day_record_print(request, pk):
    """《党员活动日活动记录》, ready to sign."""
    row = _held(request, pk)
    context = {
        "papers": day_paper.day_papers([row]), "title": day_paper.title_of(row.month, row.organization),
        "back": reverse("day_record", args=[row.pk]), "document": reverse("day_record_document", args=[row.pk]),
    }  # fmt: skip
    return render(request, "core/papers.html", context)


@require_GET
@section("days")
def day_record_document(request, pk):
    """The same as a Word document to go on editing."""
    row = _held(request, pk)
    filters = {"党支部": str(row.organization), "月份": row.month.label}
    title = day_paper.title_of(row.month, row.organization)
    return _document(request, day_paper.day_papers([row]), title, "day_records", filters)


@require_GET
@section("days")
def day_sign_in(request, pk):
    """The sign-in sheet: to be laid out before the day, or kept with its roster."""
    row = found_day(request, pk)
    back = "day_attendance" if row.happened else "day"
    context = {
        "papers": [sign_in.sign_in_sheet(row)], "title": sign_in.title_of(row), "back": reverse(back, args=[row.pk]),
        "document": reverse("day_sign_in_document", args=[row.pk]),
    }  # fmt: skip
    return render(request, "core/papers.html", context)


@require_GET
@section("days")
def day_sign_in_document(request, pk):
    """The same as a Word document."""
    row = found_day(request, pk)
    filters = {"党支部": str(row.organization), "月份": row.month.label}
    return _document(request, [sign_in.sign_in_sheet(row)], sign_in.title_of(row), "sign_in_sheets", filters)


@require_GET
@section("days")
def days_print(request):
    """The records of a month, under the filters of the list of days, each on a page of its own."""
    month, above, batch = _asked(request)
    if back := _no_paper(request, month, batch):
        return back
    asked = request.GET.urlencode()
    context = {
        "papers": day_paper.day_papers(batch.days), "title": day_paper.title_of(month, above), "note": batch.note,
        "back": f"{reverse('days')}?{asked}", "document": f"{reverse('days_document')}?{asked}",
    }  # fmt: skip
    return render(request, "core/papers.html", context)


@require_GET
@section("days")
def days_document(request):
    """The same records as one document."""
    month, above, batch = _asked(request)
    if back := _no_paper(request, month, batch):
        return back
    on = reports.date_in(request.GET.get("on", ""))
    filters = workbook.filter_words(request.GET, month, reports.DAY_FILTERS, above, on)
    papers, title = day_paper.day_papers(batch.days), day_paper.title_of(month, above)
    return _document(request, papers, title, "day_records", filters, remarks=batch.note)


def _held(request, pk) -> ActivityDay:
    row = found_day(request, pk)
    if not row.happened:
        raise Http404("活动日还没有开展，没有活动记录。")
    return row


def _asked(request):
    """(month, organization above or None, the records) that the address asks for."""
    month = asked_month(request)
    above = reports.organization_above(request.user, request.GET.get("above", "").strip())
    return month, above, day_paper.batch_of(request.user, month, listed_days(request, month))


def _no_paper(request, month, batch):
    """The way back to the list where there are too many records at once, or none, with a word on it; else None."""
    if not batch.count:
        messages.info(request, f"{month.label}没有可以打印的活动记录：{batch.why_none}")
        return redirect(f"{reverse('days')}?{request.GET.urlencode()}")
    return too_many(request, batch.count, reverse("days"), "份", most=MOST_FORMS)


def _document(request, papers, title, what, filters, remarks=""):
    content = papers_document(papers, title, author=request.user.name, remarks=remarks)
    log_export(what, by=request.user, count=len(papers), filters=filters)
    return document_response(content, title)
