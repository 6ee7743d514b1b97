"""The two addresses of single sign-on, there only while it is configured."""

from django.urls import path

from branches.views import single_sign_on

urlpatterns = [
    path("", single_sign_on.sso_start, name="sso_start"),
    path("back/", single_sign_on.sso_back, name="sso_back"),
]
