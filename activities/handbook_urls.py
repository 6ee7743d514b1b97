"""Addresses of a branch's handbook."""

from django.urls import path

from activities.views import handbook

urlpatterns = [
    path("", handbook.handbook_home, name="handbook_home"),
    path("<int:organization>/<int:year>/", handbook.handbook, name="handbook"),
    path("<int:organization>/<int:year>/print/", handbook.handbook_print, name="handbook_print"),
    path("<int:organization>/<int:year>/document/", handbook.handbook_document, name="handbook_document"),
]
