"""Fills the calendar with public holidays and worked weekends, as far as they are known."""

from django.core.management.base import BaseCommand

from branches import actions, arrangement
from core import clock


class Command(BaseCommand):
    help = "按国务院放假安排填写日历：上一年、今年、下一年（有数据的年份）；手工设定的不动"

    def handle(self, *args, **options):
        this_year = clock.today().year
        for year in (this_year - 1, this_year, this_year + 1):
            if arrangement.is_published(year):
                self._say(year, actions.seed_year(year, by=None))
            else:
                self.stdout.write(f"{year} 年：没有放假安排的数据，暂按周一至周五为工作日。")

    def _say(self, year, done):
        kept = f"，手工设定的 {done.kept} 天没有动" if done.kept else ""
        self.stdout.write(f"{year} 年：新增 {done.added} 天，更新 {done.changed} 天{kept}")
