"""A mail server that is away costs no letter; a letter that is refused, or kills its worker, is given up after three.

Li and Chen have addresses. The clock moves only when a test moves it.
"""

import datetime
import smtplib

import pytest
from django.core import mail
from django.core.mail import BadHeaderError

from core import inbox
from core.inbox import Fault, Notice, deliver, fault_of, tell

MINUTE = datetime.timedelta(minutes=1)
DAY = datetime.timedelta(days=1)
AWAY = ConnectionRefusedError("没有邮件服务器")
FULL = smtplib.SMTPRecipientsRefused({"li@example.edu.cn": (452, b"mailbox full")})
UNKNOWN = smtplib.SMTPRecipientsRefused({"li@example.edu.cn": (550, b"no such user")})


@pytest.fixture
def world(world):
    for user, name in ((world.li, "li"), (world.chen, "chen")):
        user.email = f"{name}@example.edu.cn"
        user.save(update_fields=["email"])
    return world


class Server:
    """A mail server that answers ``error`` to whoever is in ``to`` (to everybody, without), and keeps who tried."""

    def __init__(self, monkeypatch):
        self.error, self.to, self.tried = None, None, []
        send = inbox.send_mail

        def answer(subject, text, sender, addresses):
            self.tried.append(addresses[0].partition("@")[0])
            if self.error and (self.to is None or self.tried[-1] in self.to):
                raise self.error
            send(subject, text, sender, addresses)

        monkeypatch.setattr(inbox, "send_mail", answer)


@pytest.fixture
def server(monkeypatch):
    return Server(monkeypatch)


@pytest.fixture
def hours(monday):
    """Lets a delivery begin every five minutes for so many hours, and gives how many letters left."""

    def deliver_for(number):
        sent = 0
        for _ in range(int(number * 12)):
            sent += deliver()
            monday.shift(5 * MINUTE)
        return sent

    return deliver_for


def states():
    return list(Notice.objects.order_by("pk").values_list("mail_state", flat=True))


@pytest.mark.parametrize(
    "error",
    [AWAY, TimeoutError("timed out"), smtplib.SMTPServerDisconnected("gone"), smtplib.SMTPConnectError(421, b"busy"),
     smtplib.SMTPAuthenticationError(535, b"wrong"), smtplib.SMTPSenderRefused(550, b"who are you", "us"), FULL],
    ids=lambda error: type(error).__name__,
)  # fmt: skip
def test_a_day_without_the_server_loses_nothing(world, server, hours, error):
    tell([world.li, world.chen], "plan_due", key="plan:1", title="计划还没有报送")
    server.error = error
    assert hours(25) == 0
    server.error = None
    assert hours(0.5) == 2
    assert sorted(one.to for one in mail.outbox) == [["chen@example.edu.cn"], ["li@example.edu.cn"]]


def test_the_pauses_grow(world, server, monday):
    tell([world.li], "plan_due", key="plan:1", title="计划还没有报送")
    server.error, tries = AWAY, []
    for minute in range(65):
        deliver()
        if len(server.tried) > len(tries):
            tries.append(minute)
        monday.shift(MINUTE)
    assert tries == [0, 2, 4, 7, 11, 17, 26, 40, 56]


def test_against_a_server_that_is_away_a_round_tries_one_letter(world, server):
    for number in range(20):
        tell([world.li], "plan_due", key=f"plan:{number}", title="计划还没有报送")
    server.error = AWAY
    assert [deliver(), deliver(), len(server.tried)] == [0, 0, 1]


def test_a_letter_for_which_the_server_asks_to_come_again_holds_up_no_other(world, server):
    tell([world.li, world.chen], "plan_due", key="plan:1", title="计划还没有报送")
    server.error, server.to = FULL, ["li"]
    assert deliver() == 1
    assert states() == ["WAITING", "SENT"]


