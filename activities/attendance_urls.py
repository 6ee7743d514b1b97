"""Addresses of a day's attendance: the roster, guests, leave, check-in, make-up sessions."""

from django.urls import path

from activities.views import attendance, check_ins, guests, leaves, make_ups

urlpatterns = [
    path("<int:pk>/attendance/", attendance.day_attendance, name="day_attendance"),
    path("attendance/<int:pk>/mark/", attendance.attendance_mark, name="attendance_mark"),
    path("attendance/<int:pk>/correct/", attendance.attendance_correct, name="attendance_correct"),
    path("<int:pk>/guests/invite/", guests.guest_invite, name="guest_invite"),
    path("guests/<int:pk>/dismiss/", guests.guest_dismiss, name="guest_dismiss"),
    path("leaves/ask/", leaves.leave_ask, name="leave_ask"),
    path("leaves/<int:pk>/withdraw/", leaves.leave_withdraw, name="leave_withdraw"),
    path("<int:pk>/leaves/", leaves.day_leaves, name="day_leaves"),
    path("<int:pk>/leaves/enter/", leaves.leave_enter, name="leave_enter"),
    path("<int:pk>/check-in/", check_ins.day_check_in_code, name="day_check_in_code"),
    path("<int:pk>/check-in/<str:code>/", check_ins.check_in, name="check_in"),
    path("<int:pk>/make-ups/add/", make_ups.make_up_add, name="make_up_add"),
    path("make-ups/<int:pk>/", make_ups.make_up_edit, name="make_up_edit"),
    path("make-ups/<int:pk>/drop/", make_ups.make_up_drop, name="make_up_drop"),
    path("make-ups/<int:pk>/files/<int:file>/", make_ups.make_up_file, name="make_up_file"),
]
