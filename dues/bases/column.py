"""The column of the people sheet that this floor keeps: 党费计算基数, as amounts of 元 a month."""

import re
import unicodedata
from decimal import Decimal

from branches.models import Person
from core.contributions import SheetColumn
from core.periods import Month
from dues.actions import fill_opened, lock_rates, set_bases
from dues.models import Base

AMOUNT = re.compile(r"(?:\d+|\d{1,3}(?:,\d{3})+)(?:\.\d+)?")
LIMIT = Decimal(10) ** 10
REASON = "导入党员名册"


def parse(cell, what="党费计算基数") -> Decimal | None:
    """A cell as 元 with two places, None for a blank one. Raises ValueError, a Chinese sentence, for anything else.

    ``what`` is the amount as the sentence calls it.
    """
    if cell is None or (isinstance(cell, str) and not cell.strip()):
        return None
    if isinstance(cell, bool) or not isinstance(cell, int | float | str | Decimal):
        raise ValueError(f"{what}应是金额，如 9640.00。")
    # Excel keeps 15 digits: more of them are noise of its binary fractions
    text = f"{cell:.15g}" if isinstance(cell, float) else unicodedata.normalize("NFKC", str(cell)).strip()
    if re.fullmatch(r"-\s*\d.*", text):
        raise ValueError(f"{what}不能是负数。")
    if not AMOUNT.fullmatch(text):
        raise ValueError(f"{what}应是金额，如 9640.00，不能是“{text}”。")
    amount = Decimal(text.replace(",", ""))
    if amount != amount.quantize(Decimal("0.01")):
        raise ValueError(f"{what}最多两位小数，不能是“{text}”。")
    if amount >= LIMIT:
        raise ValueError(f"{what}太大：“{text}”。")
    return amount.quantize(Decimal("0.01"))


def current(person_ids) -> dict[int, Decimal]:
    """The base in force this month of each of these people who has one."""
    people = Person.objects.filter(pk__in=person_ids).annotate(base=Base.objects.in_force(Month.current()))
    return dict(people.exclude(base=None).values_list("pk", "base"))


def write(values: dict[int, Decimal | None], by) -> None:
    """Store imported bases; blank ones change nothing.

    A changed base holds from this month. A first one holds from the January before the six months for which dues can
    be paid back, so that those months can still be opened. Months already opened gain the charges that were lacking.
    """
    month = Month.current()
    given = {pk: amount for pk, amount in values.items() if amount is not None}
    known = set(Base.objects.filter(person__in=given).values_list("person", flat=True))
    set_bases({pk: amount for pk, amount in given.items() if pk in known}, month, REASON, by)
    first = {pk: amount for pk, amount in given.items() if pk not in known}
    set_bases(first, Month((month - 6).year, 1), REASON, by)
    fill_opened(month, first)


COLUMN = SheetColumn(
    name="党费计算基数(元)",
    headings=("党费计算基数(元)", "党费计算基数（元）", "党费计算基数", "党费基数", "基数"),
    parse=parse,
    current=current,
    write=write,
    lock=lock_rates,
)
