"""Addresses of the activity day on paper."""

from django.urls import path

from activities.views import day_paper

urlpatterns = [
    path("print/", day_paper.days_print, name="days_print"),
    path("document/", day_paper.days_document, name="days_document"),
    path("<int:pk>/record/print/", day_paper.day_record_print, name="day_record_print"),
    path("<int:pk>/record/document/", day_paper.day_record_document, name="day_record_document"),
    path("<int:pk>/sign-in/", day_paper.day_sign_in, name="day_sign_in"),
    path("<int:pk>/sign-in/document/", day_paper.day_sign_in_document, name="day_sign_in_document"),
]
