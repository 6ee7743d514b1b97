"""支部工作手册: what goes into it is chosen, then it is a page to be printed or a Word document."""

from django.contrib import messages
from django.http import Http404
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET

from activities.handbook import Handbook, chosen, handbook_papers
from branches.access import for_officers, get_visible_or_404, section
from branches.actions import log_export
from branches.models import Organization
from core.contributions import registry
from core.pages import document_response
from core.periods import Month
from core.word import papers_document


@require_GET
@section("days")
@for_officers
def handbook_home(request):
    """The own branch's handbook; those above go by the page of their year, where the branches stand."""
    seat, year = request.office, Month.current().year
    if seat.kind == "BRANCH":
        return redirect("handbook", seat.organization_id, year)
    messages.info(request, "先选党支部：点支部名称进入它的全年一览，再点“工作手册”。")
    return redirect("year", seat.organization_id, year)


@require_GET
@section("days")
def handbook(request, organization, year):
    """Which sections the handbook of a branch and year is to have."""
    branch = _branch(request, organization, year)
    context = {"branch": branch, "year": year, "sections": registry.handbook, "is_begun": year <= Month.current().year}
    return render(request, "activities/handbook.html", context)


@require_GET
@section("days")
def handbook_print(request, organization, year):
    """The chosen sections as a page to be printed; nothing chosen leads to the choice."""
    book = _asked(request, organization, year)
    if not book.sections:
        return _to_choose(request, book)
    here = [book.organization.pk, year]
    context = {
        "papers": handbook_papers(book, request.user), "title": book.title, "back": reverse("handbook", args=here),
        "document": f"{reverse('handbook_document', args=here)}?{request.GET.urlencode()}",
    }  # fmt: skip
    return render(request, "core/papers.html", context)


@require_GET
@section("days")
def handbook_document(request, organization, year):
    """The same as a Word document."""
    book = _asked(request, organization, year)
    if not book.sections:
        return _to_choose(request, book)
    content = papers_document(handbook_papers(book, request.user), book.title, author=request.user.name)
    filters = {"党支部": str(book.organization), "年度": f"{year} 年", "内容": book.names}
    log_export("handbooks", by=request.user, count=1, filters=filters)
    return document_response(content, book.title)


def _asked(request, organization, year) -> Handbook:
    return Handbook(_branch(request, organization, year), year, chosen(request.GET.getlist("part")))


def _to_choose(request, book):
    messages.info(request, "请先选手册里要有的内容。")
    return redirect("handbook", book.organization.pk, book.year)


def _branch(request, pk, year) -> Organization:
    if not 2000 <= year <= 2100:
        raise Http404("没有这一页。")
    branches = Organization.objects.visible_to(request.user).branches().select_related("parent")
    return get_visible_or_404(branches, request.user, pk=pk)
