"""The workbench."""

from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET

from branches.access import section
from supervision import workbench as gather


@require_GET
@section("workbench")
def workbench(request):
    """The first page after log-in, by the office in which the user works; without one, the member's own page."""
    seat = request.office
    if not seat:
        return redirect("me")
    if seat.kind == "BRANCH":
        return render(request, "supervision/workbench_branch.html", gather.branch_workbench(request.user, seat))
    return render(request, "supervision/workbench_above.html", gather.overview(request.user, seat))


@require_GET
@section("workbench")
def year_so_far(request):
    """The months behind a branch's figures of the year; those above have the lists of all branches."""
    seat = request.office
    if not seat or seat.kind != "BRANCH":
        return redirect("workbench")
    return render(request, "supervision/year_so_far.html", gather.year_so_far(request.user, seat))
