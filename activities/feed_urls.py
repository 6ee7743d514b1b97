"""The address at which calendars read: no log-in, the token is the key."""

from django.urls import path

from activities.views import calendar

urlpatterns = [path("<str:token>.ics", calendar.calendar_feed, name="calendar_feed")]
