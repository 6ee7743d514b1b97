"""Addresses of what was published."""

from django.urls import path

from activities.views import publicity

urlpatterns = [
    path("", publicity.publicity, name="publicity"),
    path("export/", publicity.publicity_export, name="publicity_export"),
    path("organizations/<int:pk>/add/", publicity.publicity_add, name="publicity_add"),
    path("<int:pk>/", publicity.publicity_item, name="publicity_item"),
    path("<int:pk>/save/", publicity.publicity_save, name="publicity_save"),
    path("<int:pk>/drop/", publicity.publicity_drop, name="publicity_drop"),
    path("<int:pk>/picture/", publicity.publicity_picture, name="publicity_picture"),
    path("<int:pk>/thumb/", publicity.publicity_thumb, name="publicity_thumb"),
]
