"""Moves of people: the list, one move and its acts, leaving, coming, graduates."""

from django.contrib import messages
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from branches import actions, workbook
from branches.access import can, get_visible_or_404, section
from branches.actions.transfers import MOST_GRADUATES
from branches.forms import transfers as forms
from branches.models import Organization, Person, Transfer
from branches.reports import transfers as reports
from core.pages import page_of, too_many, workbook_response
from core.workbooks import note_of
from core.workflow import require


def _chosen(request) -> forms.TransferFilter:
    """The moves that the user may see, by the filters in the address."""
    rows = Transfer.objects.visible_to(request.user).select_related("person", "from_organization", "to_organization")
    return forms.TransferFilter(request.GET, queryset=rows, request=request)


@require_GET
@section("organizations")
def transfers(request):
    """组织关系: what waits for me, what I asked for, what is settled."""
    chosen = _chosen(request)
    page = page_of(request, chosen.qs)
    lines = reports.transfer_lines(page.object_list, request.user)
    context = {
        "filter": chosen,
        "page": page,
        "lines": lines,
        "views": forms.VIEWS,
        "waiting": Transfer.objects.visible_to(request.user).awaiting(request.user).count(),
        "any_mine": any(line.is_mine for line in lines),
    }
    return render(request, "branches/transfers.html", context)


@require_GET
@section("organizations")
def transfers_export(request):
    """The workbook of all rows that the same address shows in pages."""
    chosen = _chosen(request)
    if back := too_many(request, chosen.qs.count(), reverse("transfers")):
        return back
    lines = reports.transfer_lines(chosen.qs, request.user)
    actions.log_export("transfers", by=request.user, count=len(lines), filters=chosen.words)
    return workbook_response(workbook.transfers_book(lines, note_of(chosen.words, len(lines))), "组织关系变动")


@require_POST
@section("organizations")
def transfers_accept(request):
    """Accept every ticked transfer from today; say which were not and why."""
    rows = Transfer.objects.visible_to(request.user).awaiting(request.user).chosen(request.POST.getlist("transfer"))
    done, refused = actions.accept_transfers(
        rows.select_related("person", "to_organization").order_by("pk"), by=request.user
    )
    if done:
        messages.success(request, f"已接收 {len(done)} 人，从今天起在册。")
    if not done and not refused:
        messages.warning(request, "没有接收任何人：没有勾选，或者刚才已经有人办过了。请看最新情况。")
    for row, why in refused:
        messages.warning(request, f"{row.person.name}没有接收：{why}")
    return redirect(f"{reverse('transfers')}?view=incoming")


@require_GET
@section("organizations")
def transfer(request, pk):
    """One move: what is known, its steps, and what the user may do."""
    return transfer_page(request, _transfer(request, pk))


def transfer_page(request, row, accept=None, decline=None, undo=None, status=200):
    """The page of a move; a form that was refused stands as it was typed."""
    context = {
        "transfer": row,
        "page": reports.transfer_page(row, request.user),
        "accept_form": accept or forms.AcceptForm(row),
        "decline_form": decline or forms.AnswerForm(),
        "undo_form": undo or forms.UndoForm(),
        "first_day": reports.first_days(row),
    }
    return render(request, "branches/transfer.html", context, status=status)


@require_POST
@section("organizations")
def transfer_accept(request, pk):
    """接收: the person moves on the day given."""
    row = _transfer(request, pk)
    form = forms.AcceptForm(row, request.POST)
    if not form.is_valid():
        require(can(request.user, "transfer.accept", row))
        return transfer_page(request, row, accept=form, status=422)
    actions.accept_transfer(row, by=request.user, **form.cleaned_data)
    messages.success(request, f"已接收{row.person.name}，{form.cleaned_data['moved_on']} 起在{row.to_organization}。")
    return redirect(row)


@require_POST
@section("organizations")
def transfer_decline(request, pk):
    """退回: with the reason, to the branch that asked."""
    row = _transfer(request, pk)
    form = forms.AnswerForm(request.POST)
    if not form.is_valid():
        require(can(request.user, "transfer.decline", row))
        return transfer_page(request, row, decline=form, status=422)
    actions.decline_transfer(row, by=request.user, **form.cleaned_data)
    messages.success(request, f"已退回，{row.person.name}仍在{row.from_organization}，已告诉对方。")
    return redirect(row)


@require_POST
@section("organizations")
def transfer_withdraw(request, pk):
    """撤回: before it is answered."""
    row = _transfer(request, pk)
    actions.withdraw_transfer(row, by=request.user)
    messages.success(request, f"已撤回，{row.person.name}仍在{row.from_organization}。")
    return redirect(row)


@require_POST
@section("organizations")
def transfer_undo(request, pk):
    """撤销: a mistaken move is led back."""
    row = _transfer(request, pk)
    form = forms.UndoForm(request.POST)
    if not form.is_valid():
        require(can(request.user, "transfer.undo", row))
        return transfer_page(request, row, undo=form, status=422)
    back = actions.undo_transfer(row, by=request.user, **form.cleaned_data)
    messages.success(request, f"已撤销{row.person.name}的{row.get_kind_display()}。")
    return redirect(back)


