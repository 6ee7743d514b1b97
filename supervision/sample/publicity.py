"""What was published of some of the days, what branches said of 三定一创, and which leading cadres were to come."""

import datetime

from activities.models import ActivityDay, Attendance, DayMark, Dimension, PlanCadre, Publicity
from core.audit import AuditEntry
from core.clock import at
from supervision.sample import seeded, step

Channel = Publicity.Channel
SITE = "https://news.example.edu.cn"
TITLES = [
    (Channel.CAMPUS_WEB, "{branch}开展“{theme}”主题活动日"),
    (Channel.WECHAT, "活动日｜{branch}：{theme}"),
    (Channel.BOARD, "{branch}{month}活动日专栏"),
    (Channel.PRESS, "校报：{branch}把活动日开到课堂边"),
    (Channel.OTHER, "{branch}{month}活动日剪影"),
]
NOTES = {
    DayMark.Mark.PARTLY: ["有两项延到下月", "个别党员没有落实"],
    DayMark.Mark.NOT_MET: ["本月安排冲突，下月补上"],
}


def load_publicity(today: datetime.date, cast) -> None:
    """Of the days that were held, two in five have something published, and three in five are marked."""
    dimensions = list(Dimension.objects.all())
    days = list(ActivityDay.objects.happened().select_related("organization", "plan"))
    rows = [row for day in days for row in _published(day, today, cast)]
    Publicity.objects.bulk_create(rows, batch_size=500)
    AuditEntry.objects.bulk_create(
        [step(row, "publicity.added", at(row.published_on, 18), row.created_by) for row in rows], batch_size=500
    )
    marks = [mark for day in days if day.recorded_at for mark in _marks(day, dimensions)]
    DayMark.objects.bulk_create(marks, batch_size=500)
    leading = Attendance.objects.filter(day__in=days, is_leading_cadre=True).select_related("day")
    PlanCadre.objects.bulk_create(
        [PlanCadre(plan_id=row.day.plan_id, person_id=row.person_id) for row in leading], batch_size=500
    )


def _published(day, today, cast):
    chance, by = seeded("publicity", day.month, day.organization.code), cast.secretary(day.organization)
    if by is None or chance.random() > 0.4:
        return
    for number, (channel, title) in enumerate(chance.sample(TITLES, chance.choice([1, 1, 2])), start=1):
        is_online = channel in (Channel.CAMPUS_WEB, Channel.WECHAT)
        words = {"branch": day.organization, "theme": day.plan.theme, "month": day.month.short}
        yield Publicity(
            organization=day.organization, day=day, channel=channel, title=title.format(**words), created_by=by,
            channel_name="校园广播" if channel == Channel.OTHER else "",
            link=f"{SITE}/{day.month}/{day.organization.code}-{number}.html" if is_online else "",
            published_on=min(today, day.held_on + datetime.timedelta(days=chance.randint(0, 4))),
        )  # fmt: skip


def _marks(day, dimensions):
    chance = seeded("marks", day.month, day.organization.code)
    if chance.random() > 0.6:
        return
    for dimension in dimensions:
        mark = chance.choices(DayMark.Mark.values, [8, 2, 1])[0]
        note = chance.choice(NOTES[mark]) if mark in NOTES else ""
        yield DayMark(day=day, dimension=dimension, mark=mark, note=note)
