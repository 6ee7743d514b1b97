"""计划模板: the list of one's own and of those above, one of them, and how a plan becomes one."""

from copy import copy

from django.contrib import messages
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST

from activities import reports, rules
from activities.actions import templates
from activities.filing import Overtaken
from activities.forms import TemplateForm, TemplateNameForm, differences_from, items_form, renew
from activities.models import MonthlyPlan, PlanTemplate
from activities.views.road import keeper
from branches.access import for_officers, get_visible_or_404, section
from branches.models import Organization
from core.audit import history_of
from core.pages import page_of
from core.periods import Month


@require_GET
@section("plans")
@for_officers
def plan_templates(request):
    """The templates of one's own organization and of those above it."""
    return _list_page(request, TemplateNameForm())


def _list_page(request, form, status=200):
    rows = PlanTemplate.objects.visible_to(request.user).matching(request.GET.get("q", "").strip())
    context = {
        "page": page_of(request, rows.seen_from(request.office).with_items()),
        "keeper": keeper(request.user, request.office),
        "form": form,
    }
    return render(request, "activities/plan_templates.html", context, status=status)


def _taker(request):
    """The branch in whose office the user works, if the user writes its plans; else None."""
    branch = _own(request) if request.office else None
    return branch if branch and rules.can_draft(request.user, branch) else None


def _own(request):
    """The organization in whose office the user works at present."""
    return get_visible_or_404(Organization, request.user, pk=request.office.organization_id)


@require_POST
@section("plans")
@for_officers
def template_begin(request):
    """An empty template of the organization in whose office the user works; its form is opened."""
    form = TemplateNameForm(request.POST)
    if form.is_valid():
        try:
            name = form.cleaned_data["name"]
            return redirect(templates.begin_template(_own(request), by=request.user, name=name))
        except templates.NameTaken as error:
            form.add_error("name", str(error))
    return _list_page(request, form, status=422)


@require_POST
@section("plans")
def template_keep(request, pk):
    """Keep a plan as a template: of the branch for its own officers, of their own organization for those above."""
    plan = get_visible_or_404(MonthlyPlan.objects.visible_to(request.user).in_full(), request.user, pk=pk)
    owner = keeper(request.user, request.office, plan) or plan.organization  # the rule says why not
    form = TemplateNameForm(request.POST)
    if not form.is_valid():
        messages.error(request, form.errors["name"][0])
        return redirect(plan)
    try:
        template = templates.keep_template(plan, owner, by=request.user, name=form.cleaned_data["name"])
    except templates.NameTaken as error:
        messages.error(request, str(error))
        return redirect(plan)
    messages.success(request, f"已存为{template}，以后填计划时可以从它取内容。")
    return redirect(template)


def _template(request, pk):
    return get_visible_or_404(PlanTemplate.objects.visible_to(request.user).with_items(), request.user, pk=pk)


@require_GET
@section("plans")
def plan_template(request, pk):
    """The template: its form for those who keep it, what it says for those who take from it."""
    row = _template(request, pk)
    form = TemplateForm(instance=row, initial={"version": row.version})
    items = [item.copied for item in row.items.all()]
    return _template_page(request, row, form, items_form(rows=items, blank="add" in request.GET, members=None))


def _template_page(request, row, form, formset, status=200, **context):
    change = rules.can_change_template(request.user, row)
    context |= {
        "template": row,
        "form": form,
        "formset": formset,
        "shown": reports.ShownRun(reports.shown_lines(formset)),
        "change": change,
        "taker": _taker(request),
        "next_month": Month.current().next,
        "history": history_of(row) if change else [],  # it names the branch whose plan it was
    }
    return render(request, "activities/plan_template.html", context, status=status)


@require_POST
@section("plans")
def template_save(request, pk):
    """Keep the template; 加一项 leads back to an empty line, 删去 and 上移 change the lines."""
    row = _write(request, _template(request, pk))
    if not isinstance(row, PlanTemplate):
        return row
    if "add" in request.POST:
        return redirect(f"{row.get_absolute_url()}?add=1#new-item")
    messages.success(request, "模板已保存。")
    return redirect(f"{row.get_absolute_url()}#items" if {"drop", "up"} & set(request.POST) else row)


def _write(request, row):
    """The saved template, or the page with its errors: what was typed stays."""
    form = TemplateForm(request.POST, instance=copy(row))  # what it holds is not what is typed
    formset = items_form(request.POST, rows=[item.copied for item in row.items.all()], members=None)
    if not (form.is_valid() and formset.is_valid()):
        return _template_page(request, row, form, formset, status=422)
    items = reports.rearranged(formset.forms, request.POST.get("drop", ""), request.POST.get("up", ""))
    try:
        version = form.cleaned_data["version"]
        return templates.save_template(row, by=request.user, version=version, values=form.values, items=items)
    except templates.NameTaken as error:
        form.add_error("name", str(error))
        return _template_page(request, row, form, formset, status=422)
    except Overtaken:
        return overtaken_page(request, _template(request, row.pk), form, formset, items)


def overtaken_page(request, row, form, formset, items):
    """Somebody else saved meanwhile: what was typed stays, beside what is stored now; saving again is a choice."""
    found = {"overtaken": history_of(row).last(), "differences": differences_from(row, form, form.Meta.fields, items)}
    renew(form, row.version)
    return _template_page(request, row, form, formset, status=409, **found)


@require_POST
@section("plans")
def template_drop(request, pk):
    row = _template(request, pk)
    templates.drop_template(row, by=request.user)
    messages.success(request, f"已删去{row}，用过它的计划不受影响。")
    return redirect("plan_templates")