@require_GET
@section("organizations")
def transfer_print(request, pk):
    """组织关系转接单, to be signed and sealed by both sides."""
    row = _transfer(request, pk)
    return render(
        request, "branches/transfer_print.html", {"transfer": row, "page": reports.transfer_page(row, request.user)}
    )


def _transfer(request, pk):
    rows = Transfer.objects.visible_to(request.user).select_related(
        "person__user", "person__organization", "from_organization", "to_organization", "requested_by", "decided_by",
        "undoes", "undoing",
    )  # fmt: skip
    return get_visible_or_404(rows, request.user, pk=pk)


@require_http_methods(["GET", "POST"])
@section("organizations")
def transfer_request(request, pk):
    """Ask another branch to take somebody over: find it, choose it, send."""
    person = _person(request, pk)
    require(can(request.user, "person.transfer", person))
    if running := Transfer.objects.visible_to(request.user).open().filter(person=person).first():
        messages.info(request, f"{person.name}的转接已经提出，正等对方接收。要转到别处，先撤回这一次。")
        return redirect(running)
    text = request.GET.get("q", "").strip()[:60]
    found = reports.find_branches(person, text)
    form = forms.TransferRequestForm(person, found, request.POST or None)
    if form.is_valid():
        row = actions.request_transfer(person, by=request.user, **form.cleaned_data)
        messages.success(
            request,
            f"已请{row.to_organization}接收{person.name}。对方接收以前，{person.name}仍在{person.organization}。",
        )
        return redirect(row)
    context = {
        "person": person,
        "form": form,
        "found": found,
        "text": text,
        "offices": reports.offices_at(person, person.organization),
    }
    return render(request, "branches/transfer_request.html", context, status=422 if form.is_bound else 200)


@require_http_methods(["GET", "POST"])
@section("organizations")
def person_leave(request, pk):
    """Register that somebody left the university's register."""
    person = _person(request, pk)
    require(can(request.user, "person.release", person))
    form = forms.LeaveForm(person, request.user, request.POST or None)
    if form.is_valid():
        row = actions.release_person(person, by=request.user, **form.cleaned_data)
        messages.success(
            request, f"已登记：{person.name}，{row.get_kind_display()}，{row.moved_on} 起。登记有误可在本页撤销。"
        )
        return redirect(row)
    context = {"person": person, "form": form, "offices": reports.offices_at(person)}
    return render(request, "branches/person_leave.html", context, status=422 if form.is_bound else 200)


@require_http_methods(["GET", "POST"])
@section("organizations")
def person_admit(request, pk):
    """Take somebody from outside into a branch's register."""
    organization = _organization(request, pk)
    require(can(request.user, "organization.admit", organization))
    form = forms.AdmitForm(organization, request.user, request.POST or None)
    if form.is_valid() and not form.alike:
        row = actions.admit_person(organization, by=request.user, **form.values)
        messages.success(
            request, f"{row.person.name}已转入{organization}，{row.moved_on} 起在册。登记有误可在本页撤销。"
        )
        return redirect(row)
    context = {"organization": organization, "form": form}
    return render(request, "branches/person_admit.html", context, status=422 if form.is_bound else 200)


@require_http_methods(["GET", "POST"])
@section("organizations")
def graduates(request, pk):
    """毕业转出: tick the students, say where to, look at it once more, and let them go together."""
    organization = _organization(request, pk)
    require(can(request.user, "organization.graduate", organization))
    form = forms.GraduatesForm(organization, request.user, request.POST or None, most=MOST_GRADUATES)
    if not form.is_valid() or "back" in request.POST:
        return graduates_page(request, organization, form)
    if "confirmed" not in request.POST:
        return render(request, "branches/graduates_confirm.html", _confirmation(organization, form))
    rows = actions.release_graduates(
        form.places, by=request.user, left_on=form.cleaned_data["left_on"], note=form.cleaned_data["note"]
    )
    messages.success(request, f"已办理 {len(rows)} 人毕业转出。个别登记有误的，点开那一条撤销。")
    return redirect(f"{reverse('transfers')}?view=settled&kind=GRADUATED")


def graduates_page(request, organization, form):
    """The list to tick; what was ticked and typed stands."""
    chosen = forms.StudentFilter(request.GET, queryset=form.students, request=request, within=organization)
    students = list(chosen.qs[:MOST_GRADUATES])
    ticked = {person.pk for person in form.chosen}
    context = {
        "organization": organization,
        "form": form,
        "filter": chosen,
        "lines": [(one, one.pk in ticked, form.place_of(one)) for one in students],
        "total": chosen.qs.count(),
        "most": MOST_GRADUATES,
    }
    return render(request, "branches/graduates.html", context, status=422 if form.errors else 200)


def _confirmation(organization, form):
    offices = reports.officers_among([person.pk for person in form.chosen])
    lines = [
        (person, place, offices.get(person.pk, ""), form.place_of(person)) for person, place in form.places.items()
    ]
    return {"organization": organization, "form": form, "lines": lines, "officers": len(offices)}


def _person(request, pk):
    return get_visible_or_404(
        Person.objects.visible_to(request.user).select_related("organization"), request.user, pk=pk
    )


def _organization(request, pk):
    rows = Organization.objects.visible_to(request.user).select_related("parent")
    return get_visible_or_404(rows, request.user, pk=pk)
