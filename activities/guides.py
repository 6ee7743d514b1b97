"""Reading the months' guides: what a branch is asked to do, what it left out, and what became of a guide."""

from collections.abc import Iterable

from django.db.models import Prefetch

from activities.kinds import ItemKind, meeting_types
from activities.models import ActivityDay, GuideFile, GuideItem, MonthGuide
from branches.models import Organization
from core.audit import AuditEntry, history_of
from core.periods import Month


def guides_for(branch: Organization, month: Month) -> list[MonthGuide]:
    """The issued guides of all organizations above a branch, the nearest last; items and files are read with them."""
    rows = MonthGuide.objects.issued().filter(month=month).above(branch).select_related("organization")
    files = Prefetch("files", GuideFile.objects.select_related("file"))
    return list(rows.prefetch_related("items", files))


def guide_files_for(user, day: ActivityDay) -> list[GuideFile]:
    """The documents of the month's issued guides of all organizations above a day's branch, as far as the user may see
    them; the nearest last.
    """
    guides = MonthGuide.objects.visible_to(user).issued().filter(month=day.month).above(day.organization)
    files = GuideFile.objects.filter(guide__in=guides.order_by()).select_related("file", "guide__organization")
    return list(files.order_by("guide__organization__path", "order", "pk"))


def guide_items(guides: Iterable[MonthGuide]) -> list[GuideItem]:
    """The items of several guides, the required ones first; each carries its ``guide``."""
    items = [item for guide in guides for item in guide.items.all()]
    return sorted(items, key=lambda item: not item.is_required)


def lacking_items(guides: Iterable[MonthGuide], items: Iterable) -> list[str]:
    """The words of required items for which ``items`` of a plan (rows, or dicts of their fields) have nothing.

    One item of the same kind and subtype answers one required item, whatever its words: a branch says in its own how
    it does what is asked. A form, or an own kind, that is asked for must be there; where none is, any will do. Two
    required items of the same kind want two; a meeting of two types answers for each.
    """
    return [f"{item.label}：{item.content}" for item in _unanswered(guide_items(guides), items)]


def with_guides(items: list[dict], guides: Iterable[MonthGuide]) -> list[dict]:
    """A plan's pre-filled items with those of the guides that they lack, each with the ``origin`` it comes from.

    A required item is added unless one of its kind and subtype is left for it; a suggested one only where its kind is
    missing altogether.
    """
    found, asked = list(items), guide_items(guides)
    lacking = {item.pk for item in _unanswered(asked, items)}
    for item in asked:
        is_missing = item.pk in lacking if item.is_required else item.kind not in {one["kind"] for one in found}
        if is_missing:
            taken = ("kind", "subtype", "form", "own_kind", "content", "minutes")
            found.append({name: getattr(item, name) for name in taken} | {"origin": origin_of(item.guide)})
    return found


def origin_of(guide: MonthGuide) -> str:
    """Where a pre-filled item comes from, in words."""
    return f"按 {guide.month.short}工作提示"


def _unanswered(asked: list[GuideItem], items: Iterable) -> list[GuideItem]:
    """The required ones of ``asked`` for which ``items`` have nothing. Whoever asks for more is served first: what is
    held in a form answers both for the form and for its kind, but once.
    """
    have = [what for item in items for what in _all_that(item)]
    answered = set()
    for item in sorted(asked, key=lambda item: not _narrower(item)):
        found = next((one for one in have if _answers(one, _what(item))), None)
        if item.is_required and found:
            have.remove(found)
            answered.add(item.pk)
    return [item for item in asked if item.is_required and item.pk not in answered]


def _answers(what, wanted) -> bool:
    kind, subtype, form, own_kind = wanted
    return what[:2] == (kind, subtype) and form in ("", what[2]) and own_kind in ("", what[3])


def _what(item) -> tuple[str, str, str, str]:
    """Kind, subtype, form and own kind."""
    if isinstance(item, dict):
        return item["kind"], item["subtype"], item.get("form", ""), item.get("own_kind", "")
    return item.kind, item.subtype, item.form, item.own_kind


def _narrower(item) -> bool:
    return bool(item.form or item.own_kind)


def _all_that(item):
    """What an item is, and what it is besides."""
    what = _what(item)
    also = item.get("also", ()) if isinstance(item, dict) else item.also
    others = [(ItemKind.MEETING.value, one, "", "") for one in meeting_types(*what[:2], also)]
    return [what, *(one for one in others if one != what)]


def steps_since_issue(guide: MonthGuide) -> list[AuditEntry]:
    """What those below may know of a guide's road: from its last issue on, with what every correction changed."""
    steps = list(history_of(guide))
    issued = [place for place, step in enumerate(steps) if step.event == "guide.issued"]
    return [] if not issued else [step for step in steps[issued[-1] :] if not step.is_edit]
