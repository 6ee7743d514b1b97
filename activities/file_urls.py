"""Addresses of a day's photos and documents, and of what else the record asks for."""

from django.urls import path

from activities.views import day_files, records

urlpatterns = [
    path("<int:pk>/files/<int:file>/", day_files.day_file, name="day_file"),
    path("<int:pk>/files/<int:file>/thumb/", day_files.day_file_thumb, name="day_file_thumb"),
    path("<int:pk>/files/<int:file>/drop/", day_files.day_file_drop, name="day_file_drop"),
    path("<int:pk>/files/<int:file>/move/", day_files.day_file_move, name="day_file_move"),
    path("<int:pk>/record/autosave/", records.day_autosave, name="day_autosave"),
    path("<int:pk>/record/return/", records.day_return, name="day_return"),
]
