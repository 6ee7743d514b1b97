"""The months' guides: the year's list, a guide with its files, writing and issuing one."""

from django.contrib import messages
from django.db import transaction
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from activities import reports
from activities.actions import guides as issuing
from activities.forms import ReasonForm, differences_from, renew
from activities.forms.guides import GuideForm, guide_items_form, typed_rows
from activities.guide_list import Asked, issued_below, issuers, months_of
from activities.guides import steps_since_issue
from activities.models import GuideItem, MonthGuide
from activities.rules import guides as rules
from branches.access import can, for_officers, get_visible_or_404, section
from branches.models import Organization
from core import documents
from core.audit import history_of
from core.pages import asked_year, page_of
from core.workflow import StaleState, require


@require_GET
@section("plans")
@for_officers
def guides(request):
    """A year: what the own organization and those above it have issued, by month; for who is above, what is below."""
    year = asked_year(request)
    asked = Asked.of(request.GET)
    context = {
        "year": year,
        "asked": asked,
        "numbers": range(1, 13),
        "issuers": issuers(request.user, year),
        "months": months_of(request.user, request.office, year, asked),
        "page": page_of(request, issued_below(request.user, request.office, year, asked)),
    }
    return render(request, "activities/guides.html", context)


@require_GET
@section("plans")
def guide(request, pk):
    """A guide as those below read it; a draft is opened where it is written."""
    row = _visible(request, pk)
    if not row.is_issued:
        return redirect("guide_edit", row.organization_id, row.month)
    return guide_page(request, row, ReasonForm())


def guide_page(request, row, form, status=200):
    context = {
        "guide": row, "items": row.items.all(), "files": row.files.select_related("file"), "form": form,
        "steps": steps_since_issue(row),
        "can_correct": can(request.user, "guide.correct", row),
        "can_withdraw": can(request.user, "guide.withdraw", row),
        "below": issuing.branches_below(row.organization),
    }  # fmt: skip
    return render(request, "activities/guide.html", context, status=status)


@require_GET
def guide_print(request, pk):
    """The guide on paper, to be posted or read out; a draft too, to be looked at by whoever signs it."""
    row = _visible(request, pk)
    context = {"guide": row, "items": row.items.all(), "files": row.files.select_related("file")}
    return render(request, "activities/guide_print.html", context)


@require_GET
def guide_file(request, pk, file):
    """One document of a guide, to whoever sees the guide."""
    row = get_visible_or_404(_visible(request, pk).files.select_related("file"), request.user, pk=file)
    return documents.attachment(row.file)


@require_GET
@section("plans")
def guide_edit(request, organization, month):
    """The form of an organization's month: its draft, the issued one to be corrected, or an empty one."""
    organization = _organization(request, organization)
    require(rules.can_draft(request.user, organization))
    row = _of_month(request, organization, month)
    is_issued = row is not None and row.is_issued
    form = GuideForm(instance=row, corrects=is_issued, initial={"version": row.version if row else 0})
    formset = guide_items_form(rows=row.items.values(*GuideItem.COPIED) if row else [], blank="add" in request.GET)
    return guide_form_page(request, organization, month, row, form, formset)


def guide_form_page(request, organization, month, row, form, formset, status=200, **context):
    draft = row or MonthGuide(organization=organization, month=month)
    context |= {
        "organization": organization, "month": month, "guide": draft, "form": form, "formset": formset,
        "issue": rules.can_issue(request.user, draft), "drop": row and rules.can_drop(request.user, row),
        "below": issuing.branches_below(organization),
        "history": history_of(row) if row else [], "most_files": issuing.MOST_FILES,
    }  # fmt: skip
    return render(request, "activities/guide_form.html", context, status=status)


@require_POST
@section("plans")
def guide_save(request, organization, month):
    """Keep the draft; 加一项 leads back to the form with an empty line, 删去 leaves a line out."""
    row = _write(request, organization, month, issuing.save_guide)
    if not isinstance(row, MonthGuide):
        return row
    form = reverse("guide_edit", args=[organization, month])
    if "add" in request.POST:
        return redirect(f"{form}?add=1#new-item")
    messages.success(request, "草稿已保存，还没有发布。")
    return redirect(f"{form}#items" if "drop" in request.POST else form)


