"""Addresses of the register and of the account."""

from django.urls import path

from branches.views import accounts, inbox, organizations, people

urlpatterns = [
    path("login/", accounts.login, name="login"),
    path("logout/", accounts.logout, name="logout"),
    path("password/", accounts.password_change, name="password_change"),
    path("office/<int:pk>/", accounts.office_choose, name="office_choose"),
    path("more/", accounts.more, name="more"),
    path("me/", people.me, name="me"),
    path("inbox/", inbox.inbox, name="inbox"),
    path("inbox/read-all/", inbox.inbox_read_all, name="inbox_read_all"),
    path("inbox/<int:pk>/", inbox.notice, name="notice"),
    path("organizations/", organizations.organizations, name="organizations"),
    path("organizations/export/", organizations.organizations_export, name="organizations_export"),
    path("organizations/<int:pk>/", organizations.organization, name="organization"),
    path("people/", people.people, name="people"),
    path("people/export/", people.people_export, name="people_export"),
    path("people/export-phones/", people.people_export_phones, name="people_export_phones"),
    path("people/<int:pk>/", people.person, name="person"),
]
