"""Every address of the site: each app keeps its own."""

from django.conf import settings
from django.urls import include, path, register_converter

from core.periods import MonthConverter

register_converter(MonthConverter, "month")

urlpatterns = [
    path("", include("supervision.urls")),
    path("plans/", include("activities.plan_urls")),
    path("guides/", include("activities.guide_urls")),
    path("days/education/", include("activities.education_urls")),
    path("days/publicity/", include("activities.publicity_urls")),
    path("days/cadres/", include("activities.cadre_urls")),
    path("days/", include("activities.day_urls")),
    path("days/", include("activities.file_urls")),
    path("days/", include("activities.attendance_urls")),
    path("days/", include("activities.day_paper_urls")),
    path("handbook/", include("activities.handbook_urls")),
    path("calendar-feed/", include("activities.feed_urls")),
    path("rules/dimensions/", include("activities.dimension_urls")),
    path("rules/", include("activities.policy_urls")),
    path("service/", include("activities.service_urls")),
    path("dues/", include("dues.urls")),
    path("meetings/", include("meetings.urls")),
    path("", include("branches.urls")),  # at the end: it is one long list, which every other address would go through
]
if settings.SINGLE_SIGN_ON:  # type: ignore[misc] # the plugin does not see annotated settings here
    urlpatterns += [path("sso/", include("branches.single_sign_on.urls"))]

handler403 = "core.pages.forbidden"
handler404 = "core.pages.not_found"
handler500 = "core.pages.server_error"
handler400 = "core.pages.bad_request"
