"""Accounts of people in the register: opened, given a code, activated, disabled, unlocked.

A code leaves an action once, as its answer, for the page that is printed. It is neither kept in clear nor logged.
"""

import datetime

from axes.utils import reset
from django.conf import settings
from django.db import transaction

from branches import rules
from branches.backends import is_registered
from branches.models import Person
from core import clock
from core.accounts import WRONG_TRIES, Activation, User, hash_of_code, make_code
from core.audit import record, record_many, remember
from core.inbox import tell
from core.workflow import StaleState, lock, lock_all, require

MOST_AT_ONCE = 300  # slips that are printed by one act


@transaction.atomic
def open_account(person, *, by):
    """An account under the person's own number, without a password; gives the activation code."""
    person = lock(person)
    if person.user_id is not None:
        raise StaleState("这个人已经有账号了，没有再建立。请看账号现在的情况。")
    require(rules.can_open_account(by, person))
    return _codes_for(_accounts_for([person], by), by)[0]


@transaction.atomic
def open_first_account(person):
    """The same by whoever runs the site's commands: how an installation gets its first account, or one that is lost."""
    person = lock(person)
    require(rules.can_be_registered(person))
    users = [person.user] if person.user_id else _accounts_for([person], None)
    return _codes_for(users, None)[0]


@transaction.atomic
def open_accounts(people, *, by):
    """Accounts and codes for those of ``people`` who lack one and whose accounts the user keeps: (person, code) each.

    At most ``MOST_AT_ONCE``: the same act again goes on with the next.
    """
    shown = list(people.values_list("pk", flat=True)[:MOST_AT_ONCE])
    locked = lock_all(Person.objects.filter(pk__in=shown).select_related("user", "organization").order_by("pk"))
    rows = sorted(locked, key=lambda one: shown.index(one.pk))  # printed in the order of the page
    held = rules.offices_at(shown)
    mine = [one for one in rows if rules.may_keep(by, one, held.get(one.pk, []))]
    _accounts_for(_without_account(mine), by)
    running = set(Activation.objects.running().filter(user__person__in=mine).values_list("user_id", flat=True))
    waiting = [one for one in mine if one.user_id and one.user_id not in running and _waits(one)]
    codes = _codes_for([one.user for one in waiting], by)
    return list(zip(waiting, codes, strict=True))


def give_accounts(people, *, by) -> None:
    """Accounts for those who come into an office; the code is handed out by whoever keeps the account from now on."""
    _accounts_for(_without_account(people), by)
    void_codes(people, by=by)


def void_codes(people, *, by) -> None:
    """Whatever begins or resumes an office, an import too, ends the open codes of its holders, once the rows stand.

    Who printed them may be somebody who does not keep an office holder's account. The accounts are locked, as by who
    hands out a code: of two at once the later sees what the earlier did.
    """
    users = lock_all(User.objects.select_related("person").filter(person__in=people).order_by("pk"))
    ended = _end_codes([user.pk for user in users], clock.now())
    record_many([user for user in users if user.pk in ended], "account.code_voided", by=by, also=ended)
    for user in users:
        for code in ended.get(user.pk, ()):
            _tell_voided(user, code, by=by)


def _tell_voided(user, code, *, by):
    tell(
        [code.made_by],
        "account_code_voided",
        key=f"account_code_voided:{code.pk}",
        title=f"您给{user}发的激活码已作废",
        text=f"{user}有了新的职务，账号改由任职组织的上级党组织或党委组织部办理，新的激活码也由他们发。"
        "原来的纸条不能再用，请告诉本人并把纸条收回。",
        url=user.person.get_absolute_url(),
        sender=by.name if by else "",
    )


def _without_account(people):
    """Those who can be given one: their number is nobody else's log-in name."""
    without = [one for one in people if one.user_id is None and one.left_on is None]
    taken = User.objects.exclude(person=None).filter(username__in=[one.staff_number for one in without])
    names = set(taken.values_list("username", flat=True))
    return [one for one in without if one.staff_number not in names]


def _waits(person):
    return person.left_on is None and person.user.is_active and not person.user.has_usable_password()


@transaction.atomic
def hand_out_code(user, *, by, seen=None):
    """A new code; the old one, the old password and every session of the account end with it.

    ``seen`` is the latest code that the page knew of: a page sent twice does not end the code that was just printed.
    """
    user = lock(user)
    require(rules.can_hand_out_code(by, user.person))
    latest = user.activations.order_by("pk").last()
    if seen is not None and seen != (latest.pk if latest else 0):
        raise StaleState("这个账号刚刚发过激活码，没有再发。如果那张激活码没有打印出来，请在账号页再发一次。")
    return _codes_for([user], by)[0]


def _accounts_for(people, by):
    """Accounts without a password. An old one of the same number that is nobody's is taken over, with a new life."""
    numbers = [one.staff_number for one in people]
    orphans = {user.username: user for user in lock_all(User.objects.filter(person=None, username__in=numbers))}
    for person in people:
        user = orphans.get(person.staff_number) or User(username=person.staff_number)
        user.set_unusable_password()
        user.name, user.is_active, user.must_change_password = person.name, True, False
        user.session_round += 1
        person.user = user
    User.objects.bulk_create([one.user for one in people if one.user.pk is None], batch_size=500)
    fields = ["name", "password", "password_set_at", "is_active", "must_change_password", "session_round"]
    User.objects.bulk_update(list(orphans.values()), fields, batch_size=500)
    for person in people:
        person.user_id = person.user.pk
    Person.objects.bulk_update(people, ["user"], batch_size=500)
    users = [one.user for one in people]
    record_many(people, "person.account_opened", by=by)
    record_many(users, "account.opened", by=by)
    return users


