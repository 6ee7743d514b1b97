"""Who may see what and do what. Both questions are answered from appointments that run today, here and nowhere else.

``reads(user)`` makes the filter behind every ``visible_to``; ``can(user, action, row)`` asks the rule that an app's
``rules.py`` registered for an action. What nobody allowed is refused.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps

from django.conf import settings
from django.contrib import messages
from django.db import connection
from django.db.models import Q
from django.http import Http404
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.functional import SimpleLazyObject
from django_htmx.http import HttpResponseClientRedirect

from core import clock
from core.sessions import came_by_password
from core.workflow import Verdict, no

SECRETARIES = frozenset({"SECRETARY", "DEPUTY_SECRETARY"})
DRAFTERS = SECRETARIES | {"ORGANIZATION_COMMISSIONER"}
RECORDERS = DRAFTERS | {"PUBLICITY_COMMISSIONER", "DISCIPLINE_COMMISSIONER", "UNITED_FRONT_COMMISSIONER", "MEMBER"}
DEPARTMENT = frozenset({"ORGANIZATION_DEPARTMENT"})
KEEPERS = DRAFTERS | DEPARTMENT  # of the register: they alone take full phone numbers out of the site
TREASURY = DRAFTERS | DEPARTMENT | {"LEADER"}
ANY_OFFICE = RECORDERS | DEPARTMENT | {"LEADER", "GROUP_LEADER"}


@dataclass(frozen=True)
class Seat:
    """One running appointment of a user: the office, and the organization where it counts."""

    id: int
    office: str
    label: str
    organization_id: int
    organization: str
    above: str
    kind: str
    path: str
    group_id: int | None

    @property
    def lineage(self) -> list[int]:
        """The ids on the way from the top to the organization of the office, itself included."""
        return lineage(self.path)


RANK = {"COMMITTEE": 0, "GENERAL_BRANCH": 1, "BRANCH": 2}
OFFICE_RANK = {office: rank for rank, office in enumerate(["ORGANIZATION_DEPARTMENT", "SECRETARY", "DEPUTY_SECRETARY"])}


def seats(user) -> tuple[Seat, ...]:
    """The user's running appointments, highest first; read once a request (once a user object)."""
    if not user.is_authenticated:
        return ()
    held = getattr(user, "_seats", None)  # not __dict__: a request.user is a lazy proxy with its own
    if held is None or held[0] != clock.today():
        held = user._seats = (clock.today(), _read_seats(user))
    return held[1]


# what ``Appointment.objects.active()`` says, in SQL: it is asked at every request, where putting the question cost ten
# times as much as the answer; a test holds the two together
_SEATS = """
SELECT seat.id, seat.office, seat.title, seat.organization_id, own.short_name, above.short_name, own.kind, own.path,
       seat.group_id
FROM branches_appointment seat
JOIN branches_person person ON person.id = seat.person_id
JOIN branches_organization own ON own.id = seat.organization_id
LEFT JOIN branches_organization above ON above.id = own.parent_id
WHERE person.user_id = %s AND person.left_on IS NULL AND own.closed_on IS NULL
  AND seat.starts_on <= %s AND (seat.ends_on IS NULL OR seat.ends_on > %s)
"""


def _read_seats(user):
    from branches.models import Office

    with connection.cursor() as cursor:
        cursor.execute(_SEATS, [user.pk, clock.today(), clock.today()])
        rows = cursor.fetchall()
    found = [
        Seat(pk, office, title or Office(office).label, organization_id, name, above or "", kind, path, group_id)
        for pk, office, title, organization_id, name, above, kind, path, group_id in rows
    ]
    return tuple(sorted(found, key=lambda seat: (RANK[seat.kind], OFFICE_RANK.get(seat.office, 9), seat.id)))


def lineage(path: str) -> list[int]:
    """The ids that a path names, the highest first."""
    return [int(part) for part in path.strip("/").split("/")]


def within(field: str, path: str) -> Q:
    """Rows whose path lies in a subtree, as a range that an index answers."""
    return Q(**{f"{field}__gte": path, f"{field}__lt": path[:-1] + "0"})


def reads(user, *, offices=ANY_OFFICE, prefix="organization__") -> Q:
    """The filter for rows of organizations in which the user holds one of ``offices``, and of those below them."""
    scope = Q(pk__in=[])
    for path in {seat.path for seat in seats(user) if seat.office in offices}:
        scope |= within(f"{prefix}path", path)
    return scope


def holds(user, organization, offices) -> bool:
    """Does the user hold one of ``offices`` at exactly this organization?"""
    return any(seat.organization_id == organization.pk and seat.office in offices for seat in seats(user))


def keeps(user, organization) -> bool:
    """Does the user keep the register of this organization: as an officer there, or above it?"""
    return any(seat.office in KEEPERS and organization.path.startswith(seat.path) for seat in seats(user))


def keeps_somewhere(user) -> bool:
    """Does the user keep any part of the register?"""
    return any(seat.office in KEEPERS for seat in seats(user))


def keeps_from_above(user, organization) -> bool:
    """Does the user keep the register from strictly above this organization?"""
    return any(
        seat.office in KEEPERS and organization.path.startswith(seat.path) and seat.organization_id != organization.pk
        for seat in seats(user)
    )


