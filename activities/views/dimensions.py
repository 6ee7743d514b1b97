"""三定一创: its dimensions, which the department keeps; and what a branch says of them on a day."""

from django.contrib import messages
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST

from activities.actions import dimensions as dimension_actions
from activities.actions import marks as mark_actions
from activities.finding import found_day
from activities.forms.dimensions import DimensionForm, EndForm, MarksForm, NewDimensionForm
from activities.models import Dimension
from activities.views.records import record_page
from branches.access import can, for_officers, get_visible_or_404, section
from core.audit import history_of
from core.pages import page_of
from core.periods import Month
from core.workflow import require


@require_GET
@section("settings_home")
@for_officers
def dimensions(request):
    """All dimensions in their order; the department adds, moves and ends them here."""
    return list_page(request, NewDimensionForm())


def list_page(request, form, status=200):
    context = {
        "page": page_of(request, Dimension.objects.visible_to(request.user)),
        "month": Month.current(),
        "may": can(request.user, "dimension.set", None),
        "form": form,
    }
    return render(request, "activities/dimensions.html", context, status=status)


@require_POST
@section("settings_home")
def dimension_add(request):
    require(can(request.user, "dimension.set", None))
    form = NewDimensionForm(request.POST)
    if not form.is_valid():
        return list_page(request, form, status=422)
    try:
        row = dimension_actions.add_dimension(by=request.user, **form.cleaned_data)
    except dimension_actions.NameTaken as error:
        form.add_error("name", str(error))
        return list_page(request, form, status=422)
    messages.success(request, f"已增加“{row}”，从 {row.effective_from.label}起。")
    return redirect("dimensions")


@require_GET
@section("settings_home")
def dimension(request, pk):
    return dimension_page(request, get_visible_or_404(Dimension, request.user, pk=pk))


def dimension_page(request, row, form=None, end_form=None, status=200):
    context = {
        "dimension": row,
        "may": can(request.user, "dimension.set", row),
        "end": can(request.user, "dimension.end", row),
        "resume": can(request.user, "dimension.resume", row),
        "drop": can(request.user, "dimension.drop", row),
        "form": form or DimensionForm(instance=row),
        "end_form": end_form or EndForm(row),
        "history": history_of(row),
    }
    return render(request, "activities/dimension.html", context, status=status)


@require_POST
@section("settings_home")
def dimension_save(request, pk):
    row = get_visible_or_404(Dimension, request.user, pk=pk)
    form = DimensionForm(request.POST, instance=row)
    if not form.is_valid():
        return dimension_page(request, row, form, status=422)
    try:
        dimension_actions.save_dimension(row, by=request.user, **form.cleaned_data)
    except dimension_actions.NameTaken as error:
        form.add_error("name", str(error))
        return dimension_page(request, row, form, status=422)
    messages.success(request, "已保存。已有的评价也用新的名称。")
    return redirect(row)


@require_POST
@section("settings_home")
def dimension_end(request, pk):
    row = get_visible_or_404(Dimension, request.user, pk=pk)
    form = EndForm(row, request.POST)
    if not form.is_valid():
        return dimension_page(request, row, end_form=form, status=422)
    row = dimension_actions.end_dimension(row, by=request.user, **form.cleaned_data)
    messages.success(request, f"“{row}”从 {row.ended_from.label}起停用，以前的评价都保留。")
    return redirect("dimensions")


@require_POST
@section("settings_home")
def dimension_resume(request, pk):
    row = get_visible_or_404(Dimension, request.user, pk=pk)
    try:
        dimension_actions.resume_dimension(row, by=request.user)
    except dimension_actions.NameTaken as error:
        messages.error(request, str(error))
        return redirect(row)
    messages.success(request, f"“{row}”不停用了。")
    return redirect("dimensions")


@require_POST
@section("settings_home")
def dimension_raise(request, pk):
    row = get_visible_or_404(Dimension, request.user, pk=pk)
    dimension_actions.raise_dimension(row, by=request.user)
    return redirect("dimensions")


@require_POST
@section("settings_home")
def dimension_drop(request, pk):
    row = get_visible_or_404(Dimension, request.user, pk=pk)
    dimension_actions.drop_dimension(row, by=request.user)
    messages.success(request, f"已删去“{row}”。")
    return redirect("dimensions")


@require_POST
@section("days")
def marks_save(request, pk):
    """Keep what is said of the dimensions on a day; where somebody was faster, what was typed stays."""
    row = found_day(request, pk)
    require(can(request.user, "day.write", row))
    form = MarksForm(row, request.POST)
    if not form.is_valid():
        return record_page(request, row, status=422, marks_form=form)
    try:
        mark_actions.save_marks(row, by=request.user, **form.values)
    except mark_actions.Overtaken:
        form.renew()
        return record_page(request, row, status=409, marks_form=form)
    if request.htmx:  # the part of the page alone: what is typed in the record stays as it is
        return record_page(request, row, marks_saved=True)
    messages.success(request, "三定一创的评价已保存。")
    return redirect("day_record", row.pk)
