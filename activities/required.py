"""What every plan must contain: codes of kinds (``kinds.code_of``), and what of them a plan's items lack.

A code names a kind (EDUCATION: any subtype will do), a kind with its subtype (EDUCATION.THOUGHT: in any form), or a
form of it (EDUCATION.THOUGHT.OATH).
"""

from collections.abc import Iterable

from activities.kinds import SUBTYPES, ItemKind, code_of, forms_of


def _words():
    """Every code with its word, each kind before its subtypes, each of these before its forms."""
    for kind in ItemKind:
        yield kind.value, str(kind.label)
        for value, label in SUBTYPES[kind].choices if kind in SUBTYPES else ():
            yield code_of(kind, value), f"{kind.label}（{label}）"
            for form in forms_of(kind, value):
                yield code_of(kind, value, form), f"{kind.label}（{label} · {form.label}）"


WORDS = dict(_words())


def word_of(code: str) -> str:
    """A code as users read it: 党费, 集中教育（党性观念教育）."""
    return WORDS.get(code, code)


def lacking(policy_required: Iterable[str], items: Iterable) -> list[str]:
    """The words of the codes that none of ``items`` (rows of any kind of item) meets, in their order.

    An item meets what it is besides, too: a 党员大会 that is also a 党课 is both.
    """
    there = {code for item in items for code in _codes(item)}
    return [word_of(code) for code in policy_required if code not in there]


def _codes(item):
    meeting = ItemKind.MEETING.value
    yield from (item.kind, code_of(item.kind, item.subtype), code_of(item.kind, item.subtype, item.form))
    yield from (code for one in item.meeting_types for code in (meeting, code_of(meeting, one)))


def in_order(codes: Iterable[str]) -> list[str]:
    """Codes once each, in the order of the kinds; one is left out where something narrower is asked for anyway."""
    wanted = set(codes)
    implied = {wider for code in wanted for wider in WORDS if code.startswith(f"{wider}.")}
    return [code for code in WORDS if code in wanted and code not in implied]
