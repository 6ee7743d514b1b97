"""The review queue: one plan beside last month's, batch acts."""

from django.contrib import messages
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST

from activities import filing, reports
from activities.comparison import cautions, compare
from activities.forms import ReturnForm
from activities.models import MonthlyPlan
from activities.prefill import Background
from branches.access import can, section


@require_GET
@section("review")
def review(request):
    """What waits for this user's review, and the chosen plan compared with the branch's last one."""
    return review_page(request, request.GET.get("plan", ""))


def review_page(request, asked, form=None, status=200):
    """``asked`` is the id of the plan to be shown, as typed in the address; without one, the first."""
    waiting = MonthlyPlan.objects.visible_to(request.user).awaiting(request.user).select_related("organization__parent")
    queue = list(waiting[: reports.QUEUE_SIZE])
    chosen = waiting.chosen([asked]).first() or next(iter(queue), None)
    context = {
        "queue": queue,
        "waiting": waiting.count(),
        "plan": chosen,
        "to_forward": any(plan.status == MonthlyPlan.Status.SUBMITTED for plan in queue),
        "to_accept": any(plan.status == MonthlyPlan.Status.FILED for plan in queue),
    }
    if chosen:
        background = Background(chosen.organization, chosen.month)
        context |= {
            "before": background.before,
            "differences": compare(chosen, background.before),
            "cautions": cautions(chosen, background.policy),
            "headcount": reports.headcount(chosen.organization, chosen.month, chosen.planned_on),
            "forward": can(request.user, "plan.forward", chosen),
            "accept": can(request.user, "plan.accept", chosen),
            "form": form or ReturnForm(),
        }
    return render(request, "activities/review.html", context, status=status)


@require_POST
@section("review")
def plans_forward(request):
    """Forward every ticked plan that is ready; say which were not and why."""
    return _act_on_many(request, "forward", "转报")


@require_POST
@section("review")
def plans_accept(request):
    """Accept every ticked plan that is ready; say which were not and why."""
    return _act_on_many(request, "accept", "备案")


def _act_on_many(request, step, word):
    chosen = MonthlyPlan.objects.visible_to(request.user).chosen(request.POST.getlist("plan"))
    done, refused = filing.act_on_many(step, chosen, by=request.user)
    if done:
        messages.success(request, f"已{word} {len(done)} 份。")
    if not done and not refused:
        messages.warning(request, f"没有选中计划。请先勾选要{word}的计划。")
    for plan, why in refused:
        messages.warning(request, f"{plan.organization} {plan.month.short}计划没有{word}：{why}")
    return redirect("review")
