"""Addresses of the activity day."""

from django.urls import path

from activities.views import calendar, days, dimensions, records

urlpatterns = [
    path("", days.days, name="days"),
    path("export/", days.days_export, name="days_export"),
    path("calendar/", calendar.days_calendar, name="days_calendar"),
    path("calendar/organizations/<int:pk>/open/", calendar.feed_open, name="feed_open"),
    path("calendar/feeds/<int:pk>/renew/", calendar.feed_renew, name="feed_renew"),
    path("calendar/feeds/<int:pk>/revoke/", calendar.feed_revoke, name="feed_revoke"),
    path("<int:pk>/", days.day, name="day"),
    path("<int:pk>/hold/", days.day_hold, name="day_hold"),
    path("<int:pk>/skip/", days.day_skip, name="day_skip"),
    path("<int:pk>/resume/", days.day_resume, name="day_resume"),
    path("<int:pk>/record/", records.day_record, name="day_record"),
    path("<int:pk>/record/save/", records.day_save, name="day_save"),
    path("<int:pk>/record/items/", records.day_item_add, name="day_item_add"),
    path("<int:pk>/record/items/<int:item>/drop/", records.day_item_drop, name="day_item_drop"),
    path("<int:pk>/record/submit/", records.day_submit, name="day_submit"),
    path("<int:pk>/record/reopen/", records.day_reopen, name="day_reopen"),
    path("<int:pk>/record/marks/", dimensions.marks_save, name="marks_save"),
]
