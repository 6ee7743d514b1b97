"""党费标准: what holds, what is coming, what held; a change, tried on the register before it is saved."""

from django.contrib import messages
from django.http import Http404
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from branches.access import can, for_officers, get_visible_or_404, section
from branches.actions import log_export
from core.pages import PAGE_SIZE, asked_month, page_of, too_many, workbook_response
from core.workbooks import MOST_ROWS, note_of
from core.workflow import require
from dues import policy_actions, policy_reports, policy_rules, trial
from dues.models import RatePolicy
from dues.policies import RatePolicies
from dues.policy_forms import RateTable
from dues.policy_words import differences
from dues.policy_workbook import trial_book


@require_GET
@section("settings_home")
@for_officers
def rates(request):
    """Every policy in words; the department finds its buttons here."""
    policies = _policies(request)
    lines = policy_reports.rate_lines(request.user, policies)
    context = {
        "now": lines["now"],
        "coming": lines["coming"],
        "page": page_of(request, lines["past"], size=10),
        "may": can(request.user, "rates.set", None),
        "policies": policies,
    }
    return render(request, "dues/rates.html", context)


@require_GET
@section("settings_home")
def rates_edit(request):
    """The form, filled with what holds in the month asked for; or with what was typed, a line more or less."""
    require(can(request.user, "rates.set", None))
    typed = request.GET if "rounding" in request.GET else None
    table = RateTable(policies=_policies(request), month=asked_month(request), typed=typed)
    return rates_form_page(request, table, status=200)


def rates_form_page(request, table, status=None):
    """The form; refused, it stands as it was typed."""
    return render(
        request, "dues/rates_edit.html", {"table": table}, status=status or (409 if table.is_overtaken else 422)
    )


@require_GET
@section("settings_home")
def rates_trial(request):
    """Whom the typed rules would change, and by how much. It is asked by GET: it writes nothing."""
    require(can(request.user, "rates.set", None))
    if not request.GET:
        return redirect("rates_edit")
    table = RateTable(request.GET, policies=_policies(request))
    if not table.is_valid():
        return rates_form_page(request, table)
    return trial_page(request, table.policies, table.policy, table)


@require_GET
@section("settings_home")
def rates_trial_of(request, month):
    """The same for rules that are set for a month and have not begun."""
    policies, row = _coming(request, month)
    return trial_page(request, policies, row)


def trial_page(request, policies, policy, table=None):
    """The trial of a typed policy (``table``), or of one that is coming."""
    tried = _tried(request, policies, policy, start=_start(request), size=PAGE_SIZE)
    export = reverse("rates_trial_export") if table else reverse("rates_trial_of_export", args=[policy.effective_from])
    context = {
        "trial": tried,
        "page": page_of(request, tried.list),
        "policy": policy,
        "before": (before := policies.before(policy.effective_from)),
        "points": differences(before, policy),
        "later": policies.after(policy.effective_from),
        "replaces": policies.at(policy.effective_from) if table else None,
        "opened": policies.opened_in_words,
        "table": table,
        "words": trial.ONLY,
        "lists": {name: _with_filters(request, only=name) for name in trial.ONLY},
        "typed": _with_filters(request, only="", organization=""),
        "export": export,
    }
    return render(request, "dues/rates_trial.html", context)


@require_GET
@section("settings_home")
def rates_trial_export(request):
    """The trial of the typed rules as Excel, under the same filters."""
    require(can(request.user, "rates.set", None))
    if not request.GET:
        return redirect("rates_edit")
    table = RateTable(request.GET, policies=_policies(request))
    if not table.is_valid():
        return rates_form_page(request, table)
    return _export(request, table.policies, table.policy, reverse("rates_trial"))


@require_GET
@section("settings_home")
def rates_trial_of_export(request, month):
    """The trial of coming rules as Excel, under the same filters."""
    policies, row = _coming(request, month)
    return _export(request, policies, row, reverse("rates_trial_of", args=[month]))


def _export(request, policies, policy, back):
    tried = _tried(request, policies, policy, start=0, size=MOST_ROWS)
    if away := too_many(request, len(tried.list), back, "人"):
        return away
    filters = {
        "党组织": str(tried.place) if tried.place else "全部",
        "范围": trial.ONLY[tried.only],
        "标准": f"{policy.effective_from.label}起",
    }
    log_export("rates", by=request.user, count=len(tried.list), filters=filters)
    book = trial_book(tried, note_of(filters, len(tried.list)))
    return workbook_response(book.bytes(), f"党费标准试算{policy.effective_from}起")


@require_POST
@section("settings_home")
def rates_set(request):
    """Save exactly what the trial was of; its values are checked again."""
    require(can(request.user, "rates.set", None))
    table = RateTable(request.POST, policies=_policies(request))
    if not table.is_valid():
        return rates_form_page(request, table)
    saved = policy_actions.set_rates(table.head.cleaned_data["effective_from"], by=request.user, **table.values)
    messages.success(
        request, f"党费标准已定，从 {saved.effective_from.label}起执行。会用消息告诉各党总支、党支部收党费的同志。"
    )
    return redirect("rates")


@require_http_methods(["GET", "POST"])
@section("settings_home")
def rates_drop(request, pk):
    """What changes back when coming rules are taken back; dropped once that has been seen."""
    row = get_visible_or_404(RatePolicy, request.user, pk=pk)
    require(can(request.user, "rates.set", None))
    if request.method == "POST":
        return _drop(request, row)
    policies = _policies(request)
    may = policy_rules.can_drop_rates(request.user, row, policies)
    points = differences(row, policies.before(row.effective_from)) if may else []
    context = {"policy": row, "may": may, "points": points, "policies": policies}
    return render(request, "dues/rates_drop.html", context)


def _drop(request, row):
    policy_actions.drop_rates(row, by=request.user, seen=request.POST.get("seen", ""))
    messages.success(
        request, f"{row.effective_from.label}起的党费标准已取消，仍按原来的标准。会用消息告诉各党总支、党支部。"
    )
    return redirect("rates")


def _policies(request):
    return RatePolicies(RatePolicy.objects.visible_to(request.user))


def _coming(request, month):
    """All policies, and the one that begins with the month, as long as it may still be changed."""
    require(can(request.user, "rates.set", None))
    policies = _policies(request)
    if (row := policies.at(month)) is None:
        raise Http404("没有从这个月起的党费标准。")
    require(policy_rules.can_drop_rates(request.user, row, policies))
    return policies, row


def _tried(request, policies, policy, *, start, size):
    only = request.GET.get("only", "")
    return trial.try_rates(
        request.user, policies.before(policy.effective_from), policy,
        place=trial.place_of(request.user, request.GET.get("organization", "")),
        only=only if only in trial.ONLY else "", start=start, size=size,
    )  # fmt: skip


def _with_filters(request, **filters) -> str:
    """The query of this page from its first page on, narrowed otherwise; an empty filter goes."""
    query = request.GET.copy()
    for name, value in (filters | {"page": ""}).items():
        query.pop(name, None)
        if value:
            query[name] = value
    return f"?{query.urlencode()}"


def _start(request) -> int:
    """Where the page that the address asks for begins; of what is no page, as the paginator takes it."""
    try:
        number = int(request.GET.get("page") or 1)
    except ValueError:
        number = 1
    return (number - 1) * PAGE_SIZE if number > 0 else PAGE_SIZE * 10**9
