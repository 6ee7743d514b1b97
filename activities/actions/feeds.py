"""Private addresses at which a calendar reads an organization's days: made, changed, revoked, and read.

The token stands in the address alone. It is shown once, when it is made; kept is a digest, and neither the audit log
nor the site's log (``core.logs``) has it.
"""

from django.db import transaction
from django.utils.crypto import constant_time_compare

from activities.models import Feed
from activities.models.feeds import hash_of_token, make_token
from activities.rules import feeds as feed_rules
from core import clock
from core.audit import record
from core.workflow import StaleState, lock, no, require


@transaction.atomic
def open_feed(organization, *, by) -> tuple[Feed, str]:
    """Make an address; gives the feed and its token, which nobody can ask for again.

    The owner's account is the lock: of two clicks the second finds the first one's feed.
    """
    by = lock(by)
    require(feed_rules.can_open_feed(by, organization))
    running = list(Feed.objects.visible_to(by).running().values_list("organization_id", flat=True))
    if organization.pk in running:
        raise StaleState("这个党组织的订阅链接已经生成过了。没有记下来的话，请点“换一个链接”。")
    if len(running) >= feed_rules.MOST_FEEDS:
        require(no(f"一个人最多有 {feed_rules.MOST_FEEDS} 个订阅链接，请先停用不再看的。"))
    token = make_token()
    feed = Feed.objects.create(organization=organization, owner=by, token_hash=hash_of_token(token))
    record(feed, "feed.opened", by=by)
    return feed, token


@transaction.atomic
def renew_feed(feed, *, by) -> tuple[Feed, str]:
    """Put a new address in the place of one that was lost or told; the old one is dead from this moment."""
    feed = _lock(feed)
    require(feed_rules.can_renew_feed(by, feed))
    token = make_token()
    feed.token_hash, feed.created_at = hash_of_token(token), clock.now()
    feed.last_read_on, feed.digest, feed.changed_at = None, "", None
    feed.save(update_fields=["token_hash", "created_at", "last_read_on", "digest", "changed_at"])
    record(feed, "feed.renewed", by=by)
    return feed, token


@transaction.atomic
def revoke_feed(feed, *, by) -> Feed:
    """End an address. The row stays, for the log."""
    feed = _lock(feed)
    require(feed_rules.can_revoke_feed(by, feed))
    feed.revoked_at = clock.now()
    feed.save(update_fields=["revoked_at"])
    record(feed, "feed.revoked", by=by)
    return feed


def _lock(feed):
    feed = lock(feed)
    if not feed.is_running:
        raise StaleState("这个订阅链接已经停用了。")
    return feed


def feed_at(token: str) -> Feed | None:
    """The running feed of a token, while its owner may see that organization's days; asked anew at each reading.

    An office that ended, an account that was disabled, an organization that was closed: no feed any more, from that
    day on, and the answer does not tell which of them it was.
    """
    digest = hash_of_token(token)
    rows = Feed.objects.running().select_related("owner", "organization__parent")
    feed = rows.filter(token_hash=digest).first()
    if feed is None or not constant_time_compare(feed.token_hash, digest):
        return None
    return feed if feed_rules.reads_there(feed.owner, feed.organization) else None


def note_reading(feed, digest: str) -> None:
    """Keep on which day the feed was read, and since when it gives what it gives: one write a day, or a change."""
    today = clock.today()
    if feed.digest != digest:
        feed.digest, feed.changed_at = digest, clock.now()
    elif feed.last_read_on == today:
        return
    feed.last_read_on = today
    values = {name: getattr(feed, name) for name in ("digest", "changed_at", "last_read_on")}
    Feed.objects.filter(pk=feed.pk, token_hash=feed.token_hash).update(**values)
