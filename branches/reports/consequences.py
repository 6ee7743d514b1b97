"""What a move or a closing will do, in sentences, before anybody confirms it."""

from branches import access
from branches.models import Appointment, Organization, Person, Transfer
from branches.reports.lines import totals_of
from core.contributions import Duty, registry
from core.periods import Month

NAMED = 8
MONTHS_BACK = 12


def of_moving(organization, parent) -> list[str]:
    """Who moves along, and who gains or loses sight of it."""
    below = Organization.objects.under(organization).open().count() - 1
    totals = totals_of([organization])[organization.pk]
    others = totals.prospects + totals.activists
    along = f"，连同下面的 {below} 个党组织" if below else ""
    people = f"{totals.members} 名党员" + (f"、{others} 名积极分子和发展对象" if others else "")
    before, after = organization.parent.lineage, parent.lineage
    losing = _in_office([pk for pk in before if pk not in after])
    gaining = _in_office([pk for pk in after if pk not in before])
    return [
        f"{organization}{along}、{people}，一起由{organization.parent}改归{parent}管理，办理后立即生效。",
        f"从此看不到也管不了它的：{_named(losing)}。",
        f"从此看得到、按职务管理它的：{_named(gaining)}。",
        "它自己的任职、名册、计划、会议和党费记录都不变；尚未办完的报送，由新的上级接着审核。",
    ]


def unsettled(organization, user, closed_on) -> list[Duty]:
    """What it still owes for the year before the month of its closing: with its offices nobody is left to do it."""
    last = Month.of(closed_on)
    branch = Organization.objects.visible_to(user).branches().filter(pk=organization.pk)
    duties = registry.duties_of(branch, list((last - MONTHS_BACK).until(last.previous)), registry.monthly_kinds)
    return sorted((one for one in duties if one.is_open), key=lambda one: (one.month, one.due_on))


def of_closing(organization, receiving, owed) -> list[str]:
    """Who goes where, which offices end, what stays; ``owed`` is what is unsettled by then."""
    people = Person.objects.of(organization).present().count()
    running = Appointment.objects.lasting().filter(organization=organization).select_related("person")
    coming = Transfer.objects.open().filter(to_organization=organization).count()
    leaving = Transfer.objects.open().filter(from_organization=organization).select_related("person", "to_organization")
    going = f"{people} 名在册人员全部转到{receiving}，逐人留下转接记录，不再编在党小组里。"
    return [
        going if receiving else "名册里没有人，不涉及转接。",
        f"{len(running)} 项任职当天结束：{_named(running)}。" if running else "没有现任的职务。",
        f"正在转来的 {coming} 人退回原支部，由原支部另行办理。" if coming else "没有正在转来的人。",
        *([_not_yet_gone(list(leaving), receiving)] if leaving else []),
        *([_settled_or_not(owed)] if organization.is_branch else []),
        "过去的活动、考勤、会议和党费记录全部保留，照旧可以查看；撤销后不再要求报送。",
    ]  # fmt: skip


def _not_yet_gone(transfers, receiving):
    names = "、".join(f"{row.person}（原定转到{row.to_organization}）" for row in transfers[:NAMED])
    more = f"等 {len(transfers)} 人" if len(transfers) > NAMED else ""
    return f"对方还没有接收的转接不再办理：{names}{more}，先随其他人转到{receiving}，要转走的再重新提出。"


def _settled_or_not(owed):
    if not owed:
        return "以前各月的计划、活动、会议和党费都已办完。"
    words = f"以前月份还有 {len(owed)} 件没有办完，最好先办完再撤销：{_told(owed)}。"
    return f"{words}撤销后没有人能补办，考评时照旧算没有办；确要补的，先恢复它，补好再撤销。"


def _told(owed):
    words = "、".join(f"{one.month.label}{one.title}" for one in owed[:NAMED])
    return f"{words} 等" if len(owed) > NAMED else words


def _in_office(organizations):
    running = Appointment.objects.filled().filter(organization__in=organizations, office__in=access.ANY_OFFICE)
    return running.select_related("person", "organization").order_by("organization__path", "pk")


def _named(appointments):
    rows = list(appointments)
    names = "、".join(f"{row}{row.person}" for row in rows[:NAMED])
    return f"{names} 等 {len(rows)} 人" if len(rows) > NAMED else (names or "没有人")