def test_a_letter_on_which_the_server_hangs_up_lets_the_others_go_first(world, server, hours):
    tell([world.li, world.chen], "plan_due", key="plan:1", title="计划还没有报送")
    server.error, server.to = smtplib.SMTPServerDisconnected("gone"), ["li"]
    assert hours(1) == 1
    assert states() == ["WAITING", "SENT"]


@pytest.mark.parametrize(
    "error", [UNKNOWN, smtplib.SMTPDataError(554, b"spam"), BadHeaderError("newline"), UnicodeError("address"),
              smtplib.SMTPNotSupportedError("SMTPUTF8"), KeyError("whatever")],
    ids=lambda error: type(error).__name__,
)  # fmt: skip
def test_a_refused_letter_is_given_up_after_three_tries_and_holds_up_no_other(world, server, hours, error):
    tell([world.li, world.chen], "plan_due", key="plan:1", title="计划还没有报送")
    server.error, server.to = error, ["li"]
    assert deliver() == 1
    assert hours(2) == 0
    assert (states(), server.tried.count("li")) == (["FAILED", "SENT"], 3)


def test_an_outage_uses_up_none_of_the_three_tries(world, server, hours, monday):
    tell([world.li], "plan_due", key="plan:1", title="计划还没有报送")
    server.error = UNKNOWN
    deliver()
    server.error = AWAY
    hours(3)
    assert Notice.objects.get().mail_attempts == 1
    server.error = None
    assert hours(0.5) == 1


def test_a_mailbox_that_is_full_for_a_week_is_given_up(world, server, monday):
    tell([world.li], "plan_due", key="plan:1", title="计划还没有报送")
    server.error = FULL
    for _ in range(8):
        deliver()
        monday.shift(DAY)
    deliver()
    assert states() == ["FAILED"]


def test_a_title_of_two_lines_is_one_line_in_the_letter(world):
    tell([world.li], "plan_due", key="plan:1", title="计划还没有报送\r\n请今天办理")
    assert deliver() == 1
    assert mail.outbox[0].subject == "【党员活动日】计划还没有报送 请今天办理"


def test_a_round_ends_before_beat_asks_again(world, server, monday, monkeypatch):
    """Each letter takes four seconds: a worker thread is free again before the next round begins."""
    for number in range(20):
        tell([world.li], "plan_due", key=f"plan:{number}", title="计划还没有报送")
    monkeypatch.setattr(inbox, "send_mail", lambda *args: monday.shift(datetime.timedelta(seconds=4)))
    assert [deliver(), deliver()] == [4, 4]


def test_a_letter_that_kills_its_worker_three_times_is_given_up(world, monday, monkeypatch):
    def die(*args, **kwargs):
        raise SystemExit

    tell([world.li], "plan_due", key="plan:1", title="计划还没有报送")
    monkeypatch.setattr(inbox, "send_mail", die)
    for _ in range(3):
        with pytest.raises(SystemExit):
            deliver()
        monday.shift(inbox.MAIL_LEASE)
    assert deliver() == 0
    assert states() == ["FAILED"]


def test_a_worker_that_lost_its_letter_decides_nothing_about_it(world, monday, monkeypatch):
    """The first hangs for longer than its claim; the second sends the letter; then the first gets its error."""
    tell([world.li], "plan_due", key="plan:1", title="计划还没有报送")
    send, rounds = inbox.send_mail, []

    def hang_once(*args):
        if not rounds:
            rounds.append("first")
            monday.shift(inbox.MAIL_LEASE)
            rounds.append(deliver())
            raise TimeoutError("timed out")
        send(*args)

    monkeypatch.setattr(inbox, "send_mail", hang_once)
    assert deliver() == 0
    assert (rounds, states(), len(mail.outbox)) == (["first", 1], ["SENT"], 1)


def test_one_refusal_among_several_recipients_is_the_letters_fault():
    mixed = smtplib.SMTPRecipientsRefused({"a": (450, b"later"), "b": (550, b"never")})
    assert [fault_of(mixed), fault_of(FULL), fault_of(UNKNOWN)] == [Fault.LETTER, Fault.BUSY, Fault.LETTER]
