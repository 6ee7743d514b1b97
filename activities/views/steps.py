"""The steps of a paper's road, the same for every kind of paper: each gets it, acts, says so, and goes on."""

from django.contrib import messages
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from activities import filing
from activities.forms import AnswerForm, ReasonForm
from activities.models import MonthlyPlan
from activities.views.review import next_page, review_page
from branches.access import get_visible_or_404, section
from branches.models import Organization

NO_REASON = "请写明原因，上级和组织部会看到。"


@require_POST
@section("plans")
def plan_withdraw(request, model, pk):
    paper = get_visible_or_404(model, request.user, pk=pk)
    paper = filing.withdraw_plan(paper, by=request.user)
    messages.success(request, "已撤回，改好后请重新报送。")
    return redirect(paper.edit_address)


@require_POST
@section("review")
def plan_forward(request, model, pk):
    paper = filing.plan_for_review(model, pk, request.user)
    form = AnswerForm(model, request.POST, step="forward")
    if not form.is_valid():
        return review_page(request, model, str(paper.pk), form, status=422)
    filing.forward_plan(paper, by=request.user, **form.answer)
    messages.success(request, f"已转报：{paper.organization} {filing.named(paper)}。")
    return next_page(request, paper)


@require_POST
@section("review")
def plan_accept(request, model, pk):
    paper = filing.plan_for_review(model, pk, request.user)
    form = AnswerForm(model, request.POST, step="accept")
    if not form.is_valid():
        return review_page(request, model, str(paper.pk), form, status=422)
    filing.accept_plan(paper, by=request.user, **form.answer)
    messages.success(request, f"已备案：{paper.organization} {filing.named(paper)}。")
    return next_page(request, paper)


@require_POST
@section("review")
def plan_return(request, model, pk):
    paper = filing.plan_for_review(model, pk, request.user)
    form = AnswerForm(model, request.POST)
    if not form.is_valid():
        return review_page(request, model, str(paper.pk), form, status=422)
    filing.return_plan(paper, by=request.user, **form.answer)
    messages.success(request, f"已退回{paper.organization}，修改后可重新报送。")
    return next_page(request, paper)


@require_POST
@section("plans")
def plan_amend(request, model, pk):
    """Begin a revision with its reason; its form is opened."""
    paper = get_visible_or_404(model, request.user, pk=pk)
    form = ReasonForm(request.POST)
    if not form.is_valid():
        messages.error(request, NO_REASON)
        return redirect(paper)
    draft = filing.amend_plan(paper, by=request.user, reason=form.cleaned_data["reason"])
    messages.success(request, "可以修订了。改好后报送，备案以前仍按原来的执行。")
    return redirect(draft.edit_address)


@require_POST
@section("plans")
def plan_drop(request, model, pk):
    paper = get_visible_or_404(model, request.user, pk=pk)
    in_force = model.objects.visible_to(request.user).of([paper.organization]).same_period(paper).standing().first()
    filing.drop_plan(paper, by=request.user)
    messages.success(request, "已放弃修订，仍按已备案的执行。")
    return redirect(in_force or "plans")


@require_POST
@section("plans")
def plan_discard(request, model, pk):
    """Delete a first draft that was never sent."""
    paper = get_visible_or_404(model, request.user, pk=pk)
    filing.discard_plan(paper, by=request.user)
    messages.success(request, f"{paper.title}的草稿已删去。")
    return redirect("plans")


@require_POST
@section("plans")
def plan_postpone(request, pk):
    """Move the date of an accepted plan off a holiday and file that: one click."""
    plan = get_visible_or_404(MonthlyPlan, request.user, pk=pk)
    offer = filing.postponement(plan)
    if offer is None:
        messages.warning(request, "计划的日期不是节假日（或本月没有可改到的工作日）；要改日期请用“修订”。")
        return redirect(plan)
    draft = filing.postpone_plan(plan, by=request.user, to=offer.to, reason=offer.reason)
    messages.success(request, f"已{offer.word} {offer.to.month} 月 {offer.to.day} 日并报送，备案以前仍按原来的执行。")
    return redirect(draft)


@require_POST
@section("plans")
def plan_cancel(request, branch, month):
    """Report that no day will be held in the month, and why."""
    branch = get_visible_or_404(Organization.objects.visible_to(request.user).branches().select_related("parent"),
                                request.user, pk=branch)  # fmt: skip
    form = ReasonForm(request.POST)
    if not form.is_valid():
        messages.error(request, NO_REASON)
        return redirect("plan_edit", branch.pk, month)
    plan = filing.cancel_month(branch, month, by=request.user, reason=form.cleaned_data["reason"])
    messages.success(request, f"已报送：{month.short}不开展活动日。组织部备案后，本月不再要求开展。")
    return redirect(plan)
