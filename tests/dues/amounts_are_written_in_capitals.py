"""The capitals of a receipt follow the rules for bills (正确填写票据和结算凭证的基本规定), and can be read back."""

import re
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dues.capitals import in_capitals

EXAMPLES = {
    "0": "人民币零元整",
    "0.20": "人民币贰角整",
    "0.05": "人民币伍分",
    "15.00": "人民币壹拾伍元整",
    "144.60": "人民币壹佰肆拾肆元陆角整",
    "325.04": "人民币叁佰贰拾伍元零肆分",
    "1409.50": "人民币壹仟肆佰零玖元伍角整",
    "1680.32": "人民币壹仟陆佰捌拾元叁角贰分",
    "6007.14": "人民币陆仟零柒元壹角肆分",
    "16409.02": "人民币壹万陆仟肆佰零玖元零贰分",
    "107000.53": "人民币壹拾万柒仟元伍角叁分",
    "100005": "人民币壹拾万零伍元整",
    "1000000": "人民币壹佰万元整",
    "100000001": "人民币壹亿零壹元整",
    "120030405.06": "人民币壹亿贰仟零叁万零肆佰零伍元零陆分",
}
FIGURES = {word: value for value, word in enumerate("零壹贰叁肆伍陆柒捌玖")}
UNITS = {"拾": 10, "佰": 100, "仟": 1000}


def read(words):
    """The amount that capitals say: read the other way round than they are written."""
    text = words.removeprefix("人民币").removesuffix("整")
    yuan, _, rest = text.rpartition("元")
    total = Decimal(_whole(yuan))
    for figure, unit in re.findall("(.)([角分])", rest.replace("零", "")):
        total += FIGURES[figure] * (Decimal("0.1") if unit == "角" else Decimal("0.01"))
    return total


def _whole(words):
    for unit, value in (("亿", 10**8), ("万", 10**4)):
        above, found, below = words.rpartition(unit)
        if found:
            return _whole(above) * value + _whole(below)
    total, figure = 0, 0
    for word in words:
        figure, total = (FIGURES[word], total) if word in FIGURES else (0, total + figure * UNITS[word])
    return total + figure


@pytest.mark.parametrize("amount", EXAMPLES)
def test_amounts_of_the_rules(amount):
    assert in_capitals(Decimal(amount)) == EXAMPLES[amount]


@given(st.integers(0, 10**13))
def test_what_is_written_is_read_back(fen):
    words = in_capitals(Decimal(fen) / 100)
    assert read(words) == Decimal(fen) / 100
    assert "零零" not in words
    assert words.endswith("整") != words.endswith("分")


@pytest.mark.parametrize("amount", ["-1", "0.005", "1e16"])
def test_what_no_receipt_can_have_is_refused(amount):
    with pytest.raises(ValueError, match="not an amount"):
        in_capitals(Decimal(amount))
