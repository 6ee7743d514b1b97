"""Cells as people type them, turned into values. Readers raise ValueError with a Chinese sentence; none guesses."""

import datetime
import re

from core import clock
from core.workbooks import text

_FORMS = (
    r"(?P<y>\d{4})[-/.](?P<m>\d{1,2})[-/.](?P<d>\d{1,2})",
    r"(?P<y>\d{4})(?P<m>\d{2})(?P<d>\d{2})",
    r"(?P<y>\d{4})年(?P<m>\d{1,2})月(?P<d>\d{1,2})日?",
    r"(?P<y>\d{4})[-/.](?P<m>\d{1,2})",
    r"(?P<y>\d{4})年(?P<m>\d{1,2})月",
)
EXCEL_DIGITS = 15
AS_TEXT = "请把这一列设为文本后重新填写"
SHORTENED = re.compile(r"\d+(\.\d+)?[Ee]\+\d+")
# a mobile number has 11 digits and begins with 1, which no other number in the country does
PHONE = re.compile(r"(86|0086)?1\d{10}|(?!1)\d{7,16}", re.ASCII)
# as our own exports hide the middle of a number, and the day of a birth: 139****0001, 1987 年 **
MASKED = re.compile(r"[^*]{0,4}\*{2,}[^*]{0,4}|\d{4}\s*年\s*\*+")
EXCEL_ERRORS = re.compile(r"#(N/A|GETTING_DATA|[A-Z_]+!|NAME\?|DIV/0!)|#{3,}")
_DATE = [re.compile(form) for form in _FORMS]


def refuse_error(cell) -> None:
    """Raise ValueError for what Excel writes where a formula failed or a column was too narrow: nobody typed it."""
    typed = text(cell)
    if EXCEL_ERRORS.fullmatch(typed):
        raise ValueError(f"“{typed}”是 Excel 算错后留下的，请改成实际内容，没有就空着")


def read_date(cell) -> datetime.date | None:
    """An Excel date, or 2016-07-01, 2016/7/1, 2016.7.1, 20160701, 2016年7月1日; 2016.07 is the month's first day."""
    if isinstance(cell, datetime.datetime):
        return cell.date()
    if isinstance(cell, datetime.date):
        return cell
    typed = text(cell).replace(" ", "")
    if not typed:
        return None
    if isinstance(cell, float) and re.fullmatch(r"\d{4}\.1", typed):
        raise ValueError(f"按数字存的 {typed} 分不清是 1 月还是 10 月，请写成 {typed[:4]}-10-01 这样")
    for form in _DATE:
        match = form.fullmatch(typed)
        if match:
            parts = match.groupdict()
            try:
                return datetime.date(int(parts["y"]), int(parts["m"]), int(parts.get("d") or 1))
            except ValueError as error:
                raise ValueError(f"“{typed}”不是一个存在的日期") from error
    raise ValueError(f"“{typed}”不是日期，请写成 2016-07-01 这样")


def read_past_date(cell) -> datetime.date | None:
    """A date that has already come; None for a blank cell, and for one that an export has masked."""
    if is_masked(cell):
        return None
    day = read_date(cell)
    if day and day > clock.today():
        raise ValueError(f"{day} 还没有到")
    if day and day.year < 1900:
        raise ValueError(f"{day} 年份不对")
    return day


def read_name(cell) -> str:
    """A name without the spaces that are typed to align two-character names (张　三)."""
    name = text(cell)
    if "\n" in name or "\r" in name:
        raise ValueError("这一格里有两行字，一行只能写一个人")
    if name and not isinstance(cell, str):
        raise ValueError(f"“{name}”不是姓名，请核对是不是填错了列")
    bare = re.sub(r"[\s\u3000]+", "", name)
    name = bare if re.fullmatch(r"[\u3400-\u9fff·]+", bare) else name
    if not name:
        raise ValueError("姓名没有填")
    if len(name) > 60:
        raise ValueError("姓名太长，请核对是不是填错了列")
    return name


def read_word(limit: int):
    """A reader for text that fits its column; "" for a blank cell."""

    def read(cell):
        typed = text(cell)
        if len(typed) > limit:
            raise ValueError(f"最多 {limit} 个字，请核对是不是填错了列")
        return typed

    return read


def read_code(limit: int):
    """A reader for codes and numbers of people. Excel keeps 15 digits of a number: of a longer one the end is lost."""
    word = read_word(limit)

    def read(cell):
        is_number = isinstance(cell, int | float) and not isinstance(cell, bool)
        if is_number and abs(cell) >= 10**EXCEL_DIGITS:
            raise ValueError(f"按数字存的编号只留得住 {EXCEL_DIGITS} 位，{AS_TEXT}")
        typed = word(cell)
        if SHORTENED.fullmatch(typed):
            raise ValueError(f"“{typed}”是 Excel 缩写过的数，后面的数字已经丢了，{AS_TEXT}")
        if typed and not (isinstance(cell, str) or (is_number and typed.isdigit())):
            raise ValueError(f"“{typed}”不是编号，{AS_TEXT}")
        return typed

    return read


def is_masked(cell) -> bool:
    """Has an export hidden a part of this? What is left says nothing."""
    return bool(MASKED.fullmatch(text(cell)))


def read_phone(cell) -> str:
    """A telephone number as typed, or several of them with 、 between. What nobody could call is refused."""
    if is_masked(cell):
        return ""
    typed = read_code(30)(cell)
    for one in re.split(r"[、,，;；/]", typed) if typed else ():
        digits = re.sub(r"[-\s\u3000()（）+.－—转]", "", one)
        if not PHONE.fullmatch(digits):
            raise ValueError(f"“{typed}”不是电话号码，请写 11 位手机号，或者带区号的固定电话")
    return typed


def read_yes(cell) -> bool | None:
    """是 / 否; None for a blank cell."""
    typed = text(cell)
    if not typed:
        return None
    if typed in ("是", "1", "Y", "y", "√"):
        return True
    if typed in ("否", "0", "N", "n", "×", "不是"):
        return False
    raise ValueError(f"“{typed}”请写“是”或“否”")


def read_choice(words: dict[str, str], what: str):
    """A reader for a closed list of words; None for a blank cell."""

    def read(cell):
        typed = text(cell)
        if not typed:
            return None
        if typed not in words:
            raise ValueError(f"“{typed}”不是{what}，应为：{'、'.join(dict.fromkeys(words))}")
        return words[typed]

    return read
