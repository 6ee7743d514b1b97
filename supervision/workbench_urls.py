"""Addresses of the workbench and the search."""

from django.urls import path

from supervision.views import workbench

urlpatterns = [
    path("", workbench.workbench, name="workbench"),
    path("search/", workbench.search, name="search"),
]
