"""The steps of somebody's standing, and who is on probation."""

from django.contrib import messages
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from branches import actions, rules, workbook
from branches.access import get_visible_or_404, section
from branches.actions.standings import facts_of, last_step
from branches.forms.standings import CorrectForm, ProbationFilter, StepForm, UndoForm, step_forms
from branches.models import Person
from branches.reports import standings as reports
from branches.standing import STEPS
from core.pages import page_of, too_many, workbook_response
from core.workbooks import note_of
from core.workflow import require


@require_http_methods(["GET", "POST"])
@section("organizations")
def standing_change(request, pk):
    """Where somebody stands, which steps start from there, and how it came to be."""
    person = _person(request, pk)
    kind = request.POST.get("kind", "")
    if request.method == "GET":
        return standing_page(request, person)
    if kind not in STEPS:
        require(rules.can_change_standing(request.user, person))
        return standing_page(request, person, status=422)
    form = StepForm(person, kind, facts_of(person), request.POST)
    if not form.is_valid():
        return standing_page(request, person, posted=form, status=422)
    actions.change_standing(person, by=request.user, kind=kind, **form.cleaned_data)
    messages.success(request, f"已登记：{person}{STEPS[kind].word}。登记错了可以在“类别变动”里撤回。")
    return redirect(person)


@require_POST
@section("organizations")
def standing_undo(request, pk):
    """Take the latest step back, with the reason."""
    person = _person(request, pk)
    form = UndoForm(request.POST)
    if not form.is_valid():
        require(rules.can_undo_standing(request.user, person, last_step(person)))
        return standing_page(request, person, undo_form=form, status=422)
    actions.undo_standing(person, by=request.user, **form.cleaned_data)
    messages.success(request, "已撤回，恢复到登记之前的类别。")
    return redirect("standing_change", person.pk)


@require_POST
@section("organizations")
def standing_correct(request, pk):
    """Put right what the register had wrong from the beginning."""
    person = _person(request, pk)
    form = CorrectForm(person, request.POST)
    if not form.is_valid():
        require(rules.can_correct_standing(request.user, person, person.standing_changes.steps().exists()))
        return standing_page(request, person, correct_form=form, status=422)
    actions.correct_standing(person, by=request.user, **form.cleaned_data)
    messages.success(request, "已更正。以前固定的到会名单和党费记录不变。")
    return redirect("standing_change", person.pk)


def standing_page(request, person, posted=None, undo_form=None, correct_form=None, status=200):
    offers, history = reports.offers(person, request.user), reports.history(person)
    last = history[0] if history else None
    forms = step_forms(person, [one.kind for one in offers if one.verdict], posted)
    context = {
        "person": person,
        "probation_ends": reports.probation_ends(person),
        "offers": [(one, forms.get(one.kind)) for one in offers],
        "history": history,
        "undo": rules.can_undo_standing(request.user, person, last),
        "correct": rules.can_correct_standing(request.user, person, reports.has_steps(history)),
        "undo_form": undo_form or UndoForm(),
        "correct_form": correct_form or CorrectForm(person),
    }
    return render(request, "branches/standing.html", context, status=status)


@require_GET
@section("organizations")
def standings_due(request):
    """Who is on probation: over by today, soon, or all; each leads to the steps of that person."""
    chosen = _probation(request)
    page = page_of(request, reports.probationers(chosen.qs, chosen.span))
    context = {"filter": chosen, "page": page, "lines": reports.probation_lines(page.object_list)}
    return render(request, "branches/standings_due.html", context)


@require_GET
@section("organizations")
def standings_due_export(request):
    """The workbook of all rows that the same address shows in pages."""
    chosen = _probation(request)
    rows = reports.probationers(chosen.qs, chosen.span)
    if back := too_many(request, rows.count(), reverse("standings_due"), "人"):
        return back
    lines = reports.probation_lines(rows)
    actions.log_export("probationers", by=request.user, count=len(lines), filters=chosen.words)
    return workbook_response(workbook.probation_book(lines, note_of(chosen.words, len(lines))), "预备党员")


def _probation(request) -> ProbationFilter:
    rows = Person.objects.visible_to(request.user).select_related("organization")
    return ProbationFilter(request.GET, queryset=rows, request=request)


def _person(request, pk):
    rows = Person.objects.visible_to(request.user).select_related("organization__parent")
    return get_visible_or_404(rows, request.user, pk=pk)
