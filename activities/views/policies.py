"""活动日规则: what holds now, what is coming, what held; and a change, which is shown before it is saved."""

from django.contrib import messages
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from activities import policy_reports
from activities.actions import policies as policy_actions
from activities.forms.policies import PolicyForm
from activities.models import Policies, Policy
from activities.rules import policies as policy_rules
from branches.access import can, for_officers, get_visible_or_404, section
from core.pages import asked_month, page_of
from core.workflow import require


@require_GET
@section("settings_home")
@for_officers
def policies(request):
    """Every policy in words; the department finds its buttons here."""
    found = Policies(Policy.objects.visible_to(request.user))
    lines = policy_reports.policy_lines(request.user, found)
    context = {
        "now": lines["now"],
        "coming": lines["coming"],
        "page": page_of(request, lines["past"], size=10),
        "may": can(request.user, "policy.set", None),
        "first": found.first_open_month(),
    }
    return render(request, "activities/policies.html", context)


@require_GET
@section("settings_home")
def policy_edit(request):
    """The form, filled with what holds in the month asked for; back from the preview, with what was typed."""
    require(can(request.user, "policy.set", None))
    found = Policies(Policy.objects.visible_to(request.user))
    typed = request.GET if "pattern" in request.GET else None
    return policy_form_page(request, PolicyForm(typed, policies=found, month=asked_month(request)), status=200)


def policy_form_page(request, form, status=422):
    return render(request, "activities/policy_edit.html", {"form": form}, status=status)


@require_GET
@section("settings_home")
def policy_preview(request):
    """What the typed change will do. It is asked by GET: it writes nothing, and can be loaded again."""
    require(can(request.user, "policy.set", None))
    if not request.GET:
        return redirect("policy_edit")
    found = Policies(Policy.objects.visible_to(request.user))
    form = PolicyForm(request.GET, policies=found)
    if not form.is_valid():
        return policy_form_page(request, form, status=409 if form.is_overtaken else 422)
    change = policy_reports.preview(request.user, found, form.policy)
    return render(request, "activities/policy_preview.html", {"form": form, "change": change})


@require_POST
@section("settings_home")
def policy_set(request):
    """Save exactly what the preview showed; its values are checked again."""
    require(can(request.user, "policy.set", None))
    form = PolicyForm(request.POST, policies=Policies(Policy.objects.visible_to(request.user)))
    if not form.is_valid():
        return policy_form_page(request, form, status=409 if form.is_overtaken else 422)
    saved = policy_actions.set_policy(form.cleaned_data["effective_from"], by=request.user, **form.values)
    messages.success(request, f"规则已定，从 {saved.effective_from.label}起执行。会用消息告诉各党总支、党支部。")
    return redirect("policies")


@require_http_methods(["GET", "POST"])
@section("settings_home")
def policy_drop(request, pk):
    """What changes back when a coming rule is taken back; dropped once that has been seen."""
    row = get_visible_or_404(Policy, request.user, pk=pk)
    require(can(request.user, "policy.set", None))
    if request.method == "POST":
        return _drop(request, row)
    found = Policies(Policy.objects.visible_to(request.user))
    may = policy_rules.can_drop_policy(request.user, row, found)
    change = policy_reports.preview_of_drop(request.user, found, row) if may else None
    context = {"policy": row, "may": may, "change": change, "stamp": found.stamp}
    return render(request, "activities/policy_drop.html", context)


def _drop(request, row):
    policy_actions.drop_policy(row, by=request.user, seen=request.POST.get("seen", ""))
    messages.success(
        request, f"{row.effective_from.label}起的规则已取消，仍按原来的规则。会用消息告诉各党总支、党支部。"
    )
    return redirect("policies")
