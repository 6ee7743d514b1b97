"""Addresses of 集中教育: what took place, and how long each member was there."""

from django.urls import path

from activities.views import education

urlpatterns = [
    path("", education.education, name="education"),
    path("<int:organization>/<int:year>/", education.education_year, name="education_year"),
    path("<int:organization>/<int:year>/export/", education.education_year_export, name="education_year_export"),
    path("<int:organization>/<int:year>/people/", education.education_people, name="education_people"),
    path(
        "<int:organization>/<int:year>/people/export/",
        education.education_people_export,
        name="education_people_export",
    ),
    path("people/<int:person>/<int:year>/", education.education_person, name="education_person"),
    path("own-kinds/<int:organization>/", education.own_kinds, name="own_kinds"),
]
