"""Bases on screen: the list, one person's form and history, a branch's year, the items of pay, a sheet of bases."""

from django.contrib import messages
from django.http import Http404
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from branches.access import can, for_officers, get_visible_or_404, section
from branches.actions import log_export, upload_sheet
from branches.forms.imports import SheetForm
from branches.models import Organization, SheetImport
from branches.reports.imports import earlier_imports
from core.pages import page_of, too_many, workbook_response
from core.periods import Month
from core.workbooks import note_of
from core.workflow import require
from dues.bases import actions, reports, workbook
from dues.bases.forms import BaseFilter, BaseForm, ItemsForm, YearForm
from dues.bases.models import PayScheme, PaySchemes

SHEET = SheetImport.Kind.BASES


def _chosen(request) -> BaseFilter:
    rows = reports.payers_of(request.user).select_related("organization")
    return BaseFilter(request.GET, queryset=rows, request=request)


@require_GET
@section("dues")
@for_officers
def bases(request):
    """Members with their bases, who lacks one first; filtered and in pages."""
    chosen = _chosen(request)
    page = page_of(request, chosen.qs)
    year = Month.current().year
    context = {
        "filter": chosen,
        "page": page,
        "lines": reports.lines_of(page.object_list, request.user),
        "has_places": reports.places_shown(request.user),
        "branch": _own_branch(request),
        "years": [year, year + 1],
        "import": can(request.user, "imports.bases", None),
    }
    return render(request, "dues/bases.html", context)


def _own_branch(request):
    """The id of the branch whose officer the user is at present; None for others."""
    office = request.office
    return office.organization_id if office and office.kind == "BRANCH" else None


@require_GET
@section("dues")
@for_officers
def bases_export(request):
    """The workbook of what the same address shows in pages."""
    chosen = _chosen(request)
    if back := too_many(request, chosen.qs.count(), reverse("bases"), "人"):
        return back
    lines = reports.lines_of(chosen.qs, request.user)
    log_export("bases", by=request.user, count=len(lines), filters=chosen.words)
    return workbook_response(workbook.list_book(lines, note_of(chosen.words, len(lines))), "党费基数")


@require_GET
@section("dues")
def base_history(request, pk):
    """Every base of one person, each with what explains it."""
    person = _person(request, pk)
    context = {"person": person, "steps": reports.history_of(person), "set": can(request.user, "dues.set_base", person)}
    return render(request, "dues/base_history.html", context)


@require_http_methods(["GET", "POST"])
@section("dues")
def base_set(request, pk):
    """Fill in, look at what it does, confirm; or go back and change it."""
    person = _person(request, pk)
    may = can(request.user, "dues.set_base", person)
    if request.method == "POST":
        require(may)
    form, step = BaseForm(person, request.POST or None), request.POST.get("step")
    if request.method == "GET" or not form.is_valid() or step == "edit":
        return base_page(request, person, form, may)
    if step != "confirm":
        return confirm_page(request, person, form)
    actions.set_base(person, form.new, by=request.user, seen=form.cleaned_data["seen"])
    messages.success(request, f"已定{person}的基数：{form.new.from_month.label}起 {form.new.amount:,.2f} 元。")
    return redirect("base_history", pk=person.pk)


def base_page(request, person, form, may):
    status = 409 if form.is_overtaken else 422 if form.errors else 200
    steps = reports.history_of(person)
    context = {"person": person, "form": form, "may": may, "steps": steps[:3], "offered": form.bases.offered(person.pk)}
    return render(request, "dues/base_set.html", context, status=status)


def confirm_page(request, person, form):
    """What the new base does; nothing is saved yet."""
    new = form.new
    outlook = reports.outlook_of(person, new.amount, new.from_month, new.parts)
    return render(request, "dues/base_confirm.html", {"person": person, "form": form, "new": new, "outlook": outlook})


def _person(request, pk):
    people = reports.seen_by(request.user).select_related("organization")
    return get_visible_or_404(people, request.user, pk=pk)


