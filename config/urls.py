"""Every address of the site: each app keeps its own."""

from django.conf import settings
from django.urls import include, path, register_converter

from core.periods import MonthConverter

register_converter(MonthConverter, "month")

urlpatterns = [
    path("", include("supervision.urls")),
    path("", include("branches.urls")),
    path("plans/", include("activities.plan_urls")),
    path("days/", include("activities.day_urls")),
    path("dues/", include("dues.urls")),
    path("meetings/", include("meetings.urls")),
]
if settings.SINGLE_SIGN_ON:  # type: ignore[misc] # the plugin does not see annotated settings here
    urlpatterns += [path("sso/", include("branches.single_sign_on.urls"))]

handler403 = "core.pages.forbidden"
handler404 = "core.pages.not_found"
handler500 = "core.pages.server_error"
handler400 = "core.pages.bad_request"
