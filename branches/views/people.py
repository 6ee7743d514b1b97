"""The register of people, one person, and one's own page."""

from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from branches import actions, workbook
from branches.access import can, for_officers, get_visible_or_404, section
from branches.forms.people import ExportReasonForm, PersonFilter, RevealForm
from branches.models import Person
from branches.reports.acts import PERSON_ACTS, acts_for
from branches.reports.history import history_of_person
from branches.reports.people import PeopleTable, exclusion_of, kept_lines, person_lines
from branches.reports.timeline import timeline_of
from core.contributions import registry
from core.pages import page_of, too_many, workbook_response
from core.workbooks import note_of
from core.workflow import require


def _chosen(request) -> PersonFilter:
    """The people whom the user may see, by the filters in the address."""
    rows = Person.objects.visible_to(request.user).select_related("organization", "group")
    return PersonFilter(request.GET, queryset=rows, request=request)


@require_GET
@section("organizations")
@for_officers
def people(request):
    """The register, filtered, sorted and in pages."""
    return people_page(request, ExportReasonForm())


def people_page(request, form, status=200):
    chosen = _chosen(request)
    page = page_of(request, chosen.qs, chosen.page_size)
    lines = person_lines(page.object_list)
    context = {
        "filter": chosen,
        "page": page,
        "lines": lines,
        "table": PeopleTable(chosen.columns_shown, lines, chosen.order_key),
        "kept": chosen.qs.kept_by(request.user).count(),
        "form": form,
    }
    return render(request, "branches/people.html", context, status=status)


@require_GET
@section("organizations")
@for_officers
def people_export(request):
    """The workbook of all rows that the same address shows in pages, in its columns; personal data stays masked."""
    chosen = _chosen(request)
    if back := too_many(request, chosen.qs.count(), reverse("people"), "人"):
        return back
    table = PeopleTable(chosen.columns_shown, person_lines(chosen.qs))
    names = [name for name, _ in table.sheet_columns]
    actions.log_export("people", by=request.user, count=len(table.lines), filters=chosen.words, columns=names)
    return workbook_response(workbook.people_book(table, note_of(chosen.words, len(table.lines))), "人员名册")


@require_POST
@section("organizations")
def people_export_full(request):
    """The same in full, of those whom the user keeps alone, for a reason that is kept."""
    form = ExportReasonForm(request.POST)
    if not form.is_valid():
        require(can(request.user, "people.export_full", None))
        return people_page(request, form, status=422)
    chosen = _chosen(request)
    if back := too_many(request, chosen.qs.kept_by(request.user).count(), reverse("people"), "人"):
        return back
    table = PeopleTable(chosen.columns_shown, kept_lines(chosen.qs, request.user))
    reason, names = form.cleaned_data["reason"], [name for name, _ in table.sheet_columns]
    log = {"count": len(table.lines), "filters": chosen.words, "columns": names, "reason": reason}
    actions.log_full_export(chosen.qs, by=request.user, **log)
    note = note_of(chosen.words | {"完整信息，用途": reason}, len(table.lines))
    return workbook_response(workbook.people_book(table, note), "人员名册（完整信息）")


@require_GET
@section("organizations")
def person(request, pk):
    """One person: facts, what may be done, and where everything that the floors know is read from."""
    return person_page(request, get_visible_or_404(_with_places(request), request.user, pk=pk), RevealForm())


@require_POST
@never_cache
@section("organizations")
def person_reveal(request, pk):
    """The same page with phone, birth date and identity number in full, on this one answer, for a reason."""
    row = get_visible_or_404(_with_places(request), request.user, pk=pk)
    form = RevealForm(request.POST)
    if not form.is_valid():
        require(can(request.user, "person.reveal", row))
        return person_page(request, row, form, status=422)
    fields = [name for name, value in person_lines([row])[0].secrets.items() if value]
    actions.reveal_person(row, by=request.user, reason=form.reason, fields=fields)
    return person_page(request, row, form, full=True)


def person_page(request, row, form, *, full=False, status=200):
    """Masked, but for oneself, and for whom the caller has let see it in full."""
    keeps = can(request.user, "person.reveal", row)
    context = _facts(request, row, full=full or row.user_id == request.user.pk) | {
        "form": form,
        "revealed": full,
        "may_reveal": keeps and not full,
        "acts": acts_for(request.user, row, PERSON_ACTS),
        "history": history_of_person(row, full=full) if keeps else [],
    }
    return render(request, "branches/person.html", context, status=status)


@require_GET
@section("organizations")
def person_timeline(request, pk):
    """What every floor knows of a person, a page at a time; on the person's page it is a part of it."""
    row = get_visible_or_404(_with_places(request), request.user, pk=pk)
    asked = request.GET.get("page", "")
    number = int(asked) if asked.isdecimal() and len(asked) < 6 else 1
    context = {
        "person": row,
        "timeline": timeline_of(row, request.user, source=request.GET.get("source", ""), number=number),
    }
    return render(request, "branches/person_timeline.html", context)


@require_GET
@section("me")
def me(request):
    """One's own page, in full: also for a member without any office."""
    row = _with_places(request).filter(user=request.user).first()
    if row is None:
        return render(request, "branches/me.html", {"person": None})
    made = [(part, part.context(row, request.user)) for part in registry.own_parts]
    parts = [{"template": part.template, "context": context} for part, context in made if context is not None]
    return render(request, "branches/me.html", _facts(request, row, full=True) | {"parts": parts})


def _with_places(request):
    return Person.objects.visible_to(request.user).select_related("organization__parent", "group")


def _facts(request, row, *, full):
    return {
        "person": row,
        "line": person_lines([row], full={row.pk} if full else ())[0],
        "exclusion": exclusion_of(row),
        "organization_is_seen": can(request.user, "organization.see", row.organization),
    }
