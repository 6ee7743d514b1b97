"""Addresses of the dimensions of 三定一创."""

from django.urls import path

from activities.views import dimensions

urlpatterns = [
    path("", dimensions.dimensions, name="dimensions"),
    path("add/", dimensions.dimension_add, name="dimension_add"),
    path("<int:pk>/", dimensions.dimension, name="dimension"),
    path("<int:pk>/save/", dimensions.dimension_save, name="dimension_save"),
    path("<int:pk>/raise/", dimensions.dimension_raise, name="dimension_raise"),
    path("<int:pk>/end/", dimensions.dimension_end, name="dimension_end"),
    path("<int:pk>/resume/", dimensions.dimension_resume, name="dimension_resume"),
    path("<int:pk>/drop/", dimensions.dimension_drop, name="dimension_drop"),
]
