"""The assessment schemes: what gives how many points from which month on."""

from django.contrib import messages
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods

from branches.access import can, get_visible_or_404, section
from core.workflow import require
from supervision import actions, reports
from supervision.forms import SchemeTable
from supervision.models import Scheme


@require_GET
@section("assessments")
def scheme(request):
    """Every scheme with the months that it concerns, the latest first."""
    rows = reports.schemes_for(request.user)
    allowed = can(request.user, "scheme.edit", None)
    return render(request, "supervision/scheme.html", {"rows": rows, "can_edit": allowed})


@require_http_methods(["GET", "POST"])
@section("assessments")
def scheme_edit(request, pk):
    """The table of a scheme; ``act=sum`` adds up the points as typed and saves nothing."""
    row = get_visible_or_404(Scheme, request.user, pk=pk)
    require(can(request.user, "scheme.edit", row))
    table = SchemeTable(row, request.POST or None)
    if request.POST.get("act") == "save" and table.is_valid():
        saved = actions.edit_scheme(row, by=request.user, **table.values())
        messages.success(request, f"方案“{saved}”已保存，从 {saved.effective_from.label}起使用。")
        return redirect("scheme")
    name = "_scheme_sum" if request.htmx and request.POST.get("act") == "sum" else "scheme_edit"
    status = 422 if request.POST.get("act") == "save" else 200
    return render(request, f"supervision/{name}.html", {"scheme": row, "table": table}, status=status)
