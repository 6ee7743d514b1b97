"""Logging in through the campus: out to its server, and back with a number that the register must know."""

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import login as log_in
from django.contrib.auth.decorators import login_not_required
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from branches import actions
from branches.single_sign_on import Refused, door
from core.pages import site_address
from core.sessions import begin

NEXT = "sso_next"
UNKNOWN = "您的身份已经确认，但这个学工号不在名册里，或者账号已停用。请联系所在党支部的组织委员或党委组织部。"


@login_not_required
@never_cache
@require_GET
def sso_start(request):
    wanted = request.GET.get("next", "")
    ours = url_has_allowed_host_and_scheme(wanted, {request.get_host()}, require_https=request.is_secure())
    request.session[NEXT] = wanted if ours else ""
    return door().start(request, _way_back(request))


@login_not_required
@never_cache
@require_GET
def sso_back(request):
    """Only people in the register get in: nothing that the other server says makes a new one."""
    try:
        number = door().identify(request, _way_back(request))
    except Refused as refusal:
        messages.error(request, str(refusal))
        return redirect("login")
    user = actions.account_of(number)
    if user is None:
        messages.error(request, UNKNOWN)
        return redirect("login")
    wanted = request.session.pop(NEXT, "")
    log_in(request, user, backend="branches.backends.RegisterBackend")
    begin(request, settings.SINGLE_SIGN_ON)
    actions.note_log_in(user, way=settings.SINGLE_SIGN_ON_NAME)
    return redirect(wanted or "workbench")


def _way_back(request):
    return site_address(request, reverse("sso_back"))
