"""The chain of digests over the audit log: sealing what was written, and finding what was changed behind its back.

A link is the digest of an entry together with the digest of the link before. Links are numbered without a gap, under a
lock and by their primary key, so that two sealers can never fork the chain. Whoever owns the database can make a whole
new chain; so the newest digest (the head) is to be noted down elsewhere, and ``verify_audit --head`` looks for it.
"""

import datetime
import hashlib
import json
from dataclasses import dataclass

from celery import shared_task
from django.core.serializers.json import DjangoJSONEncoder
from django.db import IntegrityError, transaction
from django.db.models import Exists, Max, OuterRef

from core.audit.entries import AuditEntry, AuditSeal

BEGINNING = "0" * 64
BATCH = 1000
LAG = 200_000  # ids by which a late entry may lie behind the newest sealed one; verify_audit counts over all
FIELDS = ("pk", "at", "by_id", "event", "subject", "subject_id", "organization_id", "note", "data")


def digest_of(before: str, entry) -> str:
    """The digest of a link: of the one before, and of the entry as canonical JSON (``entry`` holds ``FIELDS``)."""
    pk, at, *rest = entry
    moment = at.astimezone(datetime.UTC).isoformat(timespec="microseconds")
    text = json.dumps(
        [pk, moment, *rest], cls=DjangoJSONEncoder, ensure_ascii=False, sort_keys=True, separators=(",", ":")
    )
    return hashlib.sha256(f"{before}{text}".encode()).hexdigest()


@dataclass(frozen=True)
class Head:
    """How far the log is sealed: links, the newest digest, and up to when."""

    count: int
    digest: str
    sealed_up_to: datetime.datetime | None = None


def head() -> Head:
    """The end of the chain as it stands."""
    last = AuditSeal.objects.select_related("entry").order_by("-pk").first()
    return Head(last.pk, last.digest, last.entry.at) if last else Head(0, BEGINNING)


def unsealed():
    """Entries that no link holds."""
    return AuditEntry.objects.filter(~Exists(AuditSeal.objects.filter(entry=OuterRef("pk"))))


def seal(limit: int = 200) -> int:
    """Append what was written to the chain, in the order of ids, batch by batch; returns how many entries.

    Each batch is a short transaction. What another sealer does meanwhile is left to it. After a long pause it takes
    several runs: at most ``limit`` batches each.
    """
    done = 0
    for _ in range(limit):
        try:
            added = _seal_batch()
        except IntegrityError:  # at the very first link there is no row to lock: the other one's number came first
            return done
        done += added
        if added < BATCH:
            break
    return done


@transaction.atomic
def _seal_batch() -> int:
    first = AuditSeal.objects.select_for_update(skip_locked=True).filter(pk=1).first()
    end = head()
    if first is None and end.count:
        return 0  # somebody else is sealing
    newest = AuditSeal.objects.aggregate(newest=Max("entry"))["newest"] or 0
    entries = unsealed().filter(pk__gt=newest - LAG).order_by("pk").values_list(*FIELDS)[:BATCH]
    links, digest = [], end.digest
    for number, entry in enumerate(entries, start=end.count + 1):
        digest = digest_of(digest, entry)
        links.append(AuditSeal(pk=number, entry_id=entry[0], digest=digest))
    AuditSeal.objects.bulk_create(links)
    return len(links)


@shared_task(name="core.audit.seal")
def seal_entries() -> int:
    return seal()


@dataclass(frozen=True)
class Break:
    """A place where the chain does not hold: the link, the entry that it held (None: unknown), and what is wrong."""

    link: int
    entry: int | None
    what: str

    def __str__(self):
        which = f"办理记录第 {self.entry} 号" if self.entry else "一条办理记录"
        return f"链上第 {self.link} 环，{which}：{self.what}"


@dataclass
class Chain:
    """What going through the chain found. ``knows`` is whether the head that was noted down occurs in it."""

    count: int = 0
    head: str = BEGINNING
    unsealed: int = 0
    knows: bool = True
    breaks: int = 0
    first_break: Break | None = None

    @property
    def holds(self) -> bool:
        return not self.breaks and self.knows


def verify(noted: str = "") -> Chain:
    """Go through the whole chain in constant memory. ``noted`` is a head that was once noted down elsewhere.

    The digest that a broken link bears goes on into the next, so that each tampered entry is one break.
    """
    chain, before, entry_id = Chain(knows=not noted), BEGINNING, 0
    for number, digest, sealed, entry in _links():
        if number > chain.count + 1:
            _note(chain, number - chain.count - 1, lambda link, known=(entry_id, sealed): _missing(link, *known))
        elif entry is None:
            _note(chain, 1, lambda link, pk=sealed: Break(link, pk, "被删去了"))
        elif digest_of(before, entry) != digest:
            _note(chain, 1, lambda link, known=(sealed, before, digest): _changed(link, *known))
        chain.count, chain.head, before, entry_id = number, digest, digest, sealed
        chain.knows = chain.knows or digest == noted
    chain.unsealed = unsealed().count()
    return chain


def _links():
    """``(number, digest, entry id, entry or None)`` of every link in order."""
    rows, last = AuditSeal.objects.order_by("pk").values_list("pk", "digest", "entry"), 0
    while links := list(rows.filter(pk__gt=last)[:BATCH]):
        entries = AuditEntry.objects.filter(pk__in=[entry for _, _, entry in links]).values_list(*FIELDS)
        known = {entry[0]: entry for entry in entries}
        for number, digest, entry_id in links:
            yield number, digest, entry_id, known.get(entry_id)
        last = links[-1][0]


def _note(chain, number, describe):
    chain.first_break = chain.first_break or describe(chain.count + 1)
    chain.breaks += number


def _missing(link, before, after) -> Break:
    """A link is gone with its entry: which, if only one number lacks between the neighbours."""
    between = set(range(before + 1, min(after, before + BATCH)))
    lacking = between - set(AuditEntry.objects.filter(pk__in=between).values_list("pk", flat=True))
    return Break(link, lacking.pop() if len(lacking) == 1 else None, f"在第 {before} 号和第 {after} 号之间被删去了")


def _changed(link, entry_id, before, digest) -> Break:
    """Was the entry changed, or does another belong here? That is looked for once in the whole log."""
    others = AuditEntry.objects.exclude(pk=entry_id).order_by("pk").values_list(*FIELDS)
    for entry in others.iterator(chunk_size=BATCH):
        if digest_of(before, entry) == digest:
            return Break(link, entry_id, f"次序被调换，这里原来是第 {entry[0]} 号")
    return Break(link, entry_id, "内容被改过")
