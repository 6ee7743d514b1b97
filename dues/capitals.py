"""Amounts of money in Chinese capitals, as a receipt must have them.

《支付结算办法》附件一《正确填写票据和结算凭证的基本规定》: figures and units in capitals; 整 after 元 or 角, not
after 分; zeros within the number are read as one 零; where 元 or 万 is zero and the next place is not, 零 may be left
out, as here.
"""

from decimal import Decimal

DIGITS = "零壹贰叁肆伍陆柒捌玖"
PLACES = ("", "拾", "佰", "仟")
GROUPS = ("", "万", "亿", "万亿")
LIMIT = Decimal(10) ** 16


def in_capitals(amount: Decimal) -> str:
    """元 with at most two places, not negative, as 人民币壹佰肆拾肆元陆角整. Raises ValueError for anything else."""
    cents = amount * 100
    if not 0 <= amount < LIMIT or cents != cents.to_integral():
        raise ValueError(f"not an amount that a receipt can have: {amount}")
    yuan, rest = divmod(int(cents), 100)
    jiao, fen = divmod(rest, 10)
    words = f"{_whole(yuan)}元" if yuan else ""
    if jiao:
        words += f"{DIGITS[jiao]}角"
    if fen:
        words += f"{'零' if yuan and not jiao else ''}{DIGITS[fen]}分"
    else:
        words = f"{words or '零元'}整"
    return f"人民币{words}"


def _whole(number: int) -> str:
    """A positive whole number, four places at a time."""
    words, place, gap = "", 0, False
    while number:
        number, four = divmod(number, 10_000)
        if four:
            # zeros before this group's first figure are read as one, unless the whole group above is read right after
            words = f"{_four(four)}{GROUPS[place]}{'零' if gap and words else ''}{words}"
            gap = four < 1000
        else:
            gap = True
        place += 1
    return words


def _four(number: int) -> str:
    words, gap = "", False
    for place, figure in enumerate(reversed(str(number))):
        if figure == "0":
            gap = bool(words)
        else:
            words = f"{DIGITS[int(figure)]}{PLACES[place]}{'零' if gap else ''}{words}"
            gap = False
    return words
