"""Fills the calendar with public holidays and worked weekends, as far as they are known."""

import datetime

import chinese_calendar
from django.core.management.base import BaseCommand

from branches.models import CalendarDay
from core import clock

NAMES = {
    "New Year's Day": "元旦",
    "Spring Festival": "春节",
    "Tomb-sweeping Day": "清明节",
    "Labour Day": "劳动节",
    "Dragon Boat Festival": "端午节",
    "National Day": "国庆节",
    "Mid-autumn Festival": "中秋节",
}


class Command(BaseCommand):
    help = "按国务院放假安排填写日历：上一年、今年、下一年（有数据的年份）"

    def handle(self, *args, **options):
        this_year = clock.today().year
        for year in (this_year - 1, this_year, this_year + 1):
            try:
                days = list(_special_days(year))
            except NotImplementedError:
                self.stdout.write(f"{year} 年的放假安排还没有公布，暂按周一至周五为工作日。")
                continue
            CalendarDay.objects.bulk_create(days, ignore_conflicts=True)
            self.stdout.write(f"{year} 年：{len(days)} 天")


def _special_days(year):
    """The days of a year that are not what their weekday says. Raises NotImplementedError for an unknown year."""
    day = datetime.date(year, 1, 1)
    while day.year == year:
        is_workday = chinese_calendar.is_workday(day)
        if is_workday != (day.weekday() < 5):
            _, holiday = chinese_calendar.get_holiday_detail(day)
            name = "调休上班" if is_workday else NAMES.get(holiday or "", "节假日")
            yield CalendarDay(day=day, is_workday=is_workday, name=name)
        day += datetime.timedelta(days=1)
