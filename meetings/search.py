"""Minutes found by words: topic, content, decisions, lecturer, and what was appended to them."""

from core.contributions import SearchSource
from core.search import Hit, found_texts, having, in_rows, with_found
from core.templatetags.page import cn_day
from meetings.models import Correction, Meeting

FIELDS = ["topic", "content", "decisions", "lecturer", "organization__short_name"]
CORRECTION = ("meeting", ["text"])


def find_meetings(words, user):
    """Meetings that the user may see, the latest first."""
    corrections = Correction.objects.order_by("pk")
    rows = Meeting.objects.visible_to(user).filter(having(words, FIELDS, in_rows(corrections, *CORRECTION)))
    rows = with_found(rows, words, corrections, *CORRECTION)
    return rows.select_related("organization").order_by("-held_on", "-pk")


def _meeting(row, words) -> Hit:
    texts = [("内容", row.content), ("决议", row.decisions), ("主讲人", row.lecturer)]
    detail = f"{row.organization}，{cn_day(row.held_on)}，{row.get_status_display()}"
    url = row.get_absolute_url()
    return Hit(row.topic or "（未写议题）", url, detail, [*texts, *found_texts(row, words, "更正")])


SOURCE = SearchSource(
    "meetings", "三会一课", 40, find_meetings, _meeting, in_year=lambda rows, year: rows.filter(held_on__year=year)
)