@require_http_methods(["GET", "POST"])
@section("dues")
def bases_year(request, pk, year):
    """A branch's bases from January of this year or the next, in one table that is saved at once."""
    branch = get_visible_or_404(_branches(request), request.user, pk=pk)
    if year not in (Month.current().year, Month.current().year + 1):
        raise Http404("只能核定今年和明年的基数。")
    may = can(request.user, "dues.set_bases", branch)
    if request.method == "POST":
        require(may)
    table = reports.year_table(branch, year, request.user)
    form = YearForm(table, year, request.POST or None)
    if request.method == "GET" or not form.is_valid():
        return year_page(request, branch, year, form, may)
    added = actions.set_year(branch, form.news, by=request.user, seen=form.cleaned_data["seen"])
    said = f"已核定 {added} 人 {year} 年的基数。" if added else "没有改动，没有保存什么。"
    messages.success(request, said)
    return redirect("bases_year", pk=branch.pk, year=year)


def year_page(request, branch, year, form, may):
    now = Month.current().year
    context = {
        "branch": branch, "year": year, "form": form, "may": may, "other": now if year != now else now + 1,
        "fixed": sum(row.is_fixed for row in form.table.rows), "january": Month(year, 1),
    }  # fmt: skip
    status = 409 if form.is_overtaken else 422 if form.errors else 200
    return render(request, "dues/bases_year.html", context, status=status)


def _branches(request):
    return reports.branches_of(request.user, Organization.objects.visible_to(request.user))


@require_http_methods(["GET", "POST"])
@section("dues")
@for_officers
def pay_items(request):
    """The items of pay by the month from which they hold; the department edits them on the same page."""
    may = can(request.user, "pay_items.set", None)
    if request.method == "POST":
        require(may)
    schemes = PaySchemes(PayScheme.objects.visible_to(request.user))
    form = ItemsForm(schemes, request.POST or None)
    if request.method == "GET" or not form.is_valid():
        context = {"form": form, "may": may, "lines": reports.scheme_lines(schemes)}
        status = 409 if form.is_overtaken else 422 if form.errors else 200
        return render(request, "dues/pay_items.html", context, status=status)
    saved = actions.set_items(by=request.user, **form.values)
    messages.success(request, f"核算项目已定，{saved.effective_from.label}起的基数按它计算；已经核定的基数不变。")
    return redirect("pay_items")


@require_POST
@section("dues")
def pay_items_drop(request, pk):
    """Take items back whose month is still to come."""
    scheme = get_visible_or_404(PayScheme, request.user, pk=pk)
    actions.drop_items(scheme, by=request.user, seen=request.POST.get("seen", ""))
    messages.success(request, f"已取消{scheme}的核算项目，仍按之前的项目计算。")
    return redirect("pay_items")


@require_GET
@section("dues")
def bases_import(request):
    """The sheet to fill in, the upload, and one's own sheets of bases."""
    require(can(request.user, "imports.bases", None))
    return import_page(request, SheetForm())


def import_page(request, form, status=200):
    page = page_of(request, earlier_imports(request.user).filter(kind=SHEET))
    return render(request, "dues/bases_import.html", {"form": form, "page": page}, status=status)


@require_GET
@section("dues")
def bases_template(request):
    """The sheet filled with the members whom the user keeps and who need a base."""
    require(can(request.user, "imports.bases", None))
    people = reports.kept_payers(request.user)
    if back := too_many(request, people.count(), reverse("bases_import"), "人"):
        return back
    log_export("bases", by=request.user, count=people.count(), filters={"范围": "导入表"})
    return workbook_response(workbook.template_book(people), "党费基数导入表")


@require_POST
@section("dues")
def bases_upload(request):
    require(can(request.user, "imports.bases", None))
    form = SheetForm(request.POST, request.FILES)
    if not form.is_valid():
        return import_page(request, form, status=422)
    return redirect(upload_sheet(by=request.user, kind=SHEET, **form.cleaned_data))
