"""Addresses of dues."""

from django.urls import include, path

from dues import views

urlpatterns = [
    path("", views.dues, name="dues"),
    path("rates/", include("dues.policy_urls")),
    path("bases/", include("dues.bases.urls")),
    path("export/", views.dues_export, name="dues_export"),
    path("day/<int:pk>/", views.dues_day, name="dues_day"),
    path("<int:pk>/", views.dues_month, name="dues_month"),
    path("<int:pk>/verify/", views.dues_verify, name="dues_verify"),
    path("<int:pk>/fill/", views.dues_fill, name="dues_fill"),
    path("<int:pk>/sheet/", views.dues_sheet, name="dues_sheet"),
    path("<int:pk>/export/", views.dues_month_export, name="dues_month_export"),
    path("<int:pk>/submit/", views.dues_submit, name="dues_submit"),
    path("<int:pk>/withdraw/", views.dues_withdraw, name="dues_withdraw"),
    path("<int:pk>/return/", views.dues_return, name="dues_return"),
    path("waiting/", views.dues_waiting, name="dues_waiting"),
    path("waiting/forward/", views.dues_forward, name="dues_forward"),
    path("waiting/settle/", views.dues_settle, name="dues_settle"),
    path("charges/<int:pk>/pay/", views.dues_pay, name="dues_pay"),
    path("entries/<int:pk>/reverse/", views.dues_reverse, name="dues_reverse"),
    path("arrears/", views.dues_arrears, name="dues_arrears"),
    path("arrears/export/", views.dues_arrears_export, name="dues_arrears_export"),
    path("arrears/<int:pk>/", views.dues_owing, name="dues_owing"),
    path("arrears/<int:pk>/pay/", views.dues_pay_together, name="dues_pay_together"),
    path("mine/", views.dues_mine, name="dues_mine"),
    path("reversals/", views.dues_reversals, name="dues_reversals"),
    path("reversals/<int:pk>/", views.dues_reversal, name="dues_reversal"),
    path("receipts/", views.dues_receipts, name="dues_receipts"),
    path("receipts/export/", views.dues_receipts_export, name="dues_receipts_export"),
    path("receipts/<int:pk>/", views.dues_receipt, name="dues_receipt"),
]
