"""An organization's annual plan and year-end summary: the paper, its form, and how it is sent."""

from copy import copy

from django.contrib import messages
from django.db import transaction
from django.http import Http404
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST

from activities import filing, rules, years
from activities.attempts import side_by_side, wanted
from activities.forms import AnnualPlanForm, ReasonForm, YearSummaryForm
from activities.models import AnnualPlan, MonthlyPlan, YearSummary
from activities.views.road import overtaken_by, road_of
from activities.year_duties import why_none_is_owed
from branches.access import get_visible_or_404, section
from branches.models import Organization
from core import clock
from core.audit import history_of
from core.workflow import StaleState

FORMS = {AnnualPlan: AnnualPlanForm, YearSummary: YearSummaryForm}


@require_GET
@section("plans")
def annual_plan(request, pk):
    """The annual plan as it stands, its road, and the plans of the levels above beside it."""
    return _paper(request, AnnualPlan, pk)


@require_GET
@section("plans")
def summary(request, pk):
    """The year-end summary beside the goals that it answers."""
    return _paper(request, YearSummary, pk)


def _paper(request, model, pk):
    rows = model.objects.visible_to(request.user).select_related("organization__parent", "submitted_by")
    paper = get_visible_or_404(rows, request.user, pk=pk)
    if rules.can_save(request.user, paper):
        return redirect(paper.edit_address)
    revisions = model.objects.visible_to(request.user).of([paper.organization]).same_period(paper)
    context = road_of(request.user, paper) | {
        "revisions": revisions.exclude(pk=paper.pk).order_by("-revision"),
        "beside": years.beside(request.user, paper),
    }
    return render(request, "activities/year_paper.html", context)


def _organization(request, model, pk, year):
    """Whose paper of which year; 404 for a kind that has another form, and for a year out of reason."""
    organizations = Organization.objects.visible_to(request.user).select_related("parent")
    organization = get_visible_or_404(organizations, request.user, pk=pk)
    if model is MonthlyPlan or not 2000 <= year <= 2100:
        raise Http404("没有这一页。")
    return organization


def _on_the_form(request, model, organization, year):
    return model.objects.visible_to(request.user).of([organization]).filter(year=year).latest_first().first()


@require_GET
@section("plans")
def year_edit(request, model, organization, year):
    """The form: an existing draft, or a new one that begins with last year's words where that helps."""
    organization = _organization(request, model, organization, year)
    row = _on_the_form(request, model, organization, year)
    if row and not rules.can_save(request.user, row):
        return redirect(row)
    if not rules.can_draft_year(request.user, organization):
        context = {"organization": organization, "title": model.title_of(year)}
        return render(request, "activities/year_absent.html", context)
    if row:
        form = FORMS[model](instance=row, initial={"version": row.version})
    else:
        form = FORMS[model](initial=years.prefill(model, organization, year) | {"version": 0})
    return _form_page(request, model, organization, year, row, form)


def _form_page(request, model, organization, year, row, form, status=200, **context):
    draft = row or years.new_paper(model, organization, year)
    draft.organization = organization
    missing = years.missing_on(form)
    form.missing, form.remarks = {one.field for one in missing}, wanted(row) if row else {}
    context |= {
        "organization": organization,
        "year": year,
        "model": model,
        "paper": draft,
        "form": form,
        "missing": missing,
        "beside": years.beside(request.user, draft),
        "left": (draft.due_on - clock.today()).days,
        "not_owed": why_none_is_owed(draft),
        "coming": filing.steps_to_come(draft),
        "history": history_of(row) if row else [],
        "pairs": side_by_side(row) if row else [],
        "submit": rules.can_submit(request.user, draft),
        "drop": rules.can_drop(request.user, draft),
        "discard": row and rules.can_discard(request.user, row),
        "reason_form": ReasonForm(),
    }
    return render(request, "activities/year_form.html", context, status=status)


@require_POST
@section("plans")
def year_save(request, model, organization, year):
    """Keep the draft, complete or not."""
    row = _write(request, model, organization, year)
    if not isinstance(row, model):
        return row
    messages.success(request, "草稿已保存。")
    return redirect(row.edit_address)


@require_POST
@section("plans")
@transaction.atomic
def year_submit(request, model, organization, year):
    """Keep what is on the form and send it to the level above, in one; at the top it is in force at once."""
    row = _write(request, model, organization, year, submitting=True)
    if not isinstance(row, model):
        return row
    try:
        row = filing.submit_plan(row, by=request.user)
    except filing.Incomplete as error:
        messages.error(request, f"还不能报送，缺：{error}。已填的都存好了。")
        return redirect(row.edit_address)
    messages.success(request, years.sent_words(row))
    return redirect(row)


def _write(request, model, organization, year, *, submitting=False):
    """The saved draft, or the page with its errors: what was typed stays."""
    organization = _organization(request, model, organization, year)
    row = _on_the_form(request, model, organization, year)
    form = FORMS[model](request.POST, instance=copy(row))
    if not form.is_valid():
        return _form_page(request, model, organization, year, row, form, status=422)
    try:
        return filing.save_year(
            model, organization, year, by=request.user, version=form.cleaned_data["version"], values=form.values
        )
    except filing.Overtaken:
        pass
    except StaleState:
        if submitting or not rules.can_draft_year(request.user, organization):
            raise
    row = _on_the_form(request, model, organization, year)
    if row is None:  # a version of something that is not there
        raise StaleState("这份草稿已经不在了，请重新填写。")
    overtaken = overtaken_by(request.user, row, form, form.differences(row))
    return _form_page(request, model, organization, year, row, form, status=409, overtaken=overtaken)
