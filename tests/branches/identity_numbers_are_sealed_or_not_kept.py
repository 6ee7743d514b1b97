"""Identity numbers are off without a key; with one they are stored only as what that key can open.

The number is made up: a region, a birth date, a serial number, and the check character that GB 11643 asks for.
"""

import logging

import pytest
from django.core.checks import run_checks
from django.core.management import CommandError, call_command

from branches import identity
from branches.models import Person
from core.audit import AuditEntry
from tests.branches.sheets import database
from tests.builders import make_person

NUMBER = "410105198505201124"
OLD, NEW = identity.new_key(), identity.new_key()


@pytest.fixture
def kept(settings):
    settings.IDENTITY_KEYS = [OLD]


def test_without_a_key_nothing_is_kept_and_nothing_is_shown(settings):
    settings.IDENTITY_KEYS = [OLD]
    sealed = identity.seal(NUMBER)
    settings.IDENTITY_KEYS = []

    assert (identity.is_kept(), identity.seal(NUMBER), identity.unseal(sealed)) == (False, "", "")


def test_what_was_sealed_is_opened_and_looks_different_each_time(kept):
    one, other = identity.seal(NUMBER), identity.seal(NUMBER)

    assert (identity.unseal(one), identity.unseal(other)) == (NUMBER, NUMBER)
    assert (one == other, NUMBER in one, NUMBER[6:14] in one) == (False, False, False)
    assert (identity.seal(""), identity.unseal("")) == ("", "")


@pytest.mark.parametrize("keys", [[NEW], [NEW, identity.new_key()]])
def test_a_wrong_key_says_so(settings, kept, keys):
    sealed = identity.seal(NUMBER)
    settings.IDENTITY_KEYS = keys

    with pytest.raises(identity.IdentityKeyError, match="用现在的密钥（IDENTITY_KEY）打不开"):
        identity.unseal(sealed)
    with pytest.raises(identity.IdentityKeyError, match="打不开"):
        identity.unseal("not even sealed")


@pytest.mark.parametrize("key", ["short", "密钥", "YWxtb3N0LWEta2V5LWJ1dC10b28tc2hvcnQ="])
def test_a_key_that_is_none_stops_the_deployment_with_a_sentence(settings, key):
    settings.IDENTITY_KEYS = [key]

    errors = [one.msg for one in run_checks() if one.id == "branches.E001"]
    assert errors == [identity.NO_KEY]
    assert (identity.is_kept(), identity.seal(NUMBER)) == (False, "")


def test_with_a_good_key_or_none_there_is_nothing_to_say(settings):
    for keys in ([], [OLD], [f" {OLD} ", NEW]):
        settings.IDENTITY_KEYS = keys
        assert [one for one in run_checks() if one.id == "branches.E001"] == []


def test_a_new_key_seals_and_the_old_one_still_opens(settings, kept):
    sealed = identity.seal(NUMBER)
    settings.IDENTITY_KEYS = [NEW, OLD]
    again = identity.seal(NUMBER)
    assert (identity.unseal(sealed), identity.unseal(again)) == (NUMBER, NUMBER)

    settings.IDENTITY_KEYS = [NEW]
    assert identity.unseal(again) == NUMBER
    with pytest.raises(identity.IdentityKeyError):
        identity.unseal(sealed)


def test_after_sealing_again_the_old_key_can_go(world, settings, kept, capsys):
    numbers = {make_person(world.first, identity_sealed=identity.seal(NUMBER)).pk: NUMBER for _ in range(3)}
    settings.IDENTITY_KEYS = [NEW, OLD]
    call_command("reseal_identity_numbers")
    settings.IDENTITY_KEYS = [NEW]

    rows = Person.objects.exclude(identity_sealed="")
    assert {row.pk: identity.unseal(row.identity_sealed) for row in rows} == numbers
    assert capsys.readouterr().out == "3 个身份证号已改用第一个密钥。\n"
    entries = AuditEntry.objects.filter(event="person.resealed")
    assert set(entries.values_list("subject_id", flat=True)) == set(numbers)


@pytest.mark.parametrize("keys", [[], [NEW], ["short"]])
def test_sealing_again_without_the_old_key_changes_nothing(world, settings, kept, keys):
    make_person(world.first, identity_sealed=identity.seal(NUMBER))
    before = database()
    settings.IDENTITY_KEYS = keys

    with pytest.raises(CommandError, match="IDENTITY_KEY"):
        call_command("reseal_identity_numbers", skip_checks=True)
    assert database() == before


def test_the_command_prints_a_key(capsys, settings):
    settings.IDENTITY_KEYS = ["short"]  # that is when somebody asks for one
    call_command("new_identity_key")
    settings.IDENTITY_KEYS = [capsys.readouterr().out.strip()]
    assert identity.unseal(identity.seal(NUMBER)) == NUMBER


@pytest.mark.parametrize(
    "typed, number",
    [
        (NUMBER, NUMBER),
        (" 410105 19850520 1124 ", NUMBER),
        ("11010519491231002x", "11010519491231002X"),
        ("41010519900101002X", "41010519900101002X"),
        (410105, None),
    ],
)
def test_a_number_is_read_as_it_is_typed(typed, number):
    if number is None:
        with pytest.raises(ValueError, match="18 位"):
            identity.check(typed)
    else:
        assert identity.check(typed) == number


@pytest.mark.parametrize(
    "typed, sentence",
    [
        ("", "应为 18 位"),
        (None, "应为 18 位"),
        ("41010519850520112", "应为 18 位"),
        ("4101051985052011244", "应为 18 位"),
        ("4101051985052011２4", "应为 18 位"),
        ("410105850520112", "15 位的是旧号码"),
        ("410105198505201125", "校验位不对"),
        ("410105198505021124", "校验位不对"),
        ("410105198505201000", "被 Excel 改坏了"),
        (410105198505201000.0, "被 Excel 改坏了"),
        (410105198505201024, "被 Excel 改坏了"),
        ("4.10105198505201E+17", "被 Excel 改坏了"),
        ("410105198502301127", "不是可能的日期"),
        ("410105202611241125", "不是可能的日期"),
        ("410105189912311129", "不是可能的日期"),
    ],
)
def test_what_is_no_number_is_refused_with_the_reason(typed, sentence):
    if sentence == "不是可能的日期":
        typed = typed[:17] + identity._check_character(typed)
    with pytest.raises(ValueError, match=sentence):
        identity.check(typed)


@pytest.mark.parametrize(
    "number, shown",
    [(NUMBER, "4101**********1124"), ("410105850520112", "4101*******0112"), ("12345", "*****"), ("", "")],
)
def test_a_masked_number_tells_the_place_and_the_last_four(number, shown):
    assert identity.masked(number) == shown


def test_a_number_in_a_text_that_is_kept_is_masked():
    assert identity.without_numbers(f"找 {NUMBER}，电话 13912340001") == "找 4101**********1124，电话 13912340001"


def test_no_part_of_it_reaches_the_log(kept, caplog):
    with caplog.at_level(logging.DEBUG):
        identity.unseal(identity.seal(NUMBER))
    assert NUMBER not in caplog.text
