"""A branch's plans: the year, the form, the steps."""

from copy import copy

from django.contrib import messages
from django.db import transaction
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST
from django_htmx.http import replace_url

from activities import birthdays, copying, filing, paper, reports, rules, units, workbook
from activities.attempts import side_by_side, wanted
from activities.cautions import cautions
from activities.comparison import read_parts
from activities.duties import why_no_plan_of
from activities.forms import MOST_ITEMS, PlanForm, ReasonForm, items_form
from activities.models import MonthlyPlan
from activities.prefill import Background
from activities.views.road import keeper, overtaken_by, road_of
from activities.views.year import branch_year_page
from activities.years import sent_words
from branches.access import for_officers, get_visible_or_404, section
from branches.actions import log_export
from branches.models import Organization
from core import clock
from core.audit import history_of
from core.pages import asked_month, asked_year, page_of, too_many, workbook_response
from core.workflow import StaleState

GONE = "这份草稿已经不在了，请重新填写。"


@require_GET
@section("plans")
@for_officers
def plans(request):
    """A branch: its year on one page. Above: the plans of a month, filtered."""
    if request.office and request.office.kind == "BRANCH":
        branches = Organization.objects.visible_to(request.user).select_related("parent")
        branch = get_visible_or_404(branches, request.user, pk=request.office.organization_id)
        return branch_year_page(request, branch, asked_year(request))
    month = asked_month(request)
    listed = _listed(request, month)
    context = {
        "month": month,
        "page": page_of(request, listed),
        "order": listed.order,
        "choices": units.choices_above(request.user),
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
    asked = {name: request.GET.get(name, "").strip() for name in ("status", "above", "order")}
    return reports.plan_list(request.user, month, text=request.GET.get("q", "").strip(), **asked)


@require_GET
@section("plans")
def plan(request, pk):
    """The plan as it stands, its road, and the steps that this user may take."""
    row = get_visible_or_404(MonthlyPlan.objects.visible_to(request.user).in_full(), request.user, pk=pk)
    if rules.can_save(request.user, row):
        return redirect(row.edit_address)
    papers = MonthlyPlan.objects.visible_to(request.user).of([row.organization]).for_month(row.month)
    context = road_of(request.user, row) | {
        "revisions": papers.exclude(pk=row.pk).order_by("-revision"),
        "postponement": filing.postponement(row) if row.status == MonthlyPlan.Status.ACCEPTED else None,
        "cancel": rules.can_cancel(request.user, row),
        "keeper": keeper(request.user, request.office, row),
    }
    return render(request, "activities/plan.html", context)


def _branch(request, pk):
    branches = Organization.objects.visible_to(request.user).branches().select_related("parent")
    return get_visible_or_404(branches, request.user, pk=pk)


def _on_the_form(request, pk, month):
    """``(background, plan, run)`` that the form is about: the plan on the road, else the one in force, else None.

    With it, or instead of it, the last plan of an earlier month is read, from which a new one is filled in.
    """
    wanted = reports.numbers(str(pk))  # an address may hold a number that no database has
    papers = MonthlyPlan.objects.visible_to(request.user).of(wanted).in_full()
    found, run = papers.up_to(month).first_with_run()
    if found and found.month == month:
        return Background(found.organization, month, found), found, run
    background = Background(found.organization if found else _branch(request, pk), month)
    background.last = found, run
    return background, None, []


@require_GET
@section("plans")
def plan_edit(request, branch, month):
    """The form: an existing draft, or a new one filled in as far as possible (nothing is written yet)."""
    background, row, run = _on_the_form(request, branch, month)
    branch = background.branch
    if row and not rules.can_save(request.user, row):
        return redirect(row)
    if not rules.can_draft(request.user, branch):
        return render(request, "activities/plan_absent.html", {"branch": branch, "month": month})
    values, items, origins, taken = copying.begin(request.user, background, row, run, request.GET)
    if copying.is_asked(request.GET) and not taken:
        messages.warning(request, "没有取到内容：要取的计划或模板已经没有了，或这份计划只退回了部分内容。")
    initial = {**values, "version": row.version if row else 0}
    form = PlanForm(branch, month, instance=row, initial=initial, members=background.members)
    formset = items_form(
        rows=items, blank="add" in request.GET, members=form.members, shut="items" in form.shut
    )  # fmt: skip
    context = {"origins": origins, "items_origin": origins.get("items", ""), "taken": taken}
    return plan_form_page(request, background, row, form, formset, **context)


@require_GET
@section("plans")
def plan_from(request, branch, month):
    """From which earlier plan or template the month's form is to be filled, with a look at what they hold."""
    background, row, _ = _on_the_form(request, branch, month)
    branch = background.branch
    may = rules.can_save(request.user, row) if row else rules.can_draft(request.user, branch)
    if not (may and copying.can_take(row)):
        return redirect("plan_edit", branch.pk, month)
    templates = copying.templates_for(request.user, branch, request.GET.get("q", "").strip())
    context = {
        "branch": branch,
        "month": month,
        "draft": row,
        "plans": copying.earlier_plans(request.user, branch, month)[: copying.MOST_PLANS],
        "page": page_of(request, templates, size=12),
    }
    return render(request, "activities/plan_from.html", context)


def plan_form_page(request, background, row, form, formset, status=200, **context):
    branch, month, policy = background.branch, background.month, background.policy
    draft = row or MonthlyPlan(month=month, due_on=policy.plan_due_on(month))
    draft.organization = branch
    shown = reports.shown_values(month, form, formset)
    context |= _standing(request.user, background, draft, shown, shown.written)
    form.missing, form.remarks = {one.field for one in context["missing"]}, wanted(row) if row else {}
    context |= {
        "branch": branch,
        "month": month,
        "form": form,
        "formset": formset,
        "before": None if row else background.before,
        "annual": background.annual,
        "guides": background.guides,
        "theme": background.theme,
        "items_shut": "items" in form.shut,
        "birthdays": _birthdays_to_offer(background, form, formset, shown),
        "can_take": not form.shut,
        "is_off": policy.is_off(month),
        "coming": filing.steps_to_come(draft),
        "left": (draft.due_on - clock.today()).days,
        "not_owed": why_no_plan_of(branch, month, policy),
        "shown": shown,
        "headcount": reports.headcount(branch, month, shown.planned_on),
        "history": history_of(row) if row and not context.get("taken") else [],
        "pairs": side_by_side(row) if row else [],
        "drop": rules.can_drop(request.user, draft),
        "discard": row and rules.can_discard(request.user, row),
        "cancel": rules.can_cancel(request.user, draft),
        "reason_form": ReasonForm(),
        "above": branch.parent,
    }
    return render(request, "activities/plan_form.html", context, status=status)


def _birthdays_to_offer(background, form, formset, shown):
    """The month's political birthdays, where the run has none of them yet and takes one more line."""
    takes_no_more = "items" in form.shut or formset.is_full
    return [] if takes_no_more or any(map(birthdays.celebrates, shown.lines)) else background.birthdays


def _standing(user, background, draft, shown, items):
    """How far a plan is: what stands around its form and follows it while it keeps itself.

    ``shown`` is what the form shows at present, or the plan as it was kept.
    """
    policy = background.policy
    required = filing.not_on_the_agenda(policy, background.guides, items)
    return {
        "plan": draft,
        "submit": rules.can_submit(user, draft),
        "missing": filing.missing(shown, items, required),
        "cautions": cautions(shown, policy, background.branch, background.theme),
        "day": shown.planned_on,
        "number": len(items),
        "minutes": shown.minutes,
    }


@require_POST
@section("plans")
def plan_save(request, branch, month):
    """Keep the draft, complete or not; 加一项 leads back to an empty line, 删去 and 上移 change the lines.

    加入议程 adds the month's political birthdays.
    """
    moves = {name: request.POST.get(name, "") for name in ("drop", "up", "celebrate")}
    row = _write_draft(request, branch, month, **moves)
    if not isinstance(row, MonthlyPlan):
        return row
    if "add" in request.POST:
        return redirect(f"{row.edit_address}?add=1#new-item")
    messages.success(request, "草稿已保存。")
    return redirect(f"{row.edit_address}#items" if set(moves) & set(request.POST) else row.edit_address)


@require_POST
@section("plans")
def plan_autosave(request, branch, month):
    """The form keeps itself as it is written: answers with its version, how far it is, and when it was kept.

    No button is pressed by that, whatever is posted.
    """
    row = _write_draft(request, branch, month, page=_not_kept)
    if not isinstance(row, MonthlyPlan):
        return row
    read_parts(row)
    standing = _standing(request.user, Background(row.organization, month), row, row, row.items.all())
    context = standing | {"at": clock.now()}
    answer = render(request, "activities/plan_kept.html", context)
    return replace_url(answer, row.edit_address)  # what the address named to fill the form from is kept by now


def _not_kept(request, background, row, form, formset, status, overtaken=None):
    """What stops the form from keeping itself, in a line; the page says the rest when it is saved."""
    faulty = [form.errors, *formset.errors]
    errors = [errors[0] for one in faulty for errors in one.values()]
    context = {"errors": errors, "overtaken": overtaken}
    return render(request, "activities/plan_kept.html", context)


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
        return redirect(row.edit_address)
    messages.success(request, sent_words(row))
    return redirect(row)


def _write_draft(request, branch, month, *, submitting=False, page=plan_form_page, drop="", up="", celebrate=""):
    """The saved draft, or the page with its errors: what was typed stays. ``drop`` and ``up`` are places of lines."""
    background, row, run = _on_the_form(request, branch, month)
    branch = background.branch
    form = PlanForm(branch, month, request.POST, instance=copy(row))  # what it holds is not what is typed
    formset = items_form(request.POST, rows=run, members=form.members, shut="items" in form.shut)
    if not (form.is_valid() and formset.is_valid()):
        return page(request, background, row, form, formset, status=422)
    items = reports.rearranged(formset.forms, drop, up)
    if celebrate and not any(map(birthdays.celebrates, items)) and len(items) < MOST_ITEMS:
        items += birthdays.items_of(background.birthdays)
    try:
        return filing.save_draft(
            branch, month, by=request.user, version=form.cleaned_data["version"], values=form.values, items=items,
            cadres=form.cleaned_data["cadres"],
        )  # fmt: skip
    except filing.Overtaken:
        pass
    except StaleState:
        # a draft typed while somebody submitted is shown, not lost; a second click on 报送 only needs the way back
        if submitting or not rules.can_draft(request.user, branch):
            raise
    background, row, _ = _on_the_form(request, branch.pk, month)
    if row is None:  # a version of something that is not there
        raise StaleState(GONE)
    read_parts(row)
    overtaken = overtaken_by(request.user, row, form, form.differences(row, formset.rows))
    return page(request, background, row, form, formset, status=409, overtaken=overtaken)


@require_GET
def plan_print(request, pk):
    """《党员活动日计划备案表》, one A4 page ready to sign."""
    row = get_visible_or_404(MonthlyPlan.objects.visible_to(request.user).in_full(), request.user, pk=pk)
    return render(request, "activities/plan_print.html", {"plan": row, "forms": paper.filing_forms([row])})
