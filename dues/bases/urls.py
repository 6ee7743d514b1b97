"""Addresses of bases."""

from django.urls import path

from dues.bases import views

urlpatterns = [
    path("", views.bases, name="bases"),
    path("export/", views.bases_export, name="bases_export"),
    path("<int:pk>/", views.base_history, name="base_history"),
    path("<int:pk>/set/", views.base_set, name="base_set"),
    path("year/<int:pk>/<int:year>/", views.bases_year, name="bases_year"),
    path("items/", views.pay_items, name="pay_items"),
    path("items/<int:pk>/drop/", views.pay_items_drop, name="pay_items_drop"),
    path("import/", views.bases_import, name="bases_import"),
    path("import/template/", views.bases_template, name="bases_template"),
    path("import/upload/", views.bases_upload, name="bases_upload"),
]
