"""The tree of organizations and one organization's page."""

from django.shortcuts import render
from django.views.decorators.http import require_GET

from branches import actions, workbook
from branches.access import get_visible_or_404, section
from branches.models import Organization
from branches.reports.organizations import organization_page, organization_tree
from core.pages import workbook_response
from core.workbooks import note_of


@require_GET
@section("organizations")
def organizations(request):
    """The user's part of the tree, found by name or code."""
    text, only_warnings = _narrowing(request)
    tree = organization_tree(request.user, text=text, only_warnings=only_warnings)
    context = {"tree": tree, "text": text, "only_warnings": only_warnings}
    return render(request, "branches/organizations.html", context)


@require_GET
@section("organizations")
def organizations_export(request):
    """The workbook of what the same address shows as a page."""
    text, only_warnings = _narrowing(request)
    tree = organization_tree(request.user, text=text, only_warnings=only_warnings)
    filters = {"名称或编码": text or "全部", "范围": "只看有提醒的" if only_warnings else "全部"}
    actions.log_export("organizations", by=request.user, count=len(tree.rows), filters=filters)
    return workbook_response(workbook.organizations_book(tree, note_of(filters, len(tree.rows))), "党组织名册")


@require_GET
@section("organizations")
def organization(request, pk):
    """One organization: facts, office holders, groups, what is below it, its history."""
    row = get_visible_or_404(
        Organization.objects.visible_to(request.user).select_related("parent"), request.user, pk=pk
    )
    return render(request, "branches/organization.html", organization_page(row, request.user))


def _narrowing(request):
    return request.GET.get("q", "").strip()[:60], request.GET.get("only") == "warnings"
