"""党小组 of a branch: which there are, and who is in which."""

from django.contrib import messages
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST

from branches import actions
from branches.access import can, get_visible_or_404, section
from branches.forms.organizations import ArrangeForm, GroupForm
from branches.models import Organization
from branches.reports.organizations import groups_of
from core.workflow import require


def _branch(request, pk):
    """The branch, for who may divide it into groups."""
    rows = Organization.objects.visible_to(request.user).select_related("parent")
    branch = get_visible_or_404(rows, request.user, pk=pk)
    require(can(request.user, "organization.groups", branch))
    return branch


def _group(request, pk, group):
    branch = _branch(request, pk)
    return branch, get_visible_or_404(branch.groups.select_related("organization"), request.user, pk=group)


@require_GET
@section("organizations")
def groups(request, pk):
    """The groups with their leaders, and each member's group."""
    branch = _branch(request, pk)
    return groups_page(request, branch, GroupForm(branch), ArrangeForm(branch))


def groups_page(request, branch, form, arrange, *, renaming=None, status=200):
    context = {"branch": branch, "groups": groups_of(branch), "form": form, "arrange": arrange, "renaming": renaming}
    return render(request, "branches/groups.html", context, status=status)


@require_POST
@section("organizations")
def group_found(request, pk):
    branch = _branch(request, pk)
    form = GroupForm(branch, request.POST)
    if not form.is_valid():
        return groups_page(request, branch, form, ArrangeForm(branch), status=422)
    group = actions.found_group(branch, by=request.user, **form.cleaned_data)
    messages.success(request, f"已设{group}，请在下面把党员编进来。")
    return redirect("groups", pk)


@require_POST
@section("organizations")
def group_rename(request, pk, group):
    branch, row = _group(request, pk, group)
    form = GroupForm(branch, request.POST, but=row.pk)
    if not form.is_valid():
        return groups_page(request, branch, form, ArrangeForm(branch), renaming=row, status=422)
    row = actions.rename_group(row, by=request.user, **form.cleaned_data)
    messages.success(request, f"已改名为{row}。")
    return redirect("groups", pk)


@require_POST
@section("organizations")
def group_dissolve(request, pk, group):
    branch, row = _group(request, pk, group)
    row = actions.dissolve_group(row, by=request.user)
    messages.success(request, f"{row}已撤销，组长的任职到今天结束。")
    return redirect("groups", branch.pk)


@require_POST
@section("organizations")
def groups_arrange(request, pk):
    """Everybody's group, saved at once."""
    branch = _branch(request, pk)
    form = ArrangeForm(branch, request.POST)
    if not form.is_valid():
        return groups_page(request, branch, GroupForm(branch), form, status=422)
    count = actions.arrange_groups(branch, by=request.user, choices=form.choices)
    messages.success(request, f"已保存，{count} 人换了党小组。" if count else "没有改动。")
    return redirect("groups", branch.pk)