def decides_for(user, organization) -> bool:
    """Does the user decide what this organization proposes: from above, or at the top in its own department?"""
    return keeps_from_above(user, organization) or is_department(user, organization)


def decides(user, *, prefix="organization__") -> Q:
    """The filter for rows of organizations for which ``decides_for`` says yes."""
    scope = Q(pk__in=[])
    for seat in seats(user):
        if seat.office in KEEPERS:
            own = Q() if seat.office in DEPARTMENT else ~Q(**{f"{prefix}path": seat.path})
            scope |= within(f"{prefix}path", seat.path) & own
    return scope


def is_department(user, organization=None) -> bool:
    """Does the user sit in the organization department of a committee above ``organization`` (of any, without one)?"""
    return any(
        seat.office in DEPARTMENT and (organization is None or organization.path.startswith(seat.path))
        for seat in seats(user)
    )


def heads_department(user) -> bool:
    """Sits the user in the organization department of the topmost committee? What it sets holds for the whole tree."""
    return any(seat.office in DEPARTMENT and not seat.above for seat in seats(user))


_rules: dict[str, Callable] = {}


def rule(action: str):
    """Register ``can_x(user, row) -> Verdict`` as the answer for an action (``plan.return``)."""

    def register(function):
        _rules[action] = function
        return function

    return register


def can(user, action: str, row) -> Verdict:
    """May the user do this to this row, and if not, why not? An unknown action is refused."""
    answer = _rules.get(action)
    return answer(user, row) if answer else no("没有这项操作。")


def get_visible_or_404(model, user, **lookup):
    """The one row that the lookup names, if the user may see it: foreign and missing rows answer alike.

    It is asked for without an order: ``first()`` would set one, which costs more than the rest of the question.
    """
    queryset = model.objects.visible_to(user) if isinstance(model, type) else model
    for row in queryset.filter(**lookup).order_by()[:1]:
        return row
    raise Http404("没有这一条，或不在您的管理范围内。")


class OfficeMiddleware:
    """``request.office``: the seat in which the user works at present (chosen at the top of the page), or None."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        request.office = SimpleLazyObject(lambda: _chosen(request))
        return self.get_response(request)


def _chosen(request):
    held = seats(request.user)
    wanted = request.session.get("office")
    return next((seat for seat in held if seat.id == wanted), held[0] if held else None)


class FirstPasswordMiddleware:
    """Who came by a password that was handed out, or is too old, is led to change it, from every page and form."""

    OPEN = ("password_change", "logout", "login")

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        return self.get_response(request)

    def process_view(self, request, view, args, kwargs):
        if request.resolver_match.url_name in self.OPEN:
            return None
        if not (request.user.is_authenticated and request.user.password_is_due and came_by_password(request)):
            return None
        return HttpResponseClientRedirect(reverse("password_change")) if request.htmx else redirect("password_change")


NAVIGATION = [
    # (address, word, icon, who sees it)
    ("workbench", "工作台", "home", ANY_OFFICE),
    ("review", "审核", "review", None),
    ("plans", "计划", "plan", RECORDERS | DEPARTMENT | {"LEADER"}),
    ("days", "活动日", "day", ANY_OFFICE),
    ("dues", "党费", "dues", TREASURY),
    ("meetings", "三会一课", "meet", ANY_OFFICE),
    ("service", "为民服务", "heart", None),
    ("assessments", "督查考评", "chart", DRAFTERS),
    ("organizations", "组织与党员", "org", ANY_OFFICE),
    ("settings_home", "设置", "gear", ANY_OFFICE),
    ("inbox", "消息", "bell", None),
    ("me", "我的", "user", None),
]
REVIEWING = ("review", "assessments")


def shell(request):
    """Template context of the frame: the office, the navigation for it, the unread notices."""
    if not getattr(request, "user", None) or not request.user.is_authenticated:
        return {}
    from core.inbox import Notice

    office = request.office or None
    reviewer = office is not None and office.kind != "BRANCH"
    entries = [
        {"name": name, "word": word, "icon": icon, "gap": name == "organizations"}
        for name, word, icon, offices in NAVIGATION
        if (name in ("service", "inbox", "me"))
        or (name in REVIEWING and reviewer)
        or (offices and office is not None and office.office in offices)
    ]
    match = request.resolver_match
    return {
        "user": request.user,
        "office": office,
        "seats": seats(request.user),
        "keeps_register": keeps_somewhere(request.user),
        "navigation": entries,
        "section": getattr(match.func, "section", match.url_name) if match else "",
        "unread": SimpleLazyObject(Notice.objects.visible_to(request.user).unread().count),
        "demo": settings.DEMO,
    }


def section(name: str):
    """Mark a view as part of a section of the navigation."""

    def mark(view):
        view.section = name
        return view

    return mark


def for_officers(view):
    """Mark a list as one for who holds an office: anybody else is told so and led to the own page."""

    @wraps(view)
    def led(request, *args, **kwargs):
        if request.office:
            return view(request, *args, **kwargs)
        messages.info(request, "刚才那一页给担任党内职务的同志使用。您自己的活动、党费和会议都在这里。")
        return redirect("me")

    return led
