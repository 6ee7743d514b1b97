"""The day's record: written, submitted, taken back, returned."""

from django.contrib import messages
from django.db import transaction
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST

from activities import actions, reports
from activities.finding import found_day
from activities.forms import ItemForm, ReasonForm, RecordForm, ReturnRecordForm
from activities.forms.dimensions import marks_of
from activities.models import ActivityDay
from branches.access import can, get_visible_or_404, section
from core import clock
from core.audit import history_of
from core.workflow import require


@require_GET
@section("days")
def day_record(request, pk):
    row = found_day(request, pk)
    if not row.happened:
        return redirect(row)
    return record_page(request, row)


def record_page(request, row, form=None, reason_form=None, item_form=None, return_form=None, status=200, **context):
    form = form or RecordForm(row)
    context |= {
        "day": row,
        "form": form,
        "write": can(request.user, "day.write", row),
        "record": can(request.user, "day.record", row),
        "reopen": can(request.user, "day.reopen", row),
        "return": can(request.user, "day.return", row),
        "missing": actions.missing(row, form.items_as_shown),
        "reason_form": reason_form or ReasonForm(),
        "item_form": item_form or ItemForm(prefix="new"),
        "return_form": return_form or ReturnRecordForm(),
        "today": clock.today(),
        "counts": reports.counts_of(row),
        "most_files": actions.MOST_FILES,
        "history": history_of(row).exclude(event="attendance.marked"),
        "marks": marks_of(row, request.user, context.get("marks_form")),
    }
    return render(request, "activities/day_record.html", context, status=status)


def _write(request, row):
    """The record as typed is kept, with the files that were chosen; gives the day, or the page that says why not."""
    form, item_form = _typed(request, row)
    if not (form.is_valid() and item_form.is_valid()):
        return record_page(request, row, form, item_form=item_form, status=422)
    try:
        return _kept(request, row, form, item_form)
    except actions.Overtaken:
        return overtaken_page(request, row, form, item_form=item_form)


def _typed(request, row):
    """The record as it was sent, and what was done besides: that is kept whichever button was pressed."""
    return RecordForm(row, request.POST, request.FILES), ItemForm(request.POST, prefix="new")


def _kept(request, row, form, item_form):
    row = actions.save_record(row, by=request.user, **form.values)
    if form.added:
        actions.attach_files(row, by=request.user, **form.added)
    if item_form.row:
        actions.add_item(row, by=request.user, **item_form.row)
    return row


@require_POST
@section("days")
@transaction.atomic
def day_save(request, pk):
    """Keep what is written so far, and the files that were chosen."""
    row = _write(request, found_day(request, pk))
    if not isinstance(row, ActivityDay):
        return row
    messages.success(request, "记录已保存，还没有提交。")
    return redirect("day_record", row.pk)


@require_POST
@section("days")
def day_autosave(request, pk):
    """The form keeps itself as it is written: answers with its version and when it was kept. It takes no files."""
    row = found_day(request, pk)
    require(can(request.user, "day.write", row))
    form, context = RecordForm(row, request.POST), {"at": clock.now()}
    if form.is_valid():
        try:
            row = actions.save_record(row, by=request.user, **form.values)
            context |= {"day": row, "missing": actions.missing(row, form.items_as_shown)}
        except actions.Overtaken:
            context |= {"overtaken": True}
    else:
        context |= {"errors": [errors[0] for errors in form.errors.values()]}
    return render(request, "activities/record_kept.html", context)


def overtaken_page(request, row, form, **context):
    """Somebody else saved meanwhile: what was typed stays, beside what stands now; saving again is a choice."""
    row = found_day(request, row.pk)
    differences = form.differences(row)
    form.renew(row)
    return record_page(request, row, form, status=409, differences=differences, overtaken=True, **context)


@require_POST
@section("days")
@transaction.atomic
def day_item_add(request, pk):
    """Something that was done although it was not planned; what is typed elsewhere on the page is kept with it."""
    row = found_day(request, pk)
    form, item_form = _typed(request, row)
    if not (form.is_valid() and item_form.is_valid() and item_form.row):
        if item_form.is_valid() and not item_form.row:
            item_form.add_error("what", "请选类别，再写这一项做了什么。")
        return record_page(request, row, form, item_form=item_form, status=422)
    try:
        row = _kept(request, row, form, item_form)
    except actions.Overtaken:
        return overtaken_page(request, row, form, item_form=item_form)
    messages.success(request, "已加上这一项，其余内容也已保存。")
    return redirect("day_record", row.pk)


@require_POST
@section("days")
def day_item_drop(request, pk, item):
    row = found_day(request, pk)
    actions.drop_item(get_visible_or_404(row.items.all(), request.user, pk=item), by=request.user)
    messages.success(request, "已删去这一项。")
    return redirect("day_record", row.pk)


@require_POST
@section("days")
@transaction.atomic
def day_submit(request, pk):
    """Keep what is written and submit it; what lacks is named at its field, and what was typed is kept.

    In one: whoever may not submit writes nothing.
    """
    row = found_day(request, pk)
    form, item_form = _typed(request, row)
    if not (form.is_valid() and item_form.is_valid()):
        return record_page(request, row, form, item_form=item_form, status=422)
    try:
        row = _kept(request, row, form, item_form)
        actions.record_day(row, by=request.user)
    except actions.Overtaken:
        return overtaken_page(request, row, form, item_form=item_form)
    except actions.RecordIncomplete as error:
        if item_form.row:  # it has its own line by now, which the form as it was sent does not have
            lacking = "、".join(one.word for one in error.missing)
            messages.error(request, f"还不能提交，缺{lacking}。填好的都已保存，计划外的那一项也加上了。")
            return redirect("day_record", row.pk)
        form.renew(row)
        for one in error.missing:
            form.add_error(one.field, f"还缺{one.word}。")
        return record_page(request, row, form, status=422, is_kept=True)
    messages.success(request, "记录已提交，本月活动日办完了。")
    return redirect("day_record", row.pk)


@require_POST
@section("days")
def day_reopen(request, pk):
    row = found_day(request, pk)
    form = ReasonForm(request.POST)
    if not form.is_valid():
        return record_page(request, row, reason_form=form, status=422)
    actions.reopen_record(row, by=request.user, **form.cleaned_data)
    messages.success(request, "记录已退回到填写状态，改好后请重新提交。")
    return redirect("day_record", row.pk)


@require_POST
@section("days")
def day_return(request, pk):
    """Back to the branch, by whoever reviews its plans."""
    row = found_day(request, pk)
    form = ReturnRecordForm(request.POST)
    if not form.is_valid():
        return record_page(request, row, return_form=form, status=422)
    row = actions.return_record(row, by=request.user, **form.cleaned_data)
    due = row.record_due_on
    until = "请尽快改好再提交（已过提交期限）" if due < clock.today() else f"{due.month} 月 {due.day} 日前重新提交"
    messages.success(request, f"已退回，支部书记已收到通知，{until}。")
    return redirect("day_record", row.pk)
