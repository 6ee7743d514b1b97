"""The ledger on screen: later payments, reversals by two people, receipts."""

from django.contrib import messages
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods

from activities.forms import ReasonForm
from branches.access import can, for_officers, get_visible_or_404, section
from branches.actions import log_export
from core.pages import asked_year, page_of, too_many, workbook_response
from core.periods import Month
from core.workbooks import note_of
from dues import actions, reports, workbook
from dues.booking import booking_month, books_of, running_month
from dues.capitals import in_capitals
from dues.forms import AnswerForm, PayForm
from dues.models import Charge, Entry, Receipt, ReversalRequest


@require_http_methods(["GET", "POST"])
@section("dues")
def dues_pay(request, pk):
    """A later payment of one charge."""
    charges = Charge.objects.visible_to(request.user).with_state()
    charge = get_visible_or_404(charges.select_related("person", "dues_month__organization"), request.user, pk=pk)
    running = running_month(request.user, charge.dues_month.organization_id)
    books = booking_month(running, charge.pk)
    form = PayForm(request.POST or None, initial={"booked_in": books})
    if request.method == "POST" and form.is_valid():
        entry = actions.pay(charge, by=request.user, **form.cleaned_data)
        messages.success(
            request, f"已登记{charge.person} {charge.month.label}党费 {charge.amount} 元，收据 {entry.receipt} 号。"
        )
        return redirect(charge.dues_month)
    context = {
        "charge": charge, "form": form, "pay": can(request.user, "dues.pay", charge), "books": books,
        "now": Month.current(), "is_up": booking_month(running) > Month.current(),
    }  # fmt: skip
    return render(request, "dues/dues_pay.html", context, status=422 if form.is_bound else 200)


@require_http_methods(["GET", "POST"])
@section("dues")
def dues_reverse(request, pk):
    """Ask for a wrong payment to be taken back, with a reason."""
    entries = Entry.objects.visible_to(request.user)
    entry = get_visible_or_404(
        entries.select_related("charge__person", "charge__dues_month__organization", "by", "reversal"),
        request.user, pk=pk,
    )  # fmt: skip
    form = ReasonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        asked = actions.ask_reversal(entry, by=request.user, **form.cleaned_data)
        messages.success(request, f"已提出冲正{entry.charge.person}的 {entry.amount} 元，等另一位确认后才冲正。")
        return redirect(asked)
    context = {
        "entry": entry, "form": form, "reverse": can(request.user, "dues.reverse", entry),
        "waiting": entry.requests.waiting().first(),
    }  # fmt: skip
    return render(request, "dues/dues_reverse.html", context, status=422 if form.is_bound else 200)


@require_http_methods(["GET", "POST"])
@section("dues")
def dues_reversal(request, pk):
    """A request to take a payment back: its answer by a second person, or its withdrawal."""
    rows = ReversalRequest.objects.visible_to(request.user).select_related(
        "entry__charge__person", "entry__charge__dues_month__organization__parent", "entry__receipt", "entry__by",
        "by", "answered_by",
    )  # fmt: skip
    row = get_visible_or_404(rows, request.user, pk=pk)
    books = books_of(request.user, row.entry.charge.dues_month, row.entry.charge)
    form = AnswerForm(request.POST or None, initial={"booked_in": books})
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        match said["act"]:
            case "confirm":
                actions.confirm_reversal(row, by=request.user, booked_in=said["booked_in"])
                messages.success(request, f"已冲正{row.entry.charge.person}的 {row.entry.amount} 元，请重新登记。")
            case "decline":
                actions.decline_reversal(row, by=request.user, answer=said["answer"])
                messages.success(request, "已答复不同意冲正，已告诉提出人。")
            case _:
                actions.withdraw_reversal(row, by=request.user)
                messages.success(request, "已撤回冲正申请，原来的登记不变。")
        return redirect(row.entry.charge.dues_month)
    context = {
        "row": row, "form": form, "books": form["booked_in"].value(),
        "confirm": can(request.user, "dues.confirm_reversal", row),
        "withdraw": can(request.user, "dues.withdraw_reversal", row),
    }  # fmt: skip
    return render(request, "dues/dues_reversal.html", context, status=422 if form.is_bound else 200)


@require_GET
@section("dues")
@for_officers
def dues_reversals(request):
    """Requests to take payments back: those that wait for the user, all that wait, or all."""
    view = request.GET.get("view", "")
    rows = ReversalRequest.objects.visible_to(request.user)
    rows = rows.waiting_for(request.user) if view == "mine" else rows.waiting() if view == "waiting" else rows
    rows = rows.select_related("entry__charge__person", "entry__charge__dues_month__organization", "by", "answered_by")
    return render(request, "dues/dues_reversals.html", {"page": page_of(request, rows), "views": REVERSALS})


REVERSALS = {"": "全部", "waiting": "待确认", "mine": "等我确认"}


@require_GET
@section("dues")
@for_officers
def dues_receipts(request):
    """The receipts of a year, the latest first; of one branch, or of all that the user sees."""
    page = page_of(request, _receipts(request).select_related("branch", "person", "by"))
    months = reports.months_of(page.object_list)
    context = {
        "page": page,
        "lines": [(row, months.get(row.pk, [])) for row in page.object_list],
        "year": asked_year(request),
        "branch": reports.branch_of(request.user, request.GET.get("branch", "")),
    }
    return render(request, "dues/dues_receipts.html", context)


@require_GET
@section("dues")
@for_officers
def dues_receipts_export(request):
    """The same list as Excel."""
    rows = _receipts(request)
    if back := too_many(request, rows.count(), reverse("dues_receipts"), "张"):
        return back
    rows, year = list(rows.select_related("branch", "person", "by")), asked_year(request)
    branch = reports.branch_of(request.user, request.GET.get("branch", ""))
    filters = {"年度": str(year), "党支部": str(branch) if branch else "全部"}
    filters["查找"] = request.GET.get("q", "").strip() or "全部"
    log_export("dues", by=request.user, count=len(rows), filters={"收据": filters["年度"]} | filters)
    book = workbook.receipts_book(rows, reports.months_of(rows), note_of(filters, len(rows)))
    return workbook_response(book.bytes(), f"{year}年党费收据")


@require_GET
@section("dues")
def dues_receipt(request, pk):
    """One receipt, to be printed: for its member too."""
    rows = Receipt.objects.visible_to(request.user).with_amount().select_related("branch", "person", "by")
    row = get_visible_or_404(rows, request.user, pk=pk)
    entries = row.entries.select_related("charge", "reversal")
    context = {"row": row, "entries": entries, "capitals": in_capitals(row.amount)}
    return render(request, "dues/dues_receipt.html", context)


def _receipts(request):
    rows = Receipt.objects.visible_to(request.user).filter(year=asked_year(request)).with_amount()
    if branch := reports.branch_of(request.user, request.GET.get("branch", "")):
        rows = rows.filter(branch=branch)
    if text := request.GET.get("q", "").strip():
        rows = rows.search(text)
    return rows.order_by("branch__code", "-number")
