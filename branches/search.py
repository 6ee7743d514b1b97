"""What of the register is found by words: people, organizations, and one's own messages."""

from django.db.models import Q
from django.urls import reverse

from branches.models import Organization, Person
from branches.words import organization_named, person_named
from core.contributions import SearchSource
from core.inbox import Notice
from core.search import NOTHING, Hit, having, ways_of
from core.templatetags.page import cn_day

LEAST_DIGITS = 7  # of a telephone number: fewer would list half of a college


def find_people(words, user):
    """Visible people by name or number, by telephone those whom the user keeps; who is present comes first."""
    kept = Person.objects.kept_by(user).values("pk")

    def named(word) -> Q:
        is_phone = word.isdecimal() and len(word) >= LEAST_DIGITS
        by_phone = Q(phone__startswith=word, pk__in=kept) if is_phone else NOTHING
        return _either(person_named, word) | by_phone

    rows = Person.objects.visible_to(user).filter(having(words, [], named))
    return rows.select_related("organization").order_by("left_on", "organization__code", "staff_number")


def find_organizations(words, user):
    """Visible organizations by name or code."""
    named = having(words, [], lambda word: _either(organization_named, word))
    return Organization.objects.visible_to(user).filter(named).select_related("parent").order_by("code")


def _either(named, word) -> Q:
    narrow, *wide = ways_of(word)
    return named(narrow) | named(wide[0]) if wide else named(narrow)


def find_notices(words, user):
    return Notice.objects.visible_to(user).filter(having(words, ["title", "text"])).order_by("-at", "-pk")


def _person(row, words) -> Hit:
    left = "，已离开" if row.left_on else ""
    detail = f"{row.organization}　{row.get_standing_display()}　学工号 {row.staff_number}{left}"
    return Hit(row.name, row.get_absolute_url(), detail)


def _organization(row, words) -> Hit:
    detail = f"{row.kind_label}　编码 {row.code}"
    return Hit(row.short_name, row.get_absolute_url(), detail, [("全称", row.name)])


def _notice(row, words) -> Hit:
    sender = f"{row.sender}　" if row.sender else ""
    return Hit(row.title, reverse("notice", args=[row.pk]), f"{sender}{cn_day(row.at)}", [("内容", row.text)])


SOURCES = (
    SearchSource("people", "人员", 10, find_people, _person),
    SearchSource("organizations", "党组织", 20, find_organizations, _organization),
    SearchSource("notices", "消息", 90, find_notices, _notice, in_year=lambda rows, year: rows.filter(at__year=year)),
)
