"""宣传: the list of what was published, one of it, and its picture."""

from django.contrib import messages
from django.http import Http404
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from activities import units
from activities.actions import publicity as publicity_actions
from activities.forms import differences_from_fields, renew
from activities.forms.publicity import PublicityForm
from activities.models import ActivityDay, Publicity
from activities.publicity_list import COLUMNS, Asked, counts, listed
from activities.publicity_workbook import publicity_book
from activities.row_orders import RowOrder
from branches.access import can, for_officers, get_visible_or_404, section
from branches.actions import log_export
from branches.models import Organization
from core.audit import history_of
from core.documents import Refused
from core.documents.pictures import shown
from core.pages import page_of, too_many, workbook_response
from core.workflow import require


@require_GET
@section("days")
@for_officers
def publicity(request):
    """What was published, by channel, organization and month; everybody finds the own part."""
    asked, order = _asked(request)
    context = {
        "asked": asked,
        "order": order,
        "page": page_of(request, listed(request.user, asked, order)),
        "counts": counts(request.user, asked, request.GET.dict()),
        "channels": Publicity.Channel.choices,
        "choices": units.choices_above(request.user),
        "own": can(request.user, "publicity.add", _own(request)) and request.office,
    }
    return render(request, "activities/publicity.html", context)


def _asked(request):
    return Asked.of(request.user, request.GET), RowOrder(COLUMNS, request.GET.get("order", ""), "-on")


def _own(request):
    """The organization in whose office the user works at present."""
    return get_visible_or_404(Organization, request.user, pk=request.office.organization_id)


@require_GET
@section("days")
def publicity_export(request):
    """The list as Excel, under the same filters and in the same order."""
    asked, order = _asked(request)
    rows = listed(request.user, asked, order)
    if back := too_many(request, rows.count(), reverse("publicity")):
        return back
    rows = list(rows)
    log_export("publicity", by=request.user, count=len(rows), filters=asked.words)
    return workbook_response(publicity_book(rows, asked.words), "活动日宣传情况")


@require_http_methods(["GET", "POST"])
@section("days")
def publicity_add(request, pk):
    """The form of a new one, of an organization; from a day's page with that day chosen."""
    organization = get_visible_or_404(Organization, request.user, pk=pk)
    require(can(request.user, "publicity.add", organization))
    if request.method == "GET":
        return item_page(request, PublicityForm(organization=organization, day=_day(request, organization)))
    form = PublicityForm(request.POST, request.FILES, organization=organization)
    if not form.is_valid():
        return item_page(request, form, status=422)
    try:
        row = publicity_actions.add_publicity(organization, by=request.user, **form.values)
    except (publicity_actions.LinkTaken, Refused) as error:
        form.refuse(error)
        return item_page(request, form, status=422)
    messages.success(request, "已登记。")
    return redirect(row.day or "publicity")


def _day(request, organization):
    """The day that the address names, of the organization and within sight; None without one."""
    number = request.GET.get("day", "")
    if not (number.isascii() and number.isdigit() and len(number) < 19):
        return None
    return ActivityDay.objects.visible_to(request.user).happened().filter(pk=number, organization=organization).first()


def item_page(request, form, row=None, status=200, **context):
    context |= {"form": form, "row": row, "organization": form.organization, "history": history_of(row) if row else []}
    return render(request, "activities/publicity_form.html", context, status=status)


def _found(request, pk):
    rows = Publicity.objects.visible_to(request.user).in_full().select_related("picture", "thumb", "created_by")
    return get_visible_or_404(rows, request.user, pk=pk)


@require_GET
@section("days")
def publicity_item(request, pk):
    """One of it: its form for whoever keeps it, what it says for those above."""
    row = _found(request, pk)
    may = can(request.user, "publicity.save", row)
    if may:
        return item_page(request, PublicityForm(organization=row.organization, instance=row), row)
    return render(request, "activities/publicity_item.html", {"row": row, "may": may, "history": history_of(row)})


@require_POST
@section("days")
def publicity_save(request, pk):
    row = _found(request, pk)
    require(can(request.user, "publicity.save", row))
    form = PublicityForm(request.POST, request.FILES, organization=row.organization, instance=row)
    if not form.is_valid():
        return item_page(request, form, row, status=422)
    taken = {"version": form.cleaned_data["version"], "drops_picture": form.cleaned_data.get("take_off", False)}
    try:
        publicity_actions.save_publicity(row, by=request.user, **taken, **form.values)
    except publicity_actions.Overtaken:
        return overtaken_page(request, pk, form)
    except (publicity_actions.LinkTaken, Refused) as error:
        form.refuse(error)
        return item_page(request, form, row, status=422)
    messages.success(request, "已保存。")
    return redirect(row)


def overtaken_page(request, pk, form):
    """Somebody else saved meanwhile: what was typed stays, beside what stands now; saving again is a choice."""
    row = _found(request, pk)
    differences = differences_from_fields(row, form, form.Meta.fields)
    renew(form, row.version)
    return item_page(request, form, row, status=409, differences=differences, overtaken=history_of(row).last())


@require_POST
@section("days")
def publicity_drop(request, pk):
    row = _found(request, pk)
    publicity_actions.drop_publicity(row, by=request.user)
    messages.success(request, f"已删去“{row.title}”。")
    return redirect(row.day or "publicity")


@require_GET
def publicity_picture(request, pk):
    """The photo within the page, to whoever sees the row."""
    return _picture(_found(request, pk).picture)


@require_GET
def publicity_thumb(request, pk):
    return _picture(_found(request, pk).thumb)


def _picture(file):
    if file is None:
        raise Http404("没有照片。")
    return shown(file)
