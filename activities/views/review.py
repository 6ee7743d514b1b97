"""The review queue: one plan beside last month's, batch acts."""

from django.contrib import messages
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST

from activities import filing, reports
from activities.forms import ReturnForm
from activities.models import MonthlyPlan
from activities.prefill import last_plan
from branches.access import can, section


@require_GET
@section("review")
def review(request):
    """What waits for this user's review, and the chosen plan compared with the branch's last one."""
    waiting = MonthlyPlan.objects.visible_to(request.user).awaiting(request.user).select_related("organization")
    queue = list(waiting[: reports.QUEUE_SIZE])
    chosen = waiting.chosen([request.GET.get("plan", "")]).first() or next(iter(queue), None)
    context = {"queue": queue, "waiting": waiting.count(), "plan": chosen}
    if chosen:
        before = last_plan(chosen.organization, chosen.month)
        context |= {
            "before": before,
            "differences": reports.compare(chosen, before),
            "headcount": reports.headcount(chosen.organization),
            "forward": can(request.user, "plan.forward", chosen),
            "accept": can(request.user, "plan.accept", chosen),
            "form": ReturnForm(),
        }
    return render(request, "activities/review.html", context)


@require_POST
@section("review")
def plans_forward(request):
    """Forward every ticked plan that is ready; say which were not and why."""
    return _act_on_many(request, filing.forward_plan, "转报")


@require_POST
@section("review")
def plans_accept(request):
    """Accept every ticked plan that is ready; say which were not and why."""
    return _act_on_many(request, filing.accept_plan, "备案")


def _act_on_many(request, action, word):
    chosen = MonthlyPlan.objects.visible_to(request.user).chosen(request.POST.getlist("plan"))
    done, refused = filing.act_on_many(action, chosen, by=request.user)
    if done:
        messages.success(request, f"已{word} {len(done)} 份。")
    if not done and not refused:
        messages.warning(request, f"没有选中计划。请先勾选要{word}的计划。")
    for plan, why in refused:
        messages.warning(request, f"{plan.organization}未能{word}：{why}")
    return redirect("review")
