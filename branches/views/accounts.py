"""Logging in and out, the password, the seat in which one works, and the phone's whole navigation."""

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import update_session_auth_hash, views
from django.contrib.auth.decorators import login_not_required
from django.http import Http404
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from branches import actions
from branches.access import seats, section
from branches.forms.accounts import LoginForm, PasswordForm
from branches.reports import DEMO_PASSWORD, demo_accounts


class LoginView(views.LoginView):
    """Django's log-in with our words; a demonstration lists its accounts, a first log-in leads to the password."""

    template_name = "branches/login.html"
    authentication_form = LoginForm
    redirect_authenticated_user = True

    def get_context_data(self, **kwargs):
        demo = {"accounts": demo_accounts(), "demo_password": DEMO_PASSWORD} if settings.DEMO else {}
        return super().get_context_data(**kwargs) | demo

    def get_success_url(self):
        return reverse("password_change") if self.request.user.must_change_password else super().get_success_url()


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
