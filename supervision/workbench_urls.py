"""Addresses of the workbench and the search."""

from django.urls import path

from supervision.views import search, workbench

urlpatterns = [
    path("", workbench.workbench, name="workbench"),
    path("year/", workbench.year_so_far, name="year_so_far"),
    path("search/", search.search, name="search"),
]
