"""Addresses of 为民服务: the board of wishes, pairings, pledges, figures."""

from django.urls import path

from activities.views import pairings, pledges, service, wishes

urlpatterns = [
    path("", wishes.service, name="service"),
    path("export/", wishes.service_export, name="service_export"),
    path("wishes/of/<int:pk>/new/", wishes.wish_post, name="wish_post"),
    path("wishes/<int:pk>/", wishes.wish, name="wish"),
    path("wishes/<int:pk>/claim/", wishes.wish_claim, name="wish_claim"),
    path("wishes/<int:pk>/give-back/", wishes.wish_give_back, name="wish_give_back"),
    path("wishes/<int:pk>/finish/", wishes.wish_finish, name="wish_finish"),
    path("wishes/<int:pk>/confirm/", wishes.wish_confirm, name="wish_confirm"),
    path("wishes/<int:pk>/send-back/", wishes.wish_send_back, name="wish_send_back"),
    path("wishes/<int:pk>/withdraw/", wishes.wish_withdraw, name="wish_withdraw"),
    path("pairings/", pairings.pairings, name="pairings"),
    path("pairings/export/", pairings.pairings_export, name="pairings_export"),
    path("pairings/of/<int:pk>/new/", pairings.pairing_begin, name="pairing_begin"),
    path("pairings/<int:pk>/", pairings.pairing, name="pairing"),
    path("pairings/<int:pk>/visit/", pairings.pairing_visit, name="pairing_visit"),
    path("pairings/<int:pk>/end/", pairings.pairing_end, name="pairing_end"),
    path("visits/", pairings.visits, name="visits"),
    path("visits/export/", pairings.visits_export, name="visits_export"),
    path("visits/<int:pk>/drop/", pairings.visit_drop, name="visit_drop"),
    path("pledges/", pledges.pledges, name="pledges"),
    path("pledges/export/", pledges.pledges_export, name="pledges_export"),
    path("pledges/check/", pledges.pledges_check, name="pledges_check"),
    path("pledges/<int:pk>/", pledges.pledge, name="pledge"),
    path("pledges/<int:pk>/check/", pledges.pledge_check, name="pledge_check"),
    path("pledges/of/<int:pk>/<int:year>/", pledges.pledge_write, name="pledge_write"),
    path("figures/", service.service_figures, name="service_figures"),
    path("figures/export/", service.service_figures_export, name="service_figures_export"),
    path("items/", service.service_items, name="service_items"),
    path("items/export/", service.service_items_export, name="service_items_export"),
]
