"""《党员活动日活动记录》: what stands on it, for the print page, the Word document and the handbook alike."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.db.models import Prefetch, QuerySet, prefetch_related_objects

from activities.models import ActivityDay, Attendance, DayFile, DayItem, MakeUp, MakeUpAttendance
from activities.paper import moment
from activities.parts import item_words
from branches.models import Person
from core.papers import Fact, Paper, facts, signing_row
from core.periods import Month
from core.templatetags.page import cn_day, md

RECORD = "党员活动日活动记录"
UNSUBMITTED = "【未提交】"
# what is told of the whole day, in its order: (what stands beside it, the field)
TOLD = (("主要内容\n及特色", "summary"),)
TOLD_WHERE_WRITTEN = (("成效", "results"), ("存在问题\n和改进", "problems"))
Status = Attendance.Status


def title_of(month: Month, organization=None) -> str:
    """What a document of one day's record, or of all below an organization, is called; its file too."""
    return f"{organization or ''}{month.year}年{month.number}月{RECORD}"


@dataclass(frozen=True)
class Batch:
    """The records of a list that there are, ``count`` of them; of the others no day was held, or none yet."""

    days: QuerySet[ActivityDay]
    count: int
    without: int

    @property
    def note(self) -> str:
        """How many records there are, and for how many branches of the list there is none, for users."""
        return f"共 {self.count} 份活动记录{f'，另有 {self.without} 个党支部没有开展' if self.without else ''}。"

    @property
    def why_none(self) -> str:
        """Why there is no record at all, for users."""
        return f"这 {self.without} 个党支部都没有开展。" if self.without else "没有符合条件的党支部。"


def batch_of(user, month: Month, listed) -> Batch:
    """The records of a list of branches (``reports.day_list``) in the order of codes, as far as the user sees them."""
    days = ActivityDay.objects.visible_to(user).for_month(month).happened().of(listed.branches.order_by())
    days = days.select_related("organization__parent", "plan", "host", "recorder").order_by("organization__code")
    count = days.count()
    return Batch(days, count, len(listed) - count)


def day_papers(days: Iterable[ActivityDay]) -> list[Paper]:
    """The records of days that the user may see, in their order: the same queries however many there are."""
    days = read(days)
    return [_paper(day) for day in days]


def read(days: Iterable[ActivityDay]) -> list[ActivityDay]:
    """The days with everything that their records tell."""
    days = list(days)
    items = Prefetch("items", DayItem.objects.select_related("leader"))
    roster = Prefetch("attendance", Attendance.objects.select_related("person"))
    there = Prefetch("attended", MakeUpAttendance.objects.select_related("attendance__person"))
    later = Prefetch("make_ups", MakeUp.objects.prefetch_related(there))
    files = Prefetch("files", DayFile.objects.select_related("file"))
    prefetch_related_objects(days, items, roster, "guests", later, files)
    return days


def _paper(day) -> Paper:
    is_open = day.recorded_at is None
    rows = [
        [("党支部", day.organization), ("活动名称", f"{day.month.label}党员活动日")],
        [("主题", day.plan.theme)],
        [("计划时间", moment(day.month, day.plan.planned_on, day.plan.starts_at)), ("实际时间", held(day))],
        *record_rows(day),
    ]
    return Paper(
        title=RECORD,
        blocks=(facts(*rows, signed=[signing_row("签字", "主持人", "记录人", "支部书记")]),),
        left=f"填报单位：{day.organization}",
        right=UNSUBMITTED if is_open else "",
        foot="本记录还没有提交，打印件不作为正式记录。" if is_open else _foot(day),
    )


def _foot(day) -> str:
    late = f"，逾期（应于 {md(day.record_due_on)}前提交）" if day.record_is_late else ""
    return f"本记录由系统按 {cn_day(day.recorded_at)}提交的内容生成{late}。党支部、党总支各存一份。"


def record_rows(day: ActivityDay) -> list[Sequence[Fact]]:
    """What the record of a day that ``read`` has read says of it, row by row, from its place on."""
    roster = list(day.attendance.all())
    by = {status: [row for row in roster if row.status == status] for status in Status.values}
    expected = [row for row in roster if row.status != Status.NOT_COUNTED]
    rows: list[Sequence[Fact]] = [
        [("地点", day.place), ("时长", f"{_minutes(day)} 分钟")],
        [("主持人", day.host or ""), ("记录人", day.recorder or "")],
        [("应到", counted(expected)), ("实到", counted(by[Status.PRESENT]))],
        [("请假", counted(by[Status.ON_LEAVE])), ("缺席", counted(by[Status.ABSENT]))],
        [("请假缺席\n及原因", _away([*by[Status.ON_LEAVE], *by[Status.ABSENT]]))],
        [("列席", _guests(day.guests.all()))],
    ]
    if apart := by[Status.NOT_COUNTED]:
        rows.append([("不计入应到", "；".join(f"{row.person.name}：{row.reason}" for row in apart))])
    rows.append([("各项完成\n情况", "\n".join(_items(day.items.all())))])
    rows += [[(name, getattr(day, field))] for name, field in TOLD]
    rows += [[(name, getattr(day, field))] for name, field in TOLD_WHERE_WRITTEN if getattr(day, field).strip()]
    if sessions := day.make_ups.all():
        rows.append([("补课", "\n".join(_session(one) for one in sessions))])
    if files := day.files.all():
        rows.append([("附件", "\n".join(one.caption or str(one.file) for one in files))])
    return rows


def _session(make_up) -> str:
    names = "、".join(str(one) for one in make_up.attended.all())
    return f"{md(make_up.held_on)}，{make_up.minutes} 分钟：{make_up.content}（{names}）"


def held(day) -> str:
    """When the day was held."""
    return moment(day.month, day.held_on, day.starts_at)


def counted(rows: Sequence[Attendance]) -> str:
    """How many they are, full and probationary members apart."""
    full = sum(row.standing == Person.Standing.FULL for row in rows)
    return f"{len(rows)} 人（正式 {full}，预备 {len(rows) - full}）" if rows else "0 人"


def _minutes(day) -> int:
    """How long it took: what was not done took no time."""
    return sum(item.minutes for item in day.items.all() if item.outcome != DayItem.Outcome.NOT_DONE)


def _away(rows) -> str:
    return "\n".join(_why(row) for row in rows) or "无"


def _why(row) -> str:
    word = row.get_status_display()
    return f"{row.person.name}（{word}{f'：{row.reason}' if row.reason else ''}）"


def _guests(guests) -> str:
    names = [one.named for one in guests]
    return f"{len(names)} 人：{'、'.join(names)}" if names else "无"


def _served(item) -> str:
    """Whom a service served, and by how many, as far as that was said."""
    told = ((item.beneficiaries, "服务", "人次"), (item.helpers, "党员", "人参加"))
    return "".join(f"，{before} {number} {after}" for number, before, after in told if number)


def _items(items) -> Iterable[str]:
    for place, item in enumerate(items, start=1):
        unplanned = "" if item.was_planned else "，计划外"
        yield f"{place}．{item_words(item)}　{item.get_outcome_display() or '未填完成情况'}{unplanned}{_served(item)}"
        if item.note.strip():
            yield f"　　{' '.join(item.note.split())}"
