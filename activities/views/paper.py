"""Plans on paper: the filing forms of a list to be printed, and as Word documents."""

from django.contrib import messages
from django.http import Http404
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET

from activities import paper, reports, word, workbook
from activities.models import MonthlyPlan
from branches.access import get_visible_or_404, section
from branches.actions import log_export
from core.pages import asked_month, document_response, too_many

MOST_FORMS = 300  # at once: a document beyond that is slow to open, and nobody leafs through it


@require_GET
@section("plans")
def plan_document(request, pk):
    """The filing form of one plan, to go on editing."""
    row = get_visible_or_404(MonthlyPlan.objects.visible_to(request.user).in_full(), request.user, pk=pk)
    forms = paper.filing_forms([row])
    filters = {"党支部": str(row.organization), "月份": row.month.label}
    return _document(request, forms, paper.title_of(row.month, row.organization), filters)


@require_GET
@section("plans")
def plans_print(request):
    """The filing forms of a month, under the filters of the list of plans, each on a page of its own."""
    month, above, batch = _asked(request)
    if back := _no_paper(request, month, batch):
        return back
    context = {"forms": paper.filing_forms(batch.plans), "batch": batch, "month": month, "above": above}
    return render(request, "activities/plans_print.html", context)


@require_GET
@section("plans")
def plans_document(request):
    """The same forms as one document."""
    month, above, batch = _asked(request)
    if back := _no_paper(request, month, batch):
        return back
    filters = workbook.filter_words(request.GET, month, reports.PLAN_FILTERS, above)
    forms = paper.filing_forms(batch.plans)
    return _document(request, forms, paper.title_of(month, above), filters, remarks=batch.note)


@require_GET
@section("plans")
def year_print(request, model, pk):
    """A year's plan or summary as a page to be printed and signed."""
    row = _year_paper(request, model, pk)
    context = {
        "papers": paper.year_papers([row]), "title": str(row), "back": row.get_absolute_url(),
        "document": reverse("year_document", args=[row.kind, row.pk]),
    }  # fmt: skip
    return render(request, "activities/paper_sections.html", context)


@require_GET
@section("plans")
def year_document(request, model, pk):
    """The same as a Word document to go on editing."""
    row = _year_paper(request, model, pk)
    title = f"{row.organization}{row.title}"
    content = word.sections_document(paper.year_papers([row]), title, author=request.user.name)
    log_export("plan_forms", by=request.user, count=1, filters={"党组织": str(row.organization), "材料": row.title})
    return document_response(content, title)


def _year_paper(request, model, pk):
    """The paper of a year; a month's plan has a form of its own."""
    if model is MonthlyPlan:
        raise Http404("没有这一页。")
    return get_visible_or_404(model, request.user, pk=pk)


def _asked(request):
    """(month, organization above or None, the forms) that the address asks for."""
    month = asked_month(request)
    asked = {name: request.GET.get(name, "").strip() for name in ("status", "above")}
    listed = reports.plan_list(request.user, month, text=request.GET.get("q", "").strip(), **asked)
    above = reports.organization_above(request.user, asked["above"])
    return month, above, paper.batch_of(request.user, month, listed)


def _no_paper(request, month, batch):
    """The way back to the list where there are too many forms at once, or none, with a word on it; else None."""
    if not batch.count:
        messages.info(request, f"{month.label}没有可以打印的备案表：{batch.why_none}")
        return redirect(f"{reverse('plans')}?{request.GET.urlencode()}")
    return too_many(request, batch.count, reverse("plans"), "份", most=MOST_FORMS)


def _document(request, forms, title, filters, remarks=""):
    content = word.filing_document(forms, title, author=request.user.name, remarks=remarks)
    log_export("plan_forms", by=request.user, count=len(forms), filters=filters)
    return document_response(content, title)
