"""The tree of organizations, one organization's page, and what the department does to the tree."""

from django.contrib import messages
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from branches import actions, workbook
from branches.access import can, for_officers, get_visible_or_404, section
from branches.forms.organizations import CloseForm, FoundForm, MoveForm, OrganizationFilter, ReasonForm, RenameForm
from branches.models import Organization
from branches.reports import consequences
from branches.reports.organizations import organization_page as page_about
from branches.reports.tree import level_under, list_of, tree_of, whole_list, whole_tree
from core.pages import too_many, workbook_response
from core.workbooks import note_of
from core.workflow import require


def _chosen(request) -> OrganizationFilter:
    rows = Organization.objects.visible_to(request.user).select_related("parent")
    return OrganizationFilter(request.GET, queryset=rows, request=request)


def _organization(request, pk):
    rows = Organization.objects.visible_to(request.user).select_related("parent")
    return get_visible_or_404(rows, request.user, pk=pk)


@require_GET
@section("organizations")
@for_officers
def organizations(request):
    """The user's part of the tree, one level at a time; with a filter, the list of what fits it."""
    chosen, number = _chosen(request), request.GET.get("page")
    if not chosen.is_narrowed:
        level = tree_of(request.user, order=chosen.sorting, number=number)
        return render(request, "branches/organizations.html", {"filter": chosen, "level": level})
    page, lines = list_of(chosen.qs, order=chosen.sorting, number=number)
    return render(request, "branches/organization_list.html", {"filter": chosen, "page": page, "lines": lines})


@require_GET
@section("organizations")
def organizations_export(request):
    """The workbook of what the same address shows as a page: the list, or everything that the tree opens into."""
    chosen = _chosen(request)
    if back := too_many(request, chosen.qs.count(), reverse("organizations"), "个"):
        return back
    if chosen.is_narrowed:
        lines = whole_list(chosen.qs, request.user, order=chosen.sorting)
    else:
        lines = whole_tree(request.user, order=chosen.sorting)
    actions.log_export("organizations", by=request.user, count=len(lines), filters=chosen.words)
    return workbook_response(workbook.organizations_book(lines, note_of(chosen.words, len(lines))), "党组织名册")


@require_GET
@section("organizations")
def organization(request, pk):
    """One organization: facts, office holders, groups, what is below it, its history."""
    return organization_page(request, _organization(request, pk), ReasonForm())


def organization_page(request, row, form, status=200):
    context = page_about(row, request.user, number=request.GET.get("page")) | {"form": form}
    return render(request, "branches/organization.html", context, status=status)


@require_GET
@section("organizations")
def organization_below(request, pk):
    """A line of the tree, opened: what stands directly under it. As a page of its own it is the organization's."""
    row = _organization(request, pk)
    if not request.htmx or row.is_branch:
        return redirect(row)
    return render(
        request, "branches/organization_below.html", {"level": level_under(row, order=_chosen(request).sorting)}
    )


@require_http_methods(["GET", "POST"])
@section("organizations")
def organization_found(request, pk):
    """A new organization under this one."""
    parent = _organization(request, pk)
    require(can(request.user, "organization.found", parent))
    form = FoundForm(parent, request.user, request.POST or None)
    if not form.is_valid():
        context = {"organization": parent, "form": form}
        return render(request, "branches/organization_found.html", context, status=422 if form.errors else 200)
    made = actions.found_organization(parent, by=request.user, **form.cleaned_data)
    messages.success(request, f"已设立{made}。接下来可以任命书记、转入党员。")
    return redirect(made)


@require_http_methods(["GET", "POST"])
@section("organizations")
def organization_rename(request, pk):
    """Another name or code."""
    row = _organization(request, pk)
    require(can(request.user, "organization.rename", row))
    form = RenameForm(row, request.user, request.POST or None)
    if not form.is_valid():
        context = {"organization": row, "form": form}
        return render(request, "branches/organization_rename.html", context, status=422 if form.errors else 200)
    row = actions.rename_organization(row, by=request.user, **form.cleaned_data)
    messages.success(request, f"已改名为{row}。")
    return redirect(row)


@require_http_methods(["GET", "POST"])
@section("organizations")
def organization_move(request, pk):
    """Another parent, in two steps: which one, and, with what it will do, confirmed."""
    row = _organization(request, pk)
    require(can(request.user, "organization.move", row))
    form = MoveForm(row, request.user, request.POST or None)
    if not form.is_valid() or request.POST.get("step") == "edit":
        context = {"organization": row, "form": form}
        return render(request, "branches/organization_move.html", context, status=422 if form.errors else 200)
    if request.POST.get("step") != "confirmed":
        points = consequences.of_moving(row, form.values["parent"])
        return _confirm_page(request, row, form, points, f"把{row}调整到{form.values['parent']}", "确认调整")
    row = actions.move_organization(row, by=request.user, **form.values)
    messages.success(request, f"{row}已调整到{row.parent}。")
    return redirect(row)


@require_http_methods(["GET", "POST"])
@section("organizations")
def organization_close(request, pk):
    """A closing, in two steps: when, why and where people go, and, with what it will do, confirmed."""
    row = _organization(request, pk)
    require(can(request.user, "organization.close", row))
    form = CloseForm(row, request.user, request.POST or None)
    if not form.is_valid() or request.POST.get("step") == "edit":
        context = {"organization": row, "form": form}
        return render(request, "branches/organization_close.html", context, status=422 if form.errors else 200)
    if request.POST.get("step") != "confirmed":
        owed = consequences.unsettled(row, request.user, form.values["closed_on"])
        points = consequences.of_closing(row, form.values["people_to"], owed)
        return _confirm_page(request, row, form, points, f"撤销{row}", "确认撤销", owed=owed)
    row = actions.close_organization(row, by=request.user, **form.values)
    messages.success(request, f"{row}已撤销，过去的记录都保留着。")
    return redirect(row)


def _confirm_page(request, row, form, points, title, word, owed=()):
    context = {"organization": row, "form": form, "points": points, "title": title, "word": word, "owed": owed}
    return render(request, "branches/organization_confirm.html", context)


@require_POST
@section("organizations")
def organization_reopen(request, pk):
    """Take back a closing, for a reason that is kept."""
    row = _organization(request, pk)
    require(can(request.user, "organization.reopen", row))
    form = ReasonForm(request.POST)
    if not form.is_valid():
        return organization_page(request, row, form, status=422)
    row = actions.reopen_organization(row, by=request.user, **form.cleaned_data)
    messages.success(request, f"{row}已恢复，撤销时结束的任职也已恢复。转走的人请用转接转回来。")
    return redirect(row)
