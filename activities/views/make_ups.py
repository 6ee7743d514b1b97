"""补课: sessions for who missed a day are arranged, changed, deleted; their documents are handed out."""

from django.contrib import messages
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from activities import actions
from activities.finding import found_day
from activities.forms.make_ups import MakeUpForm
from activities.models import MakeUp
from branches.access import can, get_visible_or_404, section
from core import documents
from core.workflow import require


@require_http_methods(["GET", "POST"])
@section("days")
def make_up_add(request, pk):
    row = found_day(request, pk)
    return _make_up_page(request, row, MakeUp(day=row))


@require_http_methods(["GET", "POST"])
@section("days")
def make_up_edit(request, pk):
    make_up = _found(request, pk)
    return _make_up_page(request, found_day(request, make_up.day_id), make_up)


def _make_up_page(request, row, make_up):
    """The form, and what was typed into it when it lacks something."""
    require(can(request.user, "day.make_up", row))
    is_sent = request.method == "POST"
    sent = (request.POST, request.FILES) if is_sent else ()
    form = MakeUpForm(row, *sent, instance=make_up)
    if is_sent and form.is_valid():
        actions.save_make_up(make_up, by=request.user, **form.values)
        messages.success(request, "补课已登记。它不改变当天的实到。")
        return redirect("day_attendance", row.pk)
    context = {"day": row, "make_up": make_up, "form": form}
    return render(request, "activities/make_up_form.html", context, status=422 if is_sent else 200)


@require_POST
@section("days")
def make_up_drop(request, pk):
    row = actions.drop_make_up(_found(request, pk), by=request.user)
    messages.success(request, "已删去这次补课。")
    return redirect("day_attendance", row.pk)


@require_GET
def make_up_file(request, pk, file):
    """One document of a session, to whoever sees its day."""
    row = get_visible_or_404(_found(request, pk).files.select_related("file"), request.user, pk=file)
    return documents.attachment(row.file)


def _found(request, pk):
    rows = MakeUp.objects.visible_to(request.user).select_related("day", "led_by")
    return get_visible_or_404(rows, request.user, pk=pk)
