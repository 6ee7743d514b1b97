"""What the register gives to pages that gather: its part of a person's timeline, and the search."""

from branches.reports.organizations import find_organizations
from branches.reports.people import find_people, register_entries
from core.audit import name_events
from core.contributions import SearchSource, TimelineSource, registry


def search_people(text, user):
    """People by name or number."""
    for row in find_people(text, user):
        left = "，已离开" if row.left_on else ""
        detail = f"{row.organization}　{row.get_standing_display()}　学工号 {row.staff_number}{left}"
        yield row.name, detail, row.get_absolute_url()


def search_organizations(text, user):
    """Organizations by name or code."""
    for row in find_organizations(text, user):
        yield row.short_name, f"{row.kind_label}　编码 {row.code}", row.get_absolute_url()


registry.add(
    TimelineSource("党籍与任职", register_entries),
    SearchSource("人员", 10, search_people),
    SearchSource("党组织", 20, search_organizations),
)
name_events(
    {
        "password.changed": "修改密码",
        "organization.imported": "导入党组织信息",
        "person.imported": "导入党员信息",
        "organizations.exported": "导出党组织名册",
        "people.exported": "导出人员名册",
        "people.exported_with_phones": "导出人员名册（含完整电话）",
    }
)