def _codes_for(users, by):
    """One new code for each account; whatever opened it before does so no more."""
    now, ids = clock.now(), [user.pk for user in users]
    ended = _end_codes(ids, now)
    held = lock_all(User.objects.select_related("person").filter(pk__in=ids).order_by("pk"))
    for user in held:
        user.set_unusable_password()
        user.must_change_password, user.password_set_at = False, None
        user.session_round += 1
    User.objects.bulk_update(held, ["password", "password_set_at", "must_change_password", "session_round"], 500)
    until = now + datetime.timedelta(days=settings.ACTIVATION_DAYS)
    codes = {user.pk: make_code() for user in held}
    Activation.objects.bulk_create(
        [
            Activation(user=one, code_hash=hash_of_code(one, codes[one.pk]), made_by=by, expires_at=until)
            for one in held
        ],
        batch_size=500,
    )
    record_many(held, "account.code_handed_out", by=by, also=ended)
    return [codes[pk] for pk in ids]


def _end_codes(ids, now) -> dict[int, list[Activation]]:
    """The open codes of accounts open nothing any more; gives them by account."""
    found: dict[int, list[Activation]] = {}
    for one in lock_all(Activation.objects.open().select_related("made_by").filter(user__in=ids).order_by("pk")):
        one.revoked_at = now
        found.setdefault(one.user_id, []).append(one)
    Activation.objects.bulk_update([one for some in found.values() for one in some], ["revoked_at"], batch_size=500)
    return found


@transaction.atomic
def activate(number, code, password):
    """The account whose code this is, with its owner's own password from now on; None if anything is wrong.

    A wrong code is counted, and the fifth ends it. It is an answer and no exception, so that the count is kept.
    """
    user = User.objects.select_for_update(of=("self",)).select_related("person").filter(username=number).first()
    if user is None or not user.is_active or not is_registered(user):
        return None
    found = user.activations.running().first()
    if found is None:
        return None
    found.user = user
    remember(user, found)
    if not found.fits(code):
        return _count_wrong_try(found)
    found.used_at = clock.now()
    found.save(update_fields=["used_at"])
    user.set_password(password)
    user.must_change_password = False
    user.save(update_fields=["password", "password_set_at", "must_change_password"])
    record(user, "account.activated", by=user, also=[found])
    return user


def _count_wrong_try(found):
    found.tries += 1
    found.revoked_at = clock.now() if found.tries >= WRONG_TRIES else None
    found.save(update_fields=["tries", "revoked_at"])
    if found.revoked_at:
        record(found.user, "account.code_spoiled", by=None, also=[found])


@transaction.atomic
def disable_account(user, *, by, reason):
    """Nobody gets in by this account any more; who is logged in is out at the next click, for good."""
    user = lock(user)
    require(rules.can_disable_account(by, user.person))
    if not user.is_active:
        raise StaleState("这个账号已经停用了。")
    user.is_active, user.session_round = False, user.session_round + 1
    user.save(update_fields=["is_active", "session_round"])
    ended = _end_codes([user.pk], clock.now())
    record(user, "account.disabled", by=by, note=reason, also=ended.get(user.pk, ()))
    return user


@transaction.atomic
def enable_account(user, *, by):
    """The account is in use again, with its old password; sessions from before stay ended."""
    user = lock(user)
    require(rules.can_enable_account(by, user.person))
    if user.is_active:
        raise StaleState("这个账号正在使用，不用恢复。")
    user.is_active = True
    user.save(update_fields=["is_active"])
    record(user, "account.enabled", by=by)
    return user


@transaction.atomic
def unlock_account(user, *, by):
    """Forget the wrong passwords, so that the owner need not wait for half an hour."""
    user = lock(user)
    require(rules.can_unlock_account(by, user.person))
    if not reset(username=user.username):
        raise StaleState("这个账号没有锁定，不用解除。")
    record(user, "account.unlocked", by=by)
    return user


@transaction.atomic
def end_sessions(user, *, by):
    """Log the account out everywhere; its password stays."""
    user = lock(user)
    require(rules.can_end_sessions(by, user.person))
    user.session_round += 1
    user.save(update_fields=["session_round"])
    record(user, "account.sessions_ended", by=by)
    return user


@transaction.atomic
def account_of(number):
    """The account of the present person whom single sign-on vouches for, opened at the first time; else None."""
    found = lock_all(Person.objects.present().select_related("user").filter(staff_number=number))
    if not found:
        return None
    person = found[0]
    if person.user_id is None and rules.can_be_registered(person):
        _accounts_for([person], None)
    return person.user if person.user_id and person.user.is_active else None


def note_log_in(user, *, way):
    """Who came in when, and how it was proven: by password, by code, by single sign-on."""
    return record(user, "account.entered", by=user, note=way)
