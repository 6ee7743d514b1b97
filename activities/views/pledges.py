"""承诺践诺: the table of a year with its checks, one pledge, writing one."""

from django.contrib import messages
from django.http import Http404
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from activities import pledge_lists
from activities.actions import pledges as actions
from activities.forms.service import CheckForm, ChecksForm, PledgeForm
from activities.models import Pledge
from activities.rules import service as rules
from activities.service_spans import spans_for
from branches.access import can, for_officers, get_visible_or_404, section
from branches.actions import log_export
from branches.models import Person
from core.audit import history_of
from core.pages import page_of, too_many, workbook_response
from core.workbooks import note_of
from core.workflow import require


@require_GET
@section("service")
def pledges(request):
    """The pledges of a year, those that the user may check with the fields for it; or who has made none."""
    return _pledges_page(request)


def _pledges_page(request, form=None, status=200):
    table = pledge_lists.table_of(request)
    page = page_of(request, table.filter.qs)
    form = form or ChecksForm(table.checkable_among(page.object_list, request.user))
    context = {
        "table": table, "filter": table.filter, "order": table.filter, "page": page, "listing": table.listing,
        "lines": pledge_lists.lines(table, page.object_list, form), "checkable": form.pledges, "form": form,
        "spans": [span for span in spans_for(request.user) if span.is_year], "lacking": table.lacking.count(),
        "writable": table.writable(request.user),
    }  # fmt: skip
    return render(request, "activities/pledges.html", context, status=status)


@require_GET
@section("service")
@for_officers
def pledges_export(request):
    table = pledge_lists.table_of(request)
    chosen = table.filter
    if back := too_many(request, chosen.qs.count(), reverse("pledges")):
        return back
    # the year is said once; a term that narrows it further is said beside it
    narrowed = {name: word for name, word in chosen.words.items() if (name, word) != ("时期", table.span.word)}
    rows, words = list(chosen.qs), {"年度": table.span.word} | narrowed
    log_export("pledges", by=request.user, count=len(rows), filters=words)
    return workbook_response(table.listing.book(rows, note_of(words, len(rows))), table.listing.name)


@require_POST
@section("service")
def pledges_check(request):
    """评定 of the rows that were sent, as far as they are the user's to check."""
    ids = pledge_lists.ids_sent(request.POST)
    rows = Pledge.objects.visible_to(request.user).checkable_by(request.user).filter(pk__in=ids)
    rows = rows.select_related("person", "organization", "checked_by")
    form = ChecksForm(rows, request.POST)
    if not form.is_valid():
        return _pledges_page(request, form.renewed(rows.all()), status=422)
    try:
        checked = actions.check_pledges(form.checks, by=request.user)
    except actions.Overtaken:
        return _pledges_page(request, form.renewed(rows.all()), status=409)
    if checked:
        messages.success(request, f"已保存 {len(checked)} 份承诺的评定，本人收到了通知。")
    else:
        messages.info(request, "没有改动。")
    return redirect(f"{reverse('pledges')}?{request.GET.urlencode()}")


@require_GET
@section("service")
def pledge(request, pk):
    """One pledge: what was promised, and what became of it."""
    return pledge_page(request, _pledge(request, pk))


def pledge_page(request, row, form=None, status=200):
    context = {
        "pledge": row, "check": can(request.user, "pledge.check", row),
        "write": rules.can_write_pledge(request.user, row.person, row),
        "form": form or CheckForm(initial={"result": row.result, "word": row.word}),
        "history": history_of(row),
    }  # fmt: skip
    return render(request, "activities/pledge.html", context, status=status)


@require_POST
@section("service")
def pledge_check(request, pk):
    row = _pledge(request, pk)
    form = CheckForm(request.POST)
    if not form.is_valid():
        require(can(request.user, "pledge.check", row))
        return pledge_page(request, row, form, status=422)
    row = actions.check_pledge(row, by=request.user, **form.cleaned_data)
    messages.success(request, f"已评定：{row.get_result_display()}。")
    return redirect(row)


@require_http_methods(["GET", "POST"])
@section("service")
def pledge_write(request, pk, year):
    """写承诺, by the member or from paper; a pledge that stands is changed."""
    person = get_visible_or_404(Person.objects.visible_to(request.user).select_related("organization"),
                                request.user, pk=pk)  # fmt: skip
    if not 2000 <= year <= 2100:
        raise Http404("没有这一页。")
    row = Pledge.objects.visible_to(request.user).filter(person=person, year=year).first()
    require(pledge_lists.may_write(request.user, person, year, row))
    form = PledgeForm(year, row, request.POST or None)
    if not form.is_valid():
        context = {"person": person, "year": year, "pledge": row, "form": form}
        return render(request, "activities/pledge_write.html", context, status=422 if form.is_bound else 200)
    row = actions.write_pledge(person, year, by=request.user, **form.cleaned_data)
    messages.success(request, "承诺已保存，年底对照评定。")
    return redirect(row)


def _pledge(request, pk):
    rows = Pledge.objects.visible_to(request.user).select_related("person__user", "organization", "by", "checked_by")
    return get_visible_or_404(rows, request.user, pk=pk)
