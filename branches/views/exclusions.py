"""不计入应到: the list, one proposal, and the acts on it."""

from django.contrib import messages
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from branches import actions, workbook
from branches.access import can, get_visible_or_404, section
from branches.forms.exclusions import ApproveForm, DeclineForm, EndForm, ExclusionFilter, ProposeForm
from branches.models import Exclusion, Person
from branches.reports.exclusions import counts_for, exclusion_lines, state_on
from core import clock
from core.audit import history_of
from core.pages import page_of, too_many, workbook_response
from core.workbooks import note_of
from core.workflow import require


@require_GET
@section("organizations")
def exclusions(request):
    """All of the user's part, by state and organization, the latest first."""
    chosen = _chosen(request)
    page = page_of(request, chosen.qs)
    running, awaiting = counts_for(request.user)
    context = {
        "filter": chosen, "page": page, "lines": exclusion_lines(page.object_list),
        "running": running, "awaiting": awaiting,
    }  # fmt: skip
    return render(request, "branches/exclusions.html", context)


@require_GET
@section("organizations")
def exclusions_export(request):
    """The workbook of all rows that the same address shows in pages."""
    chosen = _chosen(request)
    if back := too_many(request, chosen.qs.count(), reverse("exclusions")):
        return back
    lines = exclusion_lines(chosen.qs)
    actions.log_export("exclusions", by=request.user, count=len(lines), filters=chosen.words)
    return workbook_response(workbook.exclusions_book(lines, note_of(chosen.words, len(lines))), "不计入应到")


@require_http_methods(["GET", "POST"])
@section("organizations")
def exclusion_propose(request, pk):
    """Ask the level above not to count somebody."""
    rows = Person.objects.visible_to(request.user).select_related("organization__parent")
    person = get_visible_or_404(rows, request.user, pk=pk)
    require(can(request.user, "exclusion.propose", person))
    form = ProposeForm(person, request.POST or None)
    if not form.is_valid():
        context = {"person": person, "form": form}
        return render(request, "branches/exclusion_propose.html", context, status=422 if form.is_bound else 200)
    row = actions.propose_exclusion(person, by=request.user, **form.cleaned_data)
    messages.success(request, "已提出，上级收到了通知。批准以后开展的活动日不再把这个人计入应到。")
    return redirect(row)


@require_GET
@section("organizations")
def exclusion(request, pk):
    """One proposal: what is asked, what was decided, and what can be done."""
    return exclusion_page(request, _exclusion(request, pk))


def exclusion_page(request, row, approve_form=None, decline_form=None, end_form=None, status=200):
    style, word = state_on(row, clock.today())
    context = {
        "row": row, "style": style, "word": word,
        "decide": can(request.user, "exclusion.decide", row),
        "withdraw": can(request.user, "exclusion.withdraw", row),
        "end": can(request.user, "exclusion.end", row),
        "approve_form": approve_form or ApproveForm(auto_id="approve_%s"),
        "decline_form": decline_form or DeclineForm(auto_id="decline_%s"),
        "end_form": end_form or EndForm(row),
        "history": history_of(row),
    }  # fmt: skip
    return render(request, "branches/exclusion.html", context, status=status)


@require_POST
@section("organizations")
def exclusion_approve(request, pk):
    row = _exclusion(request, pk)
    form = ApproveForm(request.POST, auto_id="approve_%s")
    if not form.is_valid():
        require(can(request.user, "exclusion.decide", row))
        return exclusion_page(request, row, approve_form=form, status=422)
    actions.approve_exclusion(row, by=request.user, **form.cleaned_data)
    messages.success(request, "已批准，提出的人收到了通知。")
    return redirect(row)


@require_POST
@section("organizations")
def exclusion_decline(request, pk):
    row = _exclusion(request, pk)
    form = DeclineForm(request.POST, auto_id="decline_%s")
    if not form.is_valid():
        require(can(request.user, "exclusion.decide", row))
        return exclusion_page(request, row, decline_form=form, status=422)
    actions.decline_exclusion(row, by=request.user, **form.cleaned_data)
    messages.success(request, "没有批准，提出的人收到了通知。")
    return redirect(row)


@require_POST
@section("organizations")
def exclusion_withdraw(request, pk):
    row = _exclusion(request, pk)
    actions.withdraw_exclusion(row, by=request.user)
    messages.success(request, "已撤回，上级不用再批复。需要时可以重新提出。")
    return redirect(row)


@require_POST
@section("organizations")
def exclusion_end(request, pk):
    row = _exclusion(request, pk)
    form = EndForm(row, request.POST)
    if not form.is_valid():
        require(can(request.user, "exclusion.end", row))
        return exclusion_page(request, row, end_form=form, status=422)
    actions.end_exclusion(row, by=request.user, **form.cleaned_data)
    messages.success(request, "已改好结束的日期。")
    return redirect(row)


def _chosen(request) -> ExclusionFilter:
    rows = Exclusion.objects.visible_to(request.user)
    rows = rows.select_related("person__organization", "proposed_by", "decided_by")
    return ExclusionFilter(request.GET, queryset=rows, request=request)


def _exclusion(request, pk):
    rows = Exclusion.objects.visible_to(request.user)
    rows = rows.select_related("person__organization__parent", "proposed_by", "decided_by")
    return get_visible_or_404(rows, request.user, pk=pk)
