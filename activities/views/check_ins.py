"""签到码 in the room, and the page that it opens."""

from django.contrib import messages
from django.http import Http404
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods

from activities import actions, check_in_codes
from activities.finding import found_day, own_row
from branches.access import can, section
from core.pages import site_address
from core.workflow import require


@require_GET
@section("days")
def day_check_in_code(request, pk):
    """The code on the wall; it renews itself. Where the rules do not have it there is no such page."""
    row = found_day(request, pk)
    if not check_in_codes.is_on(row):
        raise Http404
    require(can(request.user, "day.show_code", row))
    path = reverse("check_in", args=[row.pk, check_in_codes.code_of(row)])
    drawn, counts = check_in_codes.drawn(site_address(request, path)), check_in_codes.counts_of(row)
    context = {"day": row, "drawn": drawn, "counts": counts}
    return render(request, "activities/day_check_in_code.html", context)


@require_http_methods(["GET", "POST"])
@section("me")
def check_in(request, pk, code):
    """One's own name and day, and the one button."""
    row = own_row(request, pk, code)
    if request.method == "GET":
        return render(request, "activities/check_in.html", {"row": row, "day": row.day})
    actions.check_in(row, by=request.user, code=code)
    messages.success(request, "已签到。到会情况以支部确认的名单为准。")
    return redirect("me")
