"""Addresses of the register and of the account."""

from django.urls import path

from branches.views import accounts, exclusions, inbox, organizations, people, persons, standings
from branches.views import accounts, groups, inbox, organizations, people

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
    path("organizations/<int:pk>/below/", organizations.organization_below, name="organization_below"),
    path("organizations/<int:pk>/found/", organizations.organization_found, name="organization_found"),
    path("organizations/<int:pk>/rename/", organizations.organization_rename, name="organization_rename"),
    path("organizations/<int:pk>/move/", organizations.organization_move, name="organization_move"),
    path("organizations/<int:pk>/close/", organizations.organization_close, name="organization_close"),
    path("organizations/<int:pk>/reopen/", organizations.organization_reopen, name="organization_reopen"),
    path("organizations/<int:pk>/groups/", groups.groups, name="groups"),
    path("organizations/<int:pk>/groups/found/", groups.group_found, name="group_found"),
    path("organizations/<int:pk>/groups/arrange/", groups.groups_arrange, name="groups_arrange"),
    path("organizations/<int:pk>/groups/<int:group>/rename/", groups.group_rename, name="group_rename"),
    path("organizations/<int:pk>/groups/<int:group>/dissolve/", groups.group_dissolve, name="group_dissolve"),
    path("people/", people.people, name="people"),
    path("people/export/", people.people_export, name="people_export"),
    path("people/export-phones/", people.people_export_phones, name="people_export_phones"),
    path("people/<int:pk>/", people.person, name="person"),
    # a person's acts: facts, standing, not counted in 应到
    path("me/edit/", persons.me_edit, name="me_edit"),
    path("organizations/<int:pk>/people/new/", persons.person_new, name="person_new"),
    path("people/<int:pk>/edit/", persons.person_edit, name="person_edit"),
    path("people/<int:pk>/standing/", standings.standing_change, name="standing_change"),
    path("people/<int:pk>/standing/undo/", standings.standing_undo, name="standing_undo"),
    path("people/<int:pk>/standing/correct/", standings.standing_correct, name="standing_correct"),
    path("people/probation/", standings.standings_due, name="standings_due"),
    path("people/probation/export/", standings.standings_due_export, name="standings_due_export"),
    path("people/<int:pk>/exclusion/", exclusions.exclusion_propose, name="exclusion_propose"),
    path("exclusions/", exclusions.exclusions, name="exclusions"),
    path("exclusions/export/", exclusions.exclusions_export, name="exclusions_export"),
    path("exclusions/<int:pk>/", exclusions.exclusion, name="exclusion"),
    path("exclusions/<int:pk>/approve/", exclusions.exclusion_approve, name="exclusion_approve"),
    path("exclusions/<int:pk>/decline/", exclusions.exclusion_decline, name="exclusion_decline"),
    path("exclusions/<int:pk>/end/", exclusions.exclusion_end, name="exclusion_end"),
]
