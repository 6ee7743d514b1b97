"""One's own notices."""

from django.contrib import messages
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST

from branches import actions
from branches.access import get_visible_or_404, section
from branches.reports.inbox import notices_of
from core.inbox import Notice
from core.pages import page_of


@require_GET
@section("inbox")
def inbox(request):
    """All notices or the unread ones, the unread first."""
    only_unread = request.GET.get("only") == "unread"
    page = page_of(request, notices_of(request.user, only_unread=only_unread))
    return render(request, "branches/inbox.html", {"page": page, "only_unread": only_unread})


@require_GET
@section("inbox")
def notice(request, pk):
    """Open a notice: it counts as read, and leads to what it is about or shows its text."""
    row = get_visible_or_404(Notice, request.user, pk=pk)
    actions.read_notice(row, by=request.user)
    return redirect(row.url) if row.url else render(request, "branches/notice.html", {"notice": row})


@require_POST
@section("inbox")
def inbox_read_all(request):
    count = actions.read_all_notices(by=request.user)
    messages.success(request, f"{count} 条消息已标为已读。" if count else "没有未读的消息。")
    return redirect("inbox")
