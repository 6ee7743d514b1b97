"""Logging in and out, activating, the password, the seat in which one works, and the phone's whole navigation."""

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import login as log_in
from django.contrib.auth import update_session_auth_hash, views
from django.contrib.auth.decorators import login_not_required
from django.http import Http404
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from branches import actions, activating
from branches.access import seats, section
from branches.forms.accounts import ActivationForm, LoginForm, PasswordForm
from branches.reports import DEMO_PASSWORD, demo_accounts
from core.sessions import begin, why_ended


class LoginView(views.LoginView):
    """Django's log-in with our words; a demonstration lists its accounts, a first log-in leads to the password."""

    template_name = "branches/login.html"
    authentication_form = LoginForm
    redirect_authenticated_user = True

    def get_context_data(self, **kwargs):
        demo = {"accounts": demo_accounts(), "demo_password": DEMO_PASSWORD} if settings.DEMO else {}
        doors = {"sso": settings.SINGLE_SIGN_ON, "sso_name": settings.SINGLE_SIGN_ON_NAME}
        ended = {
            "ended": why_ended(self.request),
            "idle_minutes": settings.SESSION_IDLE_SECONDS // 60,
            "session_hours": settings.SESSION_COOKIE_AGE // 3600,
        }
        return super().get_context_data(**kwargs) | demo | doors | ended

    def form_valid(self, form):
        answer = super().form_valid(form)
        begin(self.request, "password")
        actions.note_log_in(form.get_user(), way="密码")
        return answer

    def get_success_url(self):
        return reverse("password_change") if self.request.user.password_is_due else super().get_success_url()


login = LoginView.as_view()
logout = login_not_required(views.LogoutView.as_view())


@sensitive_post_parameters()
@require_http_methods(["GET", "POST"])
@section("me")
def password_change(request):
    """A new password of one's own; this session goes on, all others end."""
    form = PasswordForm(request.user, request.POST or None)
    if not form.is_valid():
        return render(request, "branches/password.html", {"form": form}, status=422 if form.errors else 200)
    user = actions.change_password(request.user, by=request.user, password=form.cleaned_data["new_password1"])
    update_session_auth_hash(request, user)
    messages.success(request, "密码已改好，下次请用新密码登录。其他设备上的登录已退出。")
    return redirect("workbench")


@login_not_required
@never_cache
@sensitive_post_parameters()
@require_http_methods(["GET", "POST"])
def activate(request):
    """The first page of a new account: number, code and an own password, then the workbench."""
    form = ActivationForm(request.POST or None, initial={"number": request.GET.get("number", "")[:40]})
    user = activating.try_code(request, form) if form.is_valid() else None
    if user is None:
        return render(request, "branches/activate.html", {"form": form}, status=422 if form.errors else 200)
    log_in(request, user, backend="branches.backends.RegisterBackend")
    begin(request, "password")
    messages.success(request, "账号已激活，密码已设好。以后用学工号和这个密码登录。")
    return redirect("workbench")


@require_POST
def office_choose(request, pk):
    """Work in another of one's own running offices from now on."""
    if pk not in [seat.id for seat in seats(request.user)]:
        raise Http404("没有这个职务，或已经卸任。")
    request.session["office"] = pk
    return redirect("workbench")


@require_GET
@section("more")
def more(request):
    """Everything that the phone's five tabs do not hold."""
    return render(request, "branches/more.html")
