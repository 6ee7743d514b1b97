"""Sheets into the register: template, upload, preview, confirmation, result."""

from django.contrib import messages
from django.http import Http404
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST
from django_htmx.http import HttpResponseClientRefresh

from branches import actions
from branches.access import can, get_visible_or_404, section
from branches.forms.imports import ConfirmForm, UploadForm
from branches.imports.template import template_book
from branches.models import SheetImport
from branches.reports.imports import earlier_imports, how_shown, preview_of, steps_of
from core.pages import page_of, workbook_response
from core.workflow import require

TEMPLATES = {
    "organizations": SheetImport.Kind.ORGANIZATIONS,
    "people": SheetImport.Kind.PEOPLE,
    "calendar": SheetImport.Kind.CALENDAR,
}


@require_GET
@section("organizations")
def imports(request):
    """The templates, the upload, and one's own imports."""
    require(can(request.user, "imports.use", None))
    return imports_page(request, UploadForm(request.user, kind=request.GET.get("kind", "")))


def imports_page(request, form, status=200):
    context = {
        "form": form, "page": page_of(request, earlier_imports(request.user)),
        "keeps_calendar": can(request.user, "calendar.keep", None),
    }  # fmt: skip
    return render(request, "branches/imports.html", context, status=status)


@require_GET
@section("organizations")
def import_template(request, kind):
    """An empty sheet with the headings, the choices and what to write where."""
    require(can(request.user, "imports.use", None))
    if kind not in TEMPLATES:
        raise Http404("没有这张模板。")
    kind = TEMPLATES[kind]
    return workbook_response(template_book(kind), f"{kind.label}导入模板")


@require_POST
@section("organizations")
def import_upload(request):
    require(can(request.user, "imports.use", None))
    form = UploadForm(request.user, request.POST, request.FILES)
    if not form.is_valid():
        return imports_page(request, form, status=422)
    return redirect(actions.upload_sheet(by=request.user, **form.cleaned_data))


@require_GET
@section("organizations")
def sheet_import(request, pk):
    """One import: its progress, then its preview, then its result."""
    row = _mine(request, pk)
    return import_page(request, row, ConfirmForm(row))


def import_page(request, row, form, status=200):
    preview = preview_of(row, request.GET.get("show", ""))
    shown = how_shown(row)
    context = {
        "sheet": row, "shown": shown, "section": shown.section, "steps": steps_of(row), "preview": preview,
        "page": page_of(request, preview.rows), "form": form,
        "can_confirm": can(request.user, "import.confirm", row), "can_drop": can(request.user, "import.drop", row),
        "can_take_faulty": can(request.user, "import.take_faulty", row),
    }  # fmt: skip
    return render(request, "branches/import.html", context, status=status)


@require_GET
@section("organizations")
def import_progress(request, pk):
    """The progress alone, which the page asks for while the job runs; when it is done, the page loads anew."""
    row = _mine(request, pk)
    if not request.htmx:
        return redirect(row)
    if not row.is_running:
        return HttpResponseClientRefresh()
    return render(request, "branches/import_progress.html", {"sheet": row, "steps": steps_of(row)})


@require_POST
@section("organizations")
def import_confirm(request, pk):
    row = _mine(request, pk)
    form = ConfirmForm(row, request.POST)
    if not form.is_valid():
        return import_page(request, row, form, status=422)
    actions.confirm_import(row, by=request.user, **form.cleaned_data)
    return redirect(row)


@require_POST
@section("organizations")
def import_drop(request, pk):
    row = actions.drop_import(_mine(request, pk), by=request.user)
    messages.success(request, f"已放弃这张表，{row.book}没有任何改动。")
    return redirect(how_shown(row).home)


@require_GET
@section("organizations")
def import_faulty(request, pk):
    """The faulty rows with their reasons, to be corrected and sent again."""
    row = _mine(request, pk)
    return workbook_response(actions.take_faulty(row, by=request.user), f"{row.get_kind_display()}差错行")


def _mine(request, pk):
    rows = SheetImport.objects.visible_to(request.user).select_related("job")
    return get_visible_or_404(rows, request.user, pk=pk)
