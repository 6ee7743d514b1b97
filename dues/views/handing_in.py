"""Months on their way up: handed in, taken back, returned, forwarded, settled."""

from django.contrib import messages
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from activities.forms import ReasonForm
from branches.access import can, for_officers, get_visible_or_404, section
from core.pages import page_of
from dues import actions, reports
from dues.models import DuesMonth


@require_POST
@section("dues")
def dues_submit(request, pk):
    """Hand a signed month in."""
    row = actions.submit_month(_month(request, pk), by=request.user)
    to = "组织部" if row.organization.is_direct else row.organization.parent.short_name
    messages.success(request, f"{row.month.label}党费已报{to}。还没有办理前可以撤回。")
    return redirect(row)


@require_POST
@section("dues")
def dues_withdraw(request, pk):
    """Take it back."""
    row = actions.withdraw_month(_month(request, pk), by=request.user)
    messages.success(request, f"{row.month.label}党费已撤回，改好后请再上报。")
    return redirect(row)


@require_http_methods(["GET", "POST"])
@section("dues")
def dues_return(request, pk):
    """Send it back to the branch, with a reason."""
    row = _month(request, pk)
    form = ReasonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        actions.return_month(row, by=request.user, **form.cleaned_data)
        messages.success(request, f"{row}已退回，已告诉上报人。")
        return redirect("dues_waiting")
    context = {"row": row, "form": form, "may": can(request.user, "dues.return", row)}
    return render(request, "dues/dues_return.html", context, status=422 if form.is_bound else 200)


@require_GET
@section("dues")
@for_officers
def dues_waiting(request):
    """The months, of any month, that wait for the user's decision; those of the oldest month first."""
    rows = DuesMonth.objects.visible_to(request.user).waiting_for(request.user)
    if text := request.GET.get("q", "").strip():
        rows = rows.search(text)
    listed = rows.select_related("organization__parent", "submitted_by").order_by("month", "organization__code")
    page = page_of(request, listed)
    lines = reports.stated(page.object_list)
    context = {"page": page, "lines": lines, "total": reports.stated_total(rows)}
    context |= {act: any(can(request.user, f"dues.{act}", row) for row, _ in lines) for act in ("forward", "settle")}
    return render(request, "dues/dues_waiting.html", context)


@require_POST
@section("dues")
def dues_forward(request):
    """Forward the months that are ticked."""
    return _many(request, actions.forward_months, "转报组织部")


@require_POST
@section("dues")
def dues_settle(request):
    """Settle the months that are ticked."""
    return _many(request, actions.settle_months, "结清")


def _many(request, act, word):
    ids = [int(pk) for pk in request.POST.getlist("month") if pk.isdecimal() and len(pk) < 19]
    rows = DuesMonth.objects.visible_to(request.user).filter(pk__in=ids)
    if not ids:
        messages.warning(request, f"还没有勾选党支部，没有{word}。")
    else:
        messages.success(request, f"已{word} {len(act(rows, by=request.user))} 个党支部的党费。")
    return redirect("dues_waiting")


def _month(request, pk):
    rows = DuesMonth.objects.visible_to(request.user).select_related("organization__parent", "submitted_by")
    return get_visible_or_404(rows, request.user, pk=pk)
