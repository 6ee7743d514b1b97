"""Arrears on screen: who owes past months, what was found out, several months paid at once; a member's own dues."""

from django.contrib import messages
from django.http import Http404
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from activities.reports import organization_above
from branches.access import can, for_officers, get_visible_or_404, section
from branches.actions import log_export
from branches.models import Person
from core.pages import asked_year, page_of, too_many, workbook_response
from core.workbooks import note_of
from dues import actions, reports, workbook
from dues.arrears import FILTERS, arrears
from dues.booking import books_of
from dues.forms import NoteForm, PayTogetherForm
from dues.models import ArrearsNote, Charge, DuesMonth


@require_GET
@section("dues")
@for_officers
def dues_arrears(request):
    """Who owes past months, those with most in a row first."""
    owing = _listed(request)
    context = {
        "page": page_of(request, owing),
        "filters": FILTERS,
        "money": sum(one.money for one in owing),
        "months": sum(len(one.charges) for one in owing),
        "above": organization_above(request.user, request.GET.get("above", "")),
        "policy": reports.rates_now(),
    }
    return render(request, "dues/dues_arrears.html", context)


@require_GET
@section("dues")
@for_officers
def dues_arrears_export(request):
    """The same list as Excel."""
    owing = _listed(request)
    if back := too_many(request, len(owing), reverse("dues_arrears"), "人"):
        return back
    above = organization_above(request.user, request.GET.get("above", ""))
    filters = {
        "所属": str(above) if above else "全部",
        "范围": dict(FILTERS).get(request.GET.get("level", ""), "全部欠缴"),
        "查找": request.GET.get("q", "").strip() or "全部",
    }
    log_export("dues", by=request.user, count=len(owing), filters={"欠缴": filters["范围"]} | filters)
    return workbook_response(workbook.arrears_book(owing, note_of(filters, len(owing))).bytes(), "党费欠缴")


@require_http_methods(["GET", "POST"])
@section("dues")
def dues_owing(request, pk):
    """One member's arrears: what was found out, and the months to be paid."""
    person = _person(request, pk)
    form = NoteForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        actions.note_arrears(person, by=request.user, **form.cleaned_data)
        messages.success(request, f"已登记{person}的欠缴说明。")
        return redirect("dues_owing", pk)
    return owing_page(request, person, note_form=form, status=422 if form.is_bound else 200)


@require_POST
@section("dues")
def dues_pay_together(request, pk):
    """Several months of one member, on one receipt."""
    person = _person(request, pk)
    charges = _payable(request, person)
    form = PayTogetherForm(charges, request.POST)
    if not form.is_valid():
        return owing_page(request, person, pay_form=form, status=422)
    said = form.cleaned_data
    ticked = set(said.pop("charges"))
    chosen = [charge for charge in charges if str(charge.pk) in ticked]
    entries = actions.pay_together(chosen, by=request.user, **said)
    money = sum(entry.amount for entry in entries)
    messages.success(request, f"已登记{person} {len(entries)} 个月的党费 {money} 元，收据 {entries[0].receipt} 号。")
    return redirect(entries[0].receipt)


def owing_page(request, person, *, note_form=None, pay_form=None, status=200):
    """The page of a member's arrears; a form that was refused stands as it was typed."""
    owing = arrears(_charges(request).filter(person=person))
    payable = _payable(request, person)
    books = books_of(request.user, payable[0].dues_month) if payable else None
    context = {
        "person": person,
        "owing": owing[0] if owing else None,
        "notes": ArrearsNote.objects.visible_to(request.user).filter(person=person).select_related("by"),
        "may_note": can(request.user, "dues.note_arrears", person),
        "note_form": note_form or NoteForm(),
        "pay_form": pay_form or (PayTogetherForm(payable, initial={"booked_in": books}) if payable else None),
        "books": books,
    }
    return render(request, "dues/dues_owing.html", context, status=status)


@require_GET
@section("me")
def dues_mine(request):
    """A member's own dues of a year: each month, how its amount came about, when it was paid, the receipt."""
    person = Person.objects.visible_to(request.user).filter(user=request.user).first()
    if person is None:
        raise Http404("没有对应的党员。")
    year = asked_year(request)
    charges = Charge.objects.visible_to(request.user).filter(person=person)
    context = {"year": year, "lines": reports.lines_of_a_member(charges, year), "bases": reports.bases_of(person)}
    return render(request, "dues/dues_mine.html", context)


def _charges(request):
    """The charges of branches whose dues the user sees: one's own are not among them by that alone."""
    seen = DuesMonth.objects.visible_to(request.user)
    return Charge.objects.visible_to(request.user).filter(dues_month__in=seen)


def _person(request, pk):
    """A member whose charges the user sees, wherever that is registered now."""
    charges = _charges(request).select_related("person__organization", "person__user")
    return get_visible_or_404(charges, request.user, person__id=pk).person


def _payable(request, person):
    """The member's unpaid months that the user may register: at one branch."""
    owing = arrears(_charges(request).filter(person=person))
    charges = owing[0].charges if owing else []
    mine = [charge for charge in charges if can(request.user, "dues.pay", charge)]
    return [charge for charge in mine if charge.dues_month.organization_id == mine[0].dues_month.organization_id]


def _listed(request):
    charges = _charges(request)
    if above := organization_above(request.user, request.GET.get("above", "")):
        charges = charges.filter(dues_month__organization__parent=above)
    return arrears(charges, level=request.GET.get("level", ""), text=request.GET.get("q", "").strip())
