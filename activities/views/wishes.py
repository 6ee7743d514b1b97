"""微心愿: the board, one wish with its acts, posting one."""

from django.contrib import messages
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from activities.actions import wishes as actions
from activities.forms.service import BackForm, ConfirmForm, FinishForm, SendBackForm, WishForm
from activities.forms.service_filters import WishFilter
from activities.models import Wish
from activities.models.wishes import takes_for
from activities.reports import numbers
from activities.rules import service as rules
from activities.service import acts_of
from activities.service_lists import WISHES
from activities.views.service import list_page
from branches import access
from branches.access import can, for_officers, get_visible_or_404, section
from branches.actions import log_export
from branches.models import Organization
from core.audit import history_of
from core.pages import too_many, workbook_response
from core.workbooks import note_of
from core.workflow import require


@require_GET
@section("service")
def service(request):
    """The board: what waits for somebody, what I took on, what we posted; for members too."""
    return list_page(
        request, WISHES, _chosen(request), tab="wishes", export="service_export", posters=_posting(request),
        template="activities/service.html",
    )  # fmt: skip


@require_GET
@section("service")
@for_officers
def service_export(request):
    """The workbook of all rows that the same address shows in pages; who asked is in neither."""
    chosen = _chosen(request)
    if back := too_many(request, chosen.qs.count(), reverse("service")):
        return back
    rows = list(chosen.qs)
    log_export("wishes", by=request.user, count=len(rows), filters=chosen.words)
    return workbook_response(WISHES.book(rows, note_of(chosen.words, len(rows))), WISHES.name)


def _chosen(request):
    rows = Wish.objects.visible_to(request.user)
    rows = rows.select_related("organization", "claimant", "claiming_branch")
    return WishFilter(request.GET, queryset=rows, request=request)


def _posting(request):
    """The seats from which the user posts wishes."""
    return [seat for seat in access.seats(request.user) if takes_for(seat)]


@require_http_methods(["GET", "POST"])
@section("service")
def wish_post(request, pk):
    """Put up a wish in the name of a branch; ``?like=`` names one of its own that was taken back, to be put right."""
    organization = get_visible_or_404(Organization, request.user, pk=pk)
    require(can(request.user, "wish.post", organization))
    taken_back = Wish.objects.visible_to(request.user).filter(organization=organization, status=Wish.Status.WITHDRAWN)
    like = taken_back.filter(pk__in=numbers(request.GET.get("like", ""))).first()
    form = WishForm(organization, request.POST or None, like=like)
    if not form.is_valid():
        context = {"organization": organization, "form": form}
        return render(request, "activities/wish_post.html", context, status=422 if form.is_bound else 200)
    wish = actions.post_wish(organization, by=request.user, **form.cleaned_data)
    messages.success(request, f"心愿已发布，{wish.open_to}的同志现在可以认领。")
    return redirect(wish)


@require_GET
@section("service")
def wish(request, pk):
    """One wish: what is wished, where it is on its road, and what the user may do."""
    return wish_page(request, _wish(request, pk))


def wish_page(request, row, status=200, **forms):
    """Its page; a form that was refused stands as it was typed. Who asked, only for who may know."""
    user, knows = request.user, rules.knows_asker(request.user, row)
    context = {
        "wish": row, "knows": knows, "may": acts_of(user, row), "history": history_of(row) if knows else [],
        "takers": [seat for seat in _posting(request) if row.open_to_id in seat.lineage],
        "back_form": forms.get("back") or BackForm(auto_id="back_%s"),
        "send_back_form": forms.get("send_back") or SendBackForm(auto_id="send_back_%s"),
        "confirm_form": forms.get("confirm") or _confirm_form(request, row),
        "finish_form": forms.get("finish") or FinishForm(row),
    }  # fmt: skip
    return render(request, "activities/wish.html", context, status=status)


@require_POST
@section("service")
def wish_claim(request, pk):
    """认领: for oneself, or in the name of the branch that the button names."""
    row, branch = _wish(request, pk), None
    if number := request.POST.get("branch", ""):
        branch = get_visible_or_404(Organization, request.user, pk__in=numbers(number))
    row = actions.claim_wish(row, by=request.user, branch=branch)
    messages.success(request, "认领好了。提出人的联系方式在下面，办好后回到这一页登记。")
    return redirect(row)


@require_POST
@section("service")
def wish_give_back(request, pk):
    row = _wish(request, pk)
    form = BackForm(request.POST, auto_id="back_%s")
    if not form.is_valid():
        require(can(request.user, "wish.give_back", row))
        return wish_page(request, row, back=form, status=422)
    actions.give_back_wish(row, by=request.user, **form.cleaned_data)
    messages.success(request, "已退回，别的同志可以认领；发布的支部收到了通知。")
    return redirect("service")


@require_POST
@section("service")
def wish_finish(request, pk):
    row = _wish(request, pk)
    form = FinishForm(row, request.POST)
    if not form.is_valid():
        require(can(request.user, "wish.finish", row))
        return wish_page(request, row, finish=form, status=422)
    actions.finish_wish(row, by=request.user, **form.cleaned_data)
    messages.success(request, "已登记办好，请提出人（或发布的支部）确认；确认后会告诉您。")
    return redirect(row)


@require_POST
@section("service")
def wish_confirm(request, pk):
    row = _wish(request, pk)
    form = _confirm_form(request, row, request.POST)
    if not form.is_valid():
        require(can(request.user, "wish.confirm", row))
        return wish_page(request, row, confirm=form, status=422)
    actions.confirm_wish(row, by=request.user, **form.cleaned_data)
    messages.success(request, "已确认实现，认领的同志收到了通知。")
    return redirect(row)


@require_POST
@section("service")
def wish_send_back(request, pk):
    row = _wish(request, pk)
    form = SendBackForm(request.POST, auto_id="send_back_%s")
    if not form.is_valid():
        require(can(request.user, "wish.send_back", row))
        return wish_page(request, row, send_back=form, status=422)
    actions.send_back_wish(row, by=request.user, **form.cleaned_data)
    messages.success(request, "已告诉认领的同志还没办好。")
    return redirect(row)


@require_POST
@section("service")
def wish_withdraw(request, pk):
    row = actions.withdraw_wish(_wish(request, pk), by=request.user)
    messages.success(request, "已撤回，不再请人认领。写错了的，可以改一改再发布。")
    return redirect(row)


def _confirm_form(request, row, data=None):
    by_asker = row.asker is not None and row.asker.user_id == request.user.pk
    return ConfirmForm(row, data, by_asker=by_asker, auto_id="confirm_%s")


def _wish(request, pk):
    return get_visible_or_404(Wish.objects.visible_to(request.user).in_full(), request.user, pk=pk)
