"""Other people's accounts, for who keeps the register: the list, one account, and what is done with them."""

from django.conf import settings
from django.contrib import messages
from django.http import Http404
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from branches import actions, workbook
from branches.access import get_visible_or_404, section
from branches.forms.accounts import AccountFilter, DisableForm
from branches.reports.accounts import (
    account_history,
    account_lines,
    in_need_of_code,
    latest_code_id,
    number_in_need,
    register_of_accounts,
)
from core.pages import page_of, site_address, too_many, workbook_response
from core.workbooks import note_of


def _chosen(request) -> AccountFilter:
    return AccountFilter(request.GET, queryset=register_of_accounts(request.user), request=request)


@require_GET
@section("organizations")
def accounts(request):
    """Who of the user's part has an account, in which state it is, and who is still without."""
    chosen = _chosen(request)
    page = page_of(request, chosen.qs)
    context = {
        "filter": chosen,
        "page": page,
        "lines": account_lines(page.object_list, request.user),
        "in_need": number_in_need(chosen.qs, request.user, actions.MOST_AT_ONCE),
        "at_once": actions.MOST_AT_ONCE,
    }
    return render(request, "branches/accounts.html", context)


@require_GET
@section("organizations")
def accounts_export(request):
    """The workbook of what the same address shows in pages."""
    chosen = _chosen(request)
    if back := too_many(request, chosen.qs.count(), reverse("accounts"), "人"):
        return back
    lines = account_lines(chosen.qs, request.user)
    actions.log_export("accounts", by=request.user, count=len(lines), filters=chosen.words)
    return workbook_response(workbook.accounts_book(lines, note_of(chosen.words, len(lines))), "账号名单")


@require_POST
@section("organizations")
def accounts_open(request):
    """Accounts and codes for everybody in the filtered list who has none; the slips are shown this once."""
    slips = actions.open_accounts(in_need_of_code(_chosen(request).qs, request.user), by=request.user)
    if not slips:
        messages.warning(request, "没有需要发激活码的人：要么已经激活，要么手里的激活码还有效。")
        return redirect("accounts")
    return _slips(request, slips)


@require_GET
@section("organizations")
def account(request, pk):
    """One person's account: its state, what can be done, what was done."""
    return account_page(request, _person(request, pk), DisableForm())


def account_page(request, person, form, status=200):
    context = {
        "person": person,
        "line": account_lines([person], request.user)[0],
        "history": account_history(person.user) if person.user else [],
        "seen": latest_code_id(person.user),
        "days": settings.ACTIVATION_DAYS,
        "is_own": person.user_id == request.user.pk,
        "form": form,
    }
    return render(request, "branches/account.html", context, status=status)


@require_POST
@section("organizations")
def account_open(request, pk):
    person = _person(request, pk)
    return _slips(request, [(person, actions.open_account(person, by=request.user))])


@require_POST
@section("organizations")
def account_hand_out(request, pk):
    """A new code, for the first time or because the password is forgotten."""
    person = _holder(request, pk)
    seen = request.POST.get("seen", "")
    code = actions.hand_out_code(person.user, by=request.user, seen=int(seen) if seen.isdecimal() else None)
    return _slips(request, [(person, code)])


@require_POST
@section("organizations")
def account_disable(request, pk):
    person, form = _holder(request, pk), DisableForm(request.POST)
    if not form.is_valid():
        return account_page(request, person, form, status=422)
    actions.disable_account(person.user, by=request.user, reason=form.cleaned_data["reason"])
    return _done(request, person, "账号已停用，已登录的设备也已退出。")


@require_POST
@section("organizations")
def account_enable(request, pk):
    person = _holder(request, pk)
    actions.enable_account(person.user, by=request.user)
    return _done(request, person, "账号已恢复，本人可以用原来的密码登录。")


@require_POST
@section("organizations")
def account_unlock(request, pk):
    person = _holder(request, pk)
    actions.unlock_account(person.user, by=request.user)
    return _done(request, person, "已解除锁定，本人现在就可以登录。")


@require_POST
@section("organizations")
def account_end_sessions(request, pk):
    person = _holder(request, pk)
    actions.end_sessions(person.user, by=request.user)
    return _done(request, person, "这个账号已在所有设备上退出登录，密码没有变。")


def _person(request, pk):
    return get_visible_or_404(register_of_accounts(request.user), request.user, pk=pk)


def _holder(request, pk):
    """The person, who must have an account."""
    person = _person(request, pk)
    if person.user is None:
        raise Http404("这个人还没有账号。")
    return person


def _done(request, person, words):
    messages.success(request, words)
    return redirect("account", pk=person.pk)


@never_cache
def _slips(request, slips):
    """The codes, on paper to be cut. There is no address at which they could be read a second time."""
    context = {"slips": slips, "address": site_address(request, reverse("activate")), "days": settings.ACTIVATION_DAYS}
    return render(request, "branches/account_slips.html", context)
