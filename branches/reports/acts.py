"""The acts that the pages of a person and of an organization offer: each where its rule allows it."""

from dataclasses import dataclass

from django.urls import reverse

from branches.access import can


@dataclass(frozen=True)
class Act:
    """A button: the rule that is asked, the word, the icon, and the address, which takes the row's id."""

    action: str
    word: str
    icon: str
    url_name: str


PERSON_ACTS: list[Act] = [
    Act("person.edit", "修改资料", "pen", "person_edit"),
    Act("standing.change", "类别变动", "up", "standing_change"),
    Act("exclusion.propose", "不计入应到", "minus", "exclusion_propose"),
    Act("person.transfer", "校内转接", "send", "transfer_request"),
    Act("person.release", "登记离开", "out", "person_leave"),
    Act("account.see", "账号", "key", "account"),
]
OFFICE_ACTS: list[Act] = [
    Act("office.appoint", "任命", "plus", "office_appoint"),
    Act("election.hold", "换届选举", "users", "election_hold"),
]
ORGANIZATION_ACTS: list[Act] = [
    *OFFICE_ACTS,
    Act("organization.see", "任职历史", "clock", "offices_of"),
    Act("person.add", "登记人员", "plus", "person_new"),
    Act("organization.admit", "转入人员", "plus", "person_admit"),
    Act("organization.graduate", "毕业转出", "out", "graduates"),
    Act("organization.groups", "党小组", "users", "groups"),
    Act("organization.found", "新设下级组织", "plus", "organization_found"),
    Act("organization.rename", "更名", "pen", "organization_rename"),
    Act("organization.move", "调整上级", "org", "organization_move"),
    Act("organization.close", "撤销", "x", "organization_close"),
]


def acts_for(user, row, acts) -> list[tuple[str, str, str]]:
    """``(word, icon, url)`` of those of ``acts`` that the user may do to the row."""
    return [(one.word, one.icon, reverse(one.url_name, args=[row.pk])) for one in acts if can(user, one.action, row)]
