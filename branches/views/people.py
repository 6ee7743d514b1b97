"""The register of people, one person, and one's own page."""

from django.shortcuts import render
from django.views.decorators.http import require_GET, require_POST

from branches import actions, workbook
from branches.access import can, get_visible_or_404, section
from branches.forms.people import ExportReasonForm, PersonFilter
from branches.models import Person
from branches.reports.acts import PERSON_ACTS, acts_for
from branches.reports.people import lines_with_phones, person_lines, timeline_of
from core.pages import page_of, workbook_response
from core.workbooks import note_of


def _chosen(request) -> PersonFilter:
    """The present people whom the user may see, by the filters in the address."""
    rows = Person.objects.visible_to(request.user).present().select_related("organization")
    return PersonFilter(request.GET, queryset=rows, request=request)


@require_GET
@section("organizations")
def people(request):
    """The register, filtered, sorted and in pages."""
    return people_page(request, ExportReasonForm())


def people_page(request, form, status=200):
    chosen = _chosen(request)
    page = page_of(request, chosen.qs)
    context = {
        "filter": chosen,
        "page": page,
        "lines": person_lines(page.object_list),
        "full_phones": chosen.qs.kept_by(request.user).count(),
        "form": form,
    }
    return render(request, "branches/people.html", context, status=status)


@require_GET
@section("organizations")
def people_export(request):
    """The workbook of all rows that the same address shows in pages; phones stay masked."""
    chosen = _chosen(request)
    lines = person_lines(chosen.qs)
    actions.log_export("people", by=request.user, count=len(lines), filters=chosen.words)
    return workbook_response(workbook.people_book(lines, note_of(chosen.words, len(lines))), "人员名册")


@require_POST
@section("organizations")
def people_export_phones(request):
    """The same with full phone numbers of those whom the user keeps, for a reason that is kept."""
    form = ExportReasonForm(request.POST)
    if not form.is_valid():
        return people_page(request, form, status=422)
    chosen = _chosen(request)
    lines = lines_with_phones(chosen.qs, request.user)
    full = sum(line.is_full for line in lines)
    actions.log_phone_export(
        chosen.qs, by=request.user, count=len(lines), full=full, filters=chosen.words, **form.cleaned_data
    )
    note = note_of(chosen.words | {"用途": form.cleaned_data["reason"], "完整电话": f"{full} 人"}, len(lines))
    return workbook_response(workbook.people_book(lines, note), "人员名册（含电话）")


@require_GET
@section("organizations")
def person(request, pk):
    """One person: facts, and everything the floors know, latest first."""
    row = get_visible_or_404(_with_places(request), request.user, pk=pk)
    return render(request, "branches/person.html", _page(row, request))


@require_GET
@section("me")
def me(request):
    """One's own page: also for a member without any office."""
    row = _with_places(request).filter(user=request.user).first()
    return render(request, "branches/me.html", _page(row, request) if row else {"person": None})


def _with_places(request):
    return Person.objects.visible_to(request.user).select_related("organization__parent", "group")


def _page(row, request):
    return {
        "person": row,
        "line": person_lines([row])[0],
        "organization_is_seen": can(request.user, "organization.see", row.organization),
        "entries": timeline_of(row, request.user),
        "acts": acts_for(request.user, row, PERSON_ACTS),
    }
