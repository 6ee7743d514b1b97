"""Addresses of the months' guides."""

from django.urls import path

from activities.views import guides

urlpatterns = [
    path("", guides.guides, name="guides"),
    path("<int:pk>/", guides.guide, name="guide"),
    path("<int:pk>/print/", guides.guide_print, name="guide_print"),
    path("<int:pk>/withdraw/", guides.guide_withdraw, name="guide_withdraw"),
    path("<int:pk>/drop/", guides.guide_drop, name="guide_drop"),
    path("<int:pk>/files/<int:file>/", guides.guide_file, name="guide_file"),
    path("<int:organization>/<month:month>/", guides.guide_edit, name="guide_edit"),
    path("<int:organization>/<month:month>/save/", guides.guide_save, name="guide_save"),
    path("<int:organization>/<month:month>/issue/", guides.guide_issue, name="guide_issue"),
    path("<int:organization>/<month:month>/correct/", guides.guide_correct, name="guide_correct"),
]
