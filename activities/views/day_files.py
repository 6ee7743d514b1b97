"""Photos, documents and materials of a day: each is reached through its day alone."""

from django.contrib import messages
from django.http import Http404
from django.shortcuts import redirect
from django.views.decorators.http import require_GET, require_POST

from activities import actions
from activities.finding import found_day
from branches.access import get_visible_or_404, section
from core import documents


def _file(request, pk, file):
    return get_visible_or_404(found_day(request, pk).files.with_content(), request.user, pk=file)


@require_GET
@section("days")
def day_file(request, pk, file):
    """A photo is shown, anything else is a download."""
    row = _file(request, pk, file)
    return documents.shown(row.file) if row.is_photo else documents.attachment(row.file)


@require_GET
@section("days")
def day_file_thumb(request, pk, file):
    row = _file(request, pk, file)
    if row.thumb is None:
        raise Http404("没有这一条，或不在您的管理范围内。")
    return documents.shown(row.thumb)


@require_POST
@section("days")
def day_file_drop(request, pk, file):
    row = _file(request, pk, file)
    actions.drop_day_file(row, by=request.user)
    messages.success(request, f"已删去“{row}”。")
    return redirect("day_record", pk)


@require_POST
@section("days")
def day_file_move(request, pk, file):
    """One place further up."""
    actions.move_day_file(_file(request, pk, file), by=request.user)
    return redirect("day_record", pk)
