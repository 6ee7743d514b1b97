"""A branch's plans: the year, the form, the steps."""

from django.contrib import messages
from django.db import transaction
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from activities import filing, reports, rules, workbook
from activities.comparison import cautions
from activities.forms import PlanForm, ReturnForm, items_form
from activities.models import MonthlyPlan
from activities.prefill import Background, prefill
from activities.views.review import review_page
from branches.access import can, for_officers, get_visible_or_404, section
from branches.actions import log_export
from branches.models import Organization
from core import clock
from core.audit import history_of
from core.pages import asked_month, page_of, too_many, workbook_response
from core.periods import Month
from core.workflow import StaleState


@require_GET
@section("plans")
@for_officers
def plans(request):
    """A branch: its year on one page. Above: the plans of a month, filtered."""
    if request.office and request.office.kind == "BRANCH":
        branch = get_visible_or_404(Organization, request.user, pk=request.office.organization_id)
        year = _year(request)
        return render(request, "activities/plan_year.html", reports.year_of(request.user, branch, year))
    month = asked_month(request)
    context = {
        "month": month,
        "page": page_of(request, _listed(request, month)),
        "statuses": reports.PLAN_FILTERS,
        "nothing_owed": reports.nothing_owed(month),
        "plan_due_on": reports.plan_due_on(month),
        "above": reports.organization_above(request.user, request.GET.get("above", "")),
    }
    return render(request, "activities/plan_list.html", context)


@require_GET
@section("plans")
def plans_export(request):
    """The plans of a month as Excel, under the same filters."""
    month = asked_month(request)
    listed = _listed(request, month)
    if back := too_many(request, len(listed), reverse("plans")):
        return back
    rows = listed[:]
    above = reports.organization_above(request.user, request.GET.get("above", ""))
    filters = workbook.filter_words(request.GET, month, reports.PLAN_FILTERS, above)
    log_export("plans", by=request.user, count=len(rows), filters=filters)
    return workbook_response(workbook.plans_book(month, rows, filters), f"{month.label}活动日计划")


def _listed(request, month):
    asked = {name: request.GET.get(name, "").strip() for name in ("status", "above")}
    return reports.plan_list(request.user, month, text=request.GET.get("q", "").strip(), **asked)


@require_GET
@section("plans")
def plan(request, pk):
    """The plan as it stands, its road, and the steps that this user may take."""
    row = get_visible_or_404(MonthlyPlan.objects.visible_to(request.user).select_related("organization__parent"),
                             request.user, pk=pk)  # fmt: skip
    if rules.can_save(request.user, row):
        return redirect("plan_edit", row.organization_id, row.month)
    return plan_page(request, row)


def plan_page(request, row):
    context = {
        "plan": row,
        "items": row.items.all(),
        "history": history_of(row),
        "coming": filing.steps_to_come(row),
        "withdraw": can(request.user, "plan.withdraw", row),
        "forward": can(request.user, "plan.forward", row),
        "accept": can(request.user, "plan.accept", row),
        "return_": can(request.user, "plan.return", row),
        "form": ReturnForm(),
    }
    return render(request, "activities/plan.html", context)


@require_GET
@section("plans")
def plan_edit(request, branch, month):
    """The form: an existing draft, or a new one filled in as far as possible (nothing is written yet)."""
    branch = get_visible_or_404(Organization.objects.visible_to(request.user).branches().select_related("parent"),
                                request.user, pk=branch)  # fmt: skip
    row = MonthlyPlan.objects.visible_to(request.user).of([branch]).for_month(month).first()
    if row and not rules.can_save(request.user, row):
        return redirect(row)
    if not rules.can_draft(request.user, branch):
        return render(request, "activities/plan_absent.html", {"branch": branch, "month": month})
    background = Background(branch, month)
    if row:
        form = PlanForm(branch, month, instance=row, initial={"version": row.version})
        items, origins = row.items.values("kind", "subtype", "content", "minutes"), {}
    else:
        values, items, origins = prefill(background)
        values = {name: getattr(value, "pk", value) for name, value in values.items()}
        form = PlanForm(branch, month, initial={**values, "version": 0})
    formset = items_form(rows=items, blank="add" in request.GET)
    return plan_form_page(request, background, row, form, formset, origins=origins)


def plan_form_page(request, background, row, form, formset, status=200, **context):
    branch, month, policy = background.branch, background.month, background.policy
    draft = row or MonthlyPlan(month=month, due_on=policy.plan_due_on(month))
    draft.organization = branch
    shown = reports.shown_values(month, form, formset)
    missing = filing.missing(shown, shown.written)
    form.missing = {one.field for one in missing}
    context |= {
        "branch": branch,
        "month": month,
        "plan": draft,
        "form": form,
        "formset": formset,
        "before": background.before,
        "is_off": policy.is_off(month),
        "cautions": cautions(shown, policy),
        "missing": missing,
        "coming": filing.steps_to_come(draft),
        "left": (draft.due_on - clock.today()).days,
        "shown": shown,
        "headcount": reports.headcount(branch, month, shown.planned_on),
        "history": history_of(row) if row else [],
        "submit": rules.can_submit(request.user, draft),
        "above": branch.parent,
    }
    return render(request, "activities/plan_form.html", context, status=status)


