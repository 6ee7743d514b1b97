"""The site's addresses as they are while single sign-on is configured."""

from django.urls import include, path

from config import urls as site

urlpatterns = [*site.urlpatterns, path("sso/", include("branches.single_sign_on.urls"))]
handler400, handler403, handler404, handler500 = site.handler400, site.handler403, site.handler404, site.handler500
