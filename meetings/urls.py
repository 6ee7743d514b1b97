"""Addresses of 三会一课."""

from django.urls import path

from meetings import views

urlpatterns = [
    path("", views.meetings, name="meetings"),
    path("export/", views.meetings_export, name="meetings_export"),
    path("coverage/", views.meeting_coverage, name="meeting_coverage"),
    path("items/<int:pk>/", views.meeting_of_item, name="meeting_of_item"),
    path("items/<int:pk>/open/", views.meeting_open, name="meeting_open"),
    path("<int:pk>/", views.meeting, name="meeting"),
    path("<int:pk>/save/", views.meeting_save, name="meeting_save"),
    path("<int:pk>/confirm/", views.meeting_confirm, name="meeting_confirm"),
    path("<int:pk>/correct/", views.meeting_correct, name="meeting_correct"),
    path("<int:pk>/drop/", views.meeting_drop, name="meeting_drop"),
    path("<int:pk>/print/", views.meeting_print, name="meeting_print"),
]
