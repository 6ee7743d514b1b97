"""Addresses of dues."""

from django.urls import include, path

from dues import views

urlpatterns = [
    path("", views.dues, name="dues"),
    path("bases/", include("dues.bases.urls")),
    path("export/", views.dues_export, name="dues_export"),
    path("day/<int:pk>/", views.dues_day, name="dues_day"),
    path("<int:pk>/", views.dues_month, name="dues_month"),
    path("<int:pk>/verify/", views.dues_verify, name="dues_verify"),
    path("<int:pk>/fill/", views.dues_fill, name="dues_fill"),
    path("<int:pk>/sheet/", views.dues_sheet, name="dues_sheet"),
    path("<int:pk>/export/", views.dues_month_export, name="dues_month_export"),
    path("charges/<int:pk>/pay/", views.dues_pay, name="dues_pay"),
    path("entries/<int:pk>/reverse/", views.dues_reverse, name="dues_reverse"),
]
