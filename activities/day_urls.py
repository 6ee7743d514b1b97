"""Addresses of the activity day."""

from django.urls import path

from activities.views import days

urlpatterns = [
    path("", days.days, name="days"),
    path("export/", days.days_export, name="days_export"),
    path("<int:pk>/", days.day, name="day"),
    path("<int:pk>/hold/", days.day_hold, name="day_hold"),
    path("<int:pk>/skip/", days.day_skip, name="day_skip"),
    path("<int:pk>/resume/", days.day_resume, name="day_resume"),
    path("<int:pk>/attendance/", days.day_attendance, name="day_attendance"),
    path("attendance/<int:pk>/mark/", days.attendance_mark, name="attendance_mark"),
    path("<int:pk>/guests/invite/", days.guest_invite, name="guest_invite"),
    path("guests/<int:pk>/dismiss/", days.guest_dismiss, name="guest_dismiss"),
    path("<int:pk>/record/", days.day_record, name="day_record"),
    path("<int:pk>/record/save/", days.day_save, name="day_save"),
    path("<int:pk>/record/items/", days.day_item_add, name="day_item_add"),
    path("<int:pk>/record/items/<int:item>/drop/", days.day_item_drop, name="day_item_drop"),
    path("<int:pk>/record/submit/", days.day_submit, name="day_submit"),
    path("<int:pk>/record/reopen/", days.day_reopen, name="day_reopen"),
]
