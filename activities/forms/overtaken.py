"""What somebody typed beside what somebody else stored meanwhile: it stays typed, and saving again is a choice."""

from dataclasses import dataclass
from typing import Any

from activities.parts import item_words


@dataclass(frozen=True)
class Difference:
    """One field of a form: as typed here, and as it stands now."""

    name: str
    typed: str
    now: str


def differences_from(stored, form, names, rows) -> list[Difference]:
    """Field by field of ``names``, what was typed and differs from what is stored now; then the run.

    ``rows`` are the typed lines as fields of ``stored.items``; ``form`` is valid.
    """
    run = "议程", _run(stored.items.model(**row) for row in rows), _run(stored.items.all())
    found = differences_from_fields(stored, form, names)
    return found + ([Difference(*run)] if run[1] != run[2] else [])


def differences_from_fields(stored, form, names) -> list[Difference]:
    """The same of the fields alone."""
    pairs: list[tuple[str, Any, Any]] = [
        (str(form.fields[name].label), form.cleaned_data[name], getattr(stored, name)) for name in names
    ]
    return [Difference(label, _word(typed), _word(now)) for label, typed, now in pairs if typed != now]


def renew(form, version: int) -> None:
    """After a conflict: the next save is made knowing what stands now."""
    data = form.data.copy()
    data["version"] = str(version)
    form.data = data


def _word(value) -> str:
    return f"{value:%H:%M}" if hasattr(value, "strftime") else str(value or "")


def _run(items) -> str:
    lines = (
        "【必须】" + item_words(item) if getattr(item, "is_required", False) else item_words(item) for item in items
    )
    return "\n".join(f"{number}．{words}" for number, words in enumerate(lines, start=1))
