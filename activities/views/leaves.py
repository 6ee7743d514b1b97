"""请假 before the day: a member's own, from 我的, and what the branch enters for a member."""

from django.contrib import messages
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST

from activities import actions
from activities.finding import found_day, own_person
from activities.forms.leaves import EnterLeaveForm, OwnLeaveForm
from activities.models import LeaveRequest
from activities.own_days import coming_days
from branches.access import can, get_visible_or_404, section


@require_POST
@section("me")
def leave_ask(request):
    """Ask for oneself, from one of the days to come of the own branch."""
    person = own_person(request)
    form = OwnLeaveForm(coming_days(person), request.POST)
    if not form.is_valid():
        messages.error(request, "没有登记请假：" + "".join(error for some in form.errors.values() for error in some))
        return redirect("me")
    data = form.cleaned_data
    actions.ask_leave(data["day"], person, by=request.user, reason=data["reason"])
    messages.success(request, "请假已登记，支部书记会收到消息。活动开展前可以撤回。")
    return redirect("me")


@require_POST
@section("days")
def leave_withdraw(request, pk):
    """From 我的 back to it; what was entered for somebody else, back to the day's leaves."""
    leave = get_visible_or_404(LeaveRequest.objects.visible_to(request.user), request.user, pk=pk)
    leave = actions.withdraw_leave(leave, by=request.user)
    messages.success(request, f"已撤回请假，{leave.person.name}仍在应到之列。")
    is_own = leave.person.user_id == request.user.pk
    return redirect("me") if is_own else redirect("day_leaves", leave.day_id)


@require_GET
@section("days")
def day_leaves(request, pk):
    """Who asked for leave from a day, and the form for a member who asked by word of mouth."""
    row = found_day(request, pk)
    return leaves_page(request, row, EnterLeaveForm(row))


def leaves_page(request, row, form, status=200):
    context = {
        "day": row,
        "form": form,
        "leaves": row.leaves.running().select_related("person"),
        "enter": can(request.user, "day.enter_leave", row),
    }
    return render(request, "activities/day_leaves_page.html", context, status=status)


@require_POST
@section("days")
def leave_enter(request, pk):
    row = found_day(request, pk)
    form = EnterLeaveForm(row, request.POST)
    if not form.is_valid():
        return leaves_page(request, row, form, status=422)
    leave = actions.ask_leave(row, by=request.user, **form.cleaned_data)
    messages.success(request, f"已替{leave.person.name}登记请假。")
    return redirect("day_leaves", row.pk)
