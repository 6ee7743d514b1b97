"""集中教育: what took place of a branch or below an organization, and how long each member was there."""

from django.http import Http404
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET

from activities import reports, units
from activities.education import books
from activities.education.coverage import LACKING, Coverage, days_of, education_on, lines_of
from activities.education.hours import BranchHours, attended_by
from activities.own_kinds import offered_to, own_kinds_of
from branches.access import for_officers, get_visible_or_404, section
from branches.actions import log_export
from branches.models import Organization, Person
from core.pages import asked_year, page_of, too_many, workbook_response

MOST_OWN_KINDS = 20  # of many branches; the workbook has them all


@require_GET
@section("days")
@for_officers
def education(request):
    """The user's own organization: of a branch its year, of any other the branches below it."""
    organization = _organization(request, request.office.organization_id)
    return education_page(request, organization, asked_year(request))


@require_GET
@section("days")
def education_year(request, organization, year):
    return education_page(request, _organization(request, organization), _sensible(year))


def education_page(request, organization, year):
    if organization.is_branch:
        return branch_education_page(request, organization, year)
    coverage = _coverage(request, organization, year)
    own = own_kinds_of(coverage.days_of_all())
    context = {
        "organization": organization,
        "year": year,
        "order": coverage.order,
        "page": page_of(request, coverage),
        "sums": coverage.sums(),
        "own": own[:MOST_OWN_KINDS],
        "own_count": len(own),
        "lacking": LACKING,
        "choices": units.choices_above(request.user, under=organization),
        "above": reports.organization_above(request.user, request.GET.get("above", "")),
    }
    return render(request, "activities/education.html", context)


def branch_education_page(request, branch, year):
    days = days_of(request.user, year).of([branch.pk])
    context = {
        "organization": branch,
        "year": year,
        "lines": lines_of(days, year),
        "page": page_of(request, _in_order(education_on(days))),
        "own": own_kinds_of(days),
    }
    return render(request, "activities/education_branch.html", context)


def _in_order(items):
    return items.select_related("day").order_by("-day__month", "order", "pk")


def _organization(request, pk):
    organizations = Organization.objects.visible_to(request.user).select_related("parent")
    return get_visible_or_404(organizations, request.user, pk=pk)


def _sensible(year):
    if not 2000 <= year <= 2100:
        raise Http404("没有这一页。")
    return year


def _coverage(request, organization, year):
    asked = {name: request.GET.get(name, "").strip() for name in ("q", "above", "lacking", "order")}
    return Coverage(request.user, organization, year, asked)


@require_GET
@section("days")
def education_year_export(request, organization, year):
    """What the page shows, as Excel: under the same filters, all rows."""
    organization, year = _organization(request, organization), _sensible(year)
    if organization.is_branch:
        return _branch_export(request, organization, year)
    coverage = _coverage(request, organization, year)
    if back := too_many(request, len(coverage), reverse("education_year", args=[organization.pk, year])):
        return back
    rows = coverage[:]
    above = reports.organization_above(request.user, request.GET.get("above", ""))
    filters = books.coverage_words(request.GET, organization, year, above)
    log_export("education", by=request.user, count=len(rows), filters=filters)
    own = own_kinds_of(coverage.days_of_all())
    book = books.coverage_book(organization, year, rows, coverage.sums(), own, filters)
    return workbook_response(book, f"{organization}{year}年集中教育")


def _branch_export(request, branch, year):
    days = days_of(request.user, year).of([branch.pk])
    items = list(_in_order(education_on(days)))
    log_export("education", by=request.user, count=len(items), filters={"党支部": str(branch), "年度": str(year)})
    book = books.branch_book(branch, year, lines_of(days, year), items, own_kinds_of(days))
    return workbook_response(book, f"{branch}{year}年集中教育")


@require_GET
@section("days")
def education_people(request, organization, year):
    """How long each member of a branch was at education in a year; above a branch there are only counts."""
    branch, year = _organization(request, organization), _sensible(year)
    if not branch.is_branch:
        return redirect("education_year", branch.pk, year)
    hours = _hours(request, branch, year)
    context = {
        "organization": branch,
        "year": year,
        "order": hours.order,
        "page": page_of(request, hours.rows),
        "minutes": sum(one.minutes for one in hours.rows),
    }
    return render(request, "activities/education_people.html", context)


def _hours(request, branch, year):
    asked = {"text": request.GET.get("q", "").strip(), "order": request.GET.get("order", "").strip()}
    return BranchHours(request.user, branch, year, **asked)


@require_GET
@section("days")
def education_people_export(request, organization, year):
    """The members of a branch as Excel, under the same filter."""
    branch, year = _organization(request, organization), _sensible(year)
    if not branch.is_branch:
        return redirect("education_year", branch.pk, year)
    rows = _hours(request, branch, year).rows
    if back := too_many(request, len(rows), reverse("education_people", args=[branch.pk, year]), "人"):
        return back
    filters = books.people_words(request.GET, branch, year)
    log_export("education_people", by=request.user, count=len(rows), filters=filters)
    return workbook_response(books.people_book(branch, year, rows, filters), f"{branch}{year}年集中教育时长")


@require_GET
@section("days")
def education_person(request, person, year):
    """What one person was at in a year: on all days that the user sees, or on those of one branch."""
    row = get_visible_or_404(Person, request.user, pk=person)
    branch = request.GET.get("branch", "").strip()
    items = attended_by(request.user, row, _sensible(year), branch=branch)
    context = {
        "person": row,
        "year": year,
        "branch": reports.organization_above(request.user, branch),
        "page": page_of(request, items),
        "minutes": sum(item.minutes for item in items),
        "count": len(items),
    }
    return render(request, "activities/education_person.html", context)


@require_GET
@section("days")
def own_kinds(request, organization):
    """What an organization has called its own designs, and what those above it call theirs; offered by the forms."""
    owner = _organization(request, organization)
    context = {"organization": owner, "page": page_of(request, offered_to(owner), size=60)}
    return render(request, "activities/own_kinds.html", context)