@require_POST
@section("plans")
@transaction.atomic
def guide_issue(request, organization, month):
    """Keep what is on the form and issue it, in one."""
    row = _write(request, organization, month, issuing.save_guide, is_final=True)
    if not isinstance(row, MonthGuide):
        return row
    try:
        row = issuing.issue_guide(row, by=request.user)
    except issuing.Blank:
        messages.error(request, "还不能发布：正文、议程、附件至少要有一样。已填的都存好了。")
        return redirect("guide_edit", organization, month)
    messages.success(
        request, f"已发布，下面的 {issuing.branches_below(row.organization)} 个党支部看得到了，消息正在发给书记。"
    )
    return redirect(row)


@require_POST
@section("plans")
def guide_correct(request, organization, month):
    """Correct an issued guide with a reason; 加一项 and 删去 only change the page, nothing is issued by the way."""
    place = _organization(request, organization)
    require(rules.can_draft(request.user, place))
    row = _of_month(request, place, month)
    if row is None or not row.is_issued:
        raise StaleState("这份工作提示还没有发布，或已经撤回。")
    if {"add", "drop"} & set(request.POST):
        form = GuideForm(request.POST, instance=row, corrects=True)
        lines = typed_rows(guide_items_form(request.POST), request.POST.get("drop", ""))
        formset = guide_items_form(rows=lines, blank="add" in request.POST)
        return guide_form_page(request, place, month, row, form, formset, unsaved=True)
    row = _write(request, organization, month, issuing.correct_guide)
    if not isinstance(row, MonthGuide):
        return row
    messages.success(request, "已更正，更正的消息正在发给下面的书记。")
    return redirect(row)


@require_POST
@section("plans")
def guide_withdraw(request, pk):
    row = _visible(request, pk)
    form = ReasonForm(request.POST)
    if not form.is_valid():
        return guide_page(request, row, form, status=422)
    issuing.withdraw_guide(row, by=request.user, **form.cleaned_data)
    messages.success(request, "已撤回，下面不再看得到；改好后可以重新发布。")
    return redirect("guide_edit", row.organization_id, row.month)


@require_POST
@section("plans")
def guide_drop(request, pk):
    row = _visible(request, pk)
    issuing.drop_guide(row, by=request.user)
    messages.success(request, f"已删去 {row.month.label}工作提示的草稿。")
    return redirect(f"{reverse('guides')}?year={row.month.year}")


def _write(request, organization, month, action, *, is_final=False):
    """The written guide, or the page with its errors: what was typed stays."""
    organization = _organization(request, organization)
    require(rules.can_draft(request.user, organization))
    row, corrects = _of_month(request, organization, month), action is issuing.correct_guide
    form, formset = (
        GuideForm(request.POST, request.FILES, instance=row, corrects=corrects),
        guide_items_form(request.POST),
    )
    page = (request, organization, month, row, form, formset)
    if not (form.is_valid() and formset.is_valid()):
        return guide_form_page(*page, status=422)
    items = reports.rearranged(formset.forms, request.POST.get("drop", ""))
    target = (row,) if corrects else (organization, month)
    try:
        return action(*target, by=request.user, items=items, **form.values)
    except issuing.Overtaken:
        pass
    except StaleState:  # a draft typed while somebody issued it is shown, not lost; a second click needs the way back
        if is_final:
            raise
    return overtaken_page(request, organization, month, form, formset, items)


def overtaken_page(request, organization, month, form, formset, items):
    """Somebody else was faster: what was typed stays, beside what is stored now; saving again is a choice."""
    row = _of_month(request, organization, month)
    context = {"is_gone": row is None, "overtaken": history_of(row).last() if row else None}
    if row:
        context["differences"] = differences_from(row, form, GuideForm.Meta.fields, items)
        if row.is_issued != ("reason" in form.fields):  # issued or withdrawn meanwhile: it takes the other way now
            form = GuideForm(request.POST, instance=row, corrects=row.is_issued)
    renew(form, row.version if row else 0)
    return guide_form_page(request, organization, month, row, form, formset, status=409, **context)


def _visible(request, pk):
    return get_visible_or_404(MonthGuide.objects.visible_to(request.user).select_related("organization"),
                              request.user, pk=pk)  # fmt: skip


def _organization(request, pk):
    return get_visible_or_404(Organization, request.user, pk=pk)


def _of_month(request, organization, month):
    rows = MonthGuide.objects.visible_to(request.user).select_related("organization")
    return rows.filter(organization=organization, month=month).first()
