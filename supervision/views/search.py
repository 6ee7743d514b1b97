"""The search over everything that a user may see."""

from django.shortcuts import render
from django.views.decorators.http import require_GET

from branches.access import section
from core.pages import page_of
from core.search import words_of
from supervision.workbench import search as sources

PAGE_SIZE = 20


@require_GET
@section("search")
def search(request):
    """The first of each source; of one source that is asked for, page by page, all of it."""
    text = request.GET.get("q", "").strip()[:60]
    words, year, source = words_of(text), _year(request), sources.source_named(request.GET.get("source", ""))
    context = {"query": text, "words": words, "years": sources.years(), "year": year, "source": source}
    if source and words:
        page = page_of(request, sources.rows_of(source, words, request.user, year), PAGE_SIZE)
        return render(
            request, "supervision/search_source.html",
            context | {"page": page, "found": sources.shown(source, page, words)},
        )  # fmt: skip
    return render(request, "supervision/search.html", context | {"found": sources.find(words, request.user, year)})


def _year(request) -> int | None:
    """The year that is asked for; None for all of them, and for nonsense."""
    text = request.GET.get("year", "")
    return next((year for year in sources.years() if str(year) == text), None)