@require_POST
@section("plans")
def plan_save(request, branch, month):
    """Keep the draft, complete or not; 加一项 leads back to the form with an empty line, 删去 leaves a line out."""
    row = _write_draft(request, branch, month, drop=request.POST.get("drop"))
    if not isinstance(row, MonthlyPlan):
        return row
    form = reverse("plan_edit", args=[row.organization_id, row.month])
    if "add" in request.POST:
        return redirect(f"{form}?add=1#new-item")
    messages.success(request, "草稿已保存。")
    return redirect(f"{form}#items" if "drop" in request.POST else form)


@require_POST
@section("plans")
@transaction.atomic
def plan_submit(request, branch, month):
    """Keep what is on the form and send it to the level above, in one: whoever may not submit writes nothing."""
    row = _write_draft(request, branch, month, submitting=True)
    if not isinstance(row, MonthlyPlan):
        return row
    try:
        row = filing.submit_plan(row, by=request.user)
    except filing.Incomplete as error:
        messages.error(request, f"还不能报送，缺：{error}。已填的都存好了。")
        return redirect("plan_edit", row.organization_id, row.month)
    late = "（已过截止日，按逾期报送记录）" if row.is_late else ""
    to = "党委组织部" if row.organization.is_direct else row.organization.parent.short_name
    messages.success(request, f"已报送{to}{late}。办理情况会在消息里告诉您。")
    return redirect(row)


def _write_draft(request, branch, month, *, drop=None, submitting=False):
    """The saved draft, or the page with its errors: what was typed stays."""
    branch = get_visible_or_404(Organization.objects.visible_to(request.user).branches().select_related("parent"),
                                request.user, pk=branch)  # fmt: skip
    row = MonthlyPlan.objects.visible_to(request.user).of([branch]).for_month(month).first()
    form, formset = PlanForm(branch, month, request.POST), items_form(request.POST)
    if not (form.is_valid() and formset.is_valid()):
        return plan_form_page(request, Background(branch, month), row, form, formset, status=422)
    items = reports.without(formset.forms, drop)
    try:
        return filing.save_draft(
            branch, month, by=request.user, version=form.cleaned_data["version"], values=form.values, items=items
        )
    except filing.Overtaken:
        pass
    except StaleState:
        # a draft typed while somebody submitted is shown, not lost; a second click on 报送 only needs the way back
        if submitting or not rules.can_draft(request.user, branch):
            raise
    row = MonthlyPlan.objects.visible_to(request.user).of([branch]).for_month(month).first()
    overtaken = {"last": history_of(row).last(), "is_sent": not row.is_open}
    return plan_form_page(request, Background(branch, month), row, form, formset, status=409, overtaken=overtaken)


@require_POST
@section("plans")
def plan_withdraw(request, pk):
    row = get_visible_or_404(MonthlyPlan, request.user, pk=pk)
    filing.withdraw_plan(row, by=request.user)
    messages.success(request, "已撤回，改好后请重新报送。")
    return redirect("plan_edit", row.organization_id, row.month)


@require_POST
@section("review")
def plan_forward(request, pk):
    row = filing.plan_for_review(pk, request.user)
    filing.forward_plan(row, by=request.user)
    messages.success(request, f"已转报：{row.organization} {row.month.label}计划。")
    return redirect("review")


@require_POST
@section("review")
def plan_accept(request, pk):
    row = filing.plan_for_review(pk, request.user)
    filing.accept_plan(row, by=request.user)
    messages.success(request, f"已备案：{row.organization} {row.month.label}计划。")
    return redirect("review")


@require_POST
@section("review")
def plan_return(request, pk):
    row = filing.plan_for_review(pk, request.user)
    form = ReturnForm(request.POST)
    if not form.is_valid():
        return review_page(request, str(row.pk), form, status=422)
    filing.return_plan(row, by=request.user, **form.cleaned_data)
    messages.success(request, f"已退回{row.organization}，修改后可重新报送。")
    return redirect("review")


@require_GET
def plan_print(request, pk):
    """《党员活动日计划备案表》, one A4 page ready to sign."""
    row = get_visible_or_404(
        MonthlyPlan.objects.visible_to(request.user).select_related("organization__parent", "host", "recorder"),
        request.user, pk=pk,
    )  # fmt: skip
    context = {
        "plan": row,
        "items": row.items.all(),
        "headcount": reports.headcount(row.organization, row.month, row.planned_on),
        "steps": filing.last_steps(row),
    }
    return render(request, "activities/plan_print.html", context)


def _year(request) -> int:
    text = request.GET.get("year", "")
    return int(text) if text.isdecimal() and 2000 <= int(text) <= 2100 else Month.current().year
