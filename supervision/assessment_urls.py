"""Addresses of the assessments, the scheme and the reminder button."""

from django.urls import path

from supervision.views import assessments, schemes, urging

urlpatterns = [
    path("", assessments.assessments, name="assessments"),
    path("scheme/", schemes.scheme, name="scheme"),
    path("scheme/<int:pk>/", schemes.scheme_edit, name="scheme_edit"),
    path("urge/<slug:kind>/<month:month>/<int:pk>/", urging.urge, name="urge"),
    path("urge/<slug:kind>/<month:month>/", urging.urge_chosen, name="urge_chosen"),
    path("<month:month>/", assessments.assessment, name="assessment"),
    path("<month:month>/compute/", assessments.assessment_compute, name="assessment_compute"),
    path("<month:month>/publish/", assessments.assessment_publish, name="assessment_publish"),
    path("<month:month>/report/", assessments.assessment_report, name="assessment_report"),
    path("<month:month>/progress/", assessments.assessment_progress, name="assessment_progress"),
    path("<month:month>/download/<int:pk>/", assessments.assessment_download, name="assessment_download"),
    path("<month:month>/<int:pk>/<slug:code>/", assessments.assessment_evidence, name="assessment_evidence"),
]
