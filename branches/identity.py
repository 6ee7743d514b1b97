"""公民身份证号: off unless ``IDENTITY_KEY`` is set; then checked (GB 11643), and stored only as what that key can open.

Without a key nothing is stored and nothing is shown. Several keys, separated by commas, are a rotation: the first one
seals, all of them open; ``manage.py reseal_identity_numbers`` then makes the old ones dispensable.
"""

import datetime
import re

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings
from django.core import checks

from core import clock

WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
CHECK_CHARACTERS = "10X98765432"
EXCEL = "被 Excel 改坏了（只留得住 15 位数字，末尾成了 000）。请把这一列设为“文本”格式，再重新填写"
NO_KEY = (
    "IDENTITY_KEY 不是可用的密钥。请用 manage.py new_identity_key 生成一个，填好后重启；在此之前身份证号不保存、不显示"
)
WRONG_KEY = "存着的身份证号用现在的密钥（IDENTITY_KEY）打不开，请管理员把原来的密钥加回来"


class IdentityKeyError(Exception):
    """No key at hand opens what is stored. ``str()`` is a Chinese sentence for the user."""


def _keys() -> list[Fernet]:
    """The keys of the settings; none where one of them is no key at all."""
    try:
        return [Fernet(key.strip()) for key in settings.IDENTITY_KEYS]
    except ValueError:
        return []


def is_kept() -> bool:
    """Are identity numbers switched on here?"""
    return bool(_keys())


@checks.register(checks.Tags.security)
def keys_are_keys(app_configs, **kwargs):
    """A key that is none stops the deployment with a sentence, not a page with an error."""
    return [checks.Error(NO_KEY, id="branches.E001")] if settings.IDENTITY_KEYS and not is_kept() else []


def new_key() -> str:
    """A key for ``IDENTITY_KEY``."""
    return Fernet.generate_key().decode()


def seal(number: str) -> str:
    """What may be stored of a number: different each time, and nothing at all while numbers are switched off."""
    keys = _keys()
    return MultiFernet(keys).encrypt(number.encode()).decode() if keys and number else ""


def unseal(text: str) -> str:
    """The number that was sealed; nothing while numbers are switched off. Raises IdentityKeyError for a wrong key."""
    return _opened(text, lambda keys: keys.decrypt(text.encode()))


def reseal(text: str) -> str:
    """The same number, sealed with the first of the keys; never nothing instead of it."""
    if not is_kept():
        raise IdentityKeyError(NO_KEY)
    return _opened(text, lambda keys: keys.rotate(text.encode()))


def _opened(text, way):
    keys = _keys()
    if not (keys and text):
        return ""
    try:
        return way(MultiFernet(keys)).decode()
    except InvalidToken:
        raise IdentityKeyError(WRONG_KEY) from None


def masked(number: str) -> str:
    """4101**********1234: the place and the last four; of what is shorter nothing but stars."""
    if len(number) < 15:
        return "*" * len(number)
    return f"{number[:4]}{'*' * (len(number) - 8)}{number[-4:]}"


def without_numbers(text: str) -> str:
    """A text that is kept elsewhere (a filter in the log), identity numbers in it masked."""
    return re.sub(r"\d{17}[\dXx]|\d{15}", lambda found: masked(found[0]), text)


def check(number) -> str:
    """The number as it is to be kept, from a cell or a field; raises ValueError with a Chinese sentence.

    18 digits, a birth date that can be, and the check character of GB 11643-1999. A number that went through Excel as
    a figure has lost its last three: it is refused, never guessed.
    """
    if isinstance(number, int | float):
        if number >= 10**15:
            raise ValueError(EXCEL)
        number = f"{number:.0f}"
    number = re.sub(r"\s", "", str(number or "")).upper()
    if re.fullmatch(r"[\d.]+E\+?\d+", number):
        raise ValueError(EXCEL)
    if re.fullmatch(r"[0-9]{15}", number):
        raise ValueError("15 位的是旧号码，请填 18 位的公民身份证号")
    if not re.fullmatch(r"[0-9]{17}[0-9X]", number):
        raise ValueError("公民身份证号应为 18 位：前 17 位是数字，最后一位是数字或 X")
    if _check_character(number) != number[17]:
        raise ValueError(EXCEL if number.endswith("000") else "公民身份证号的校验位不对，请对照证件核对每一位")
    _require_birth_date(number[6:14])
    return number


def _check_character(number: str) -> str:
    """The 18th character that the first 17 digits ask for (GB 11643-1999, ISO 7064 MOD 11-2)."""
    return CHECK_CHARACTERS[sum(int(digit) * weight for digit, weight in zip(number, WEIGHTS, strict=False)) % 11]


def _require_birth_date(digits: str) -> None:
    try:
        born_on = datetime.date(int(digits[:4]), int(digits[4:6]), int(digits[6:]))
    except ValueError:
        born_on = None
    if born_on is None or not datetime.date(1900, 1, 1) <= born_on <= clock.today():
        raise ValueError("公民身份证号第 7 至 14 位应是出生日期，这一段不是可能的日期")
