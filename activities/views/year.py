"""The year on one page, its matrix of branches, and the lists of the year's papers."""

from django.http import Http404
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET

from activities import reports, units, workbook, year_page, year_papers
from activities.year_matrix import ONLY, Matrix
from branches.access import for_officers, get_visible_or_404, section
from branches.actions import log_export
from branches.models import Organization
from core.contributions import Scope
from core.pages import asked_year, page_of, too_many, workbook_response


@require_GET
@section("plans")
def year(request, organization, year):
    """An organization's year; below a branch's head its months, below any other's the matrix of its branches."""
    return branch_year_page(request, _organization(request, organization, year), year)


def branch_year_page(request, organization, year):
    """The year's page, as its own address and as the first page of a branch's plans."""
    if organization.is_branch:
        return render(request, "activities/year.html", year_page.branch_year(request.user, organization, year))
    matrix, scope = _matrix(request, organization, year)
    context = year_page.head_of(request.user, organization, year, scope) | {
        "page": page_of(request, matrix),
        "sums": matrix.sums(),
        "months": matrix.months,
        "only": ONLY,
        "choices": units.choices_above(request.user, under=organization),
        "unit": reports.organization_above(request.user, request.GET.get("above", "")),
    }
    return render(request, "activities/year_matrix.html", context)


def _organization(request, pk, year):
    if not 2000 <= year <= 2100:
        raise Http404("没有这一页。")
    organizations = Organization.objects.visible_to(request.user).select_related("parent")
    return get_visible_or_404(organizations, request.user, pk=pk)


def _matrix(request, organization, year):
    scope = Scope(Organization.objects.visible_to(request.user).filter(pk=organization.pk), [])
    asked = {name: request.GET.get(name, "").strip() for name in ("q", "above", "only")}
    return Matrix(request.user, organization, year, scope, asked), scope


@require_GET
@section("plans")
def year_export(request, organization, year):
    """The matrix as Excel, under the same filters: all its rows, in the words of the page."""
    organization = _organization(request, organization, year)
    matrix, _ = _matrix(request, organization, year)
    if back := too_many(request, len(matrix), reverse("year", args=[organization.pk, year])):
        return back
    rows = matrix[:]
    above = reports.organization_above(request.user, request.GET.get("above", ""))
    filters = workbook.matrix_words(request.GET, organization, year, ONLY, above)
    log_export("year", by=request.user, count=len(rows), filters=filters)
    return workbook_response(
        workbook.matrix_book(organization, year, rows, matrix.sums(), filters), f"{year}年全年一览"
    )


@require_GET
@section("plans")
@for_officers
def annual_plans(request):
    """Annual plans, or summaries, of every organization that the user sees, with their state."""
    model, year, papers = _papers(request)
    context = {
        "model": model,
        "year": year,
        "title": model.title_of(year),
        "papers": papers,
        "order": papers.order,
        "choices": units.choices_above(request.user),
        "page": page_of(request, papers),
        "statuses": year_papers.FILTERS,
        "above": reports.organization_above(request.user, request.GET.get("above", "")),
    }
    return render(request, "activities/year_papers.html", context)


@require_GET
@section("plans")
@for_officers
def annual_plans_export(request):
    """The list as Excel, under the same filters."""
    model, year, papers = _papers(request)
    if back := too_many(request, len(papers), reverse("annual_plans"), "个党组织"):
        return back
    rows = papers[:]
    above = reports.organization_above(request.user, request.GET.get("above", ""))
    filters = workbook.paper_words(request.GET, model, year, year_papers.FILTERS, above)
    log_export("annual_plans", by=request.user, count=len(rows), filters=filters)
    return workbook_response(workbook.papers_book(model, year, rows, filters), model.title_of(year).replace(" ", ""))


def _papers(request):
    model, year = year_papers.kind_of(request.GET.get("kind", "")), asked_year(request)
    asked = {name: request.GET.get(name, "").strip() for name in ("status", "above", "order")}
    text = request.GET.get("q", "").strip()
    return model, year, year_papers.Papers(request.user, model, year, text=text, **asked)
