"""催办: one press reminds a branch of what it has not done."""

from django.contrib import messages
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from branches.access import get_visible_or_404, section
from branches.models import Organization
from supervision import reminders


@require_POST
@section("workbench")
def urge(request, kind, month, pk):
    branch = get_visible_or_404(Organization, request.user, pk=pk)
    told = reminders.urge(branch, kind, month, by=request.user)
    if told:
        messages.success(request, f"已提醒{branch}的 {told} 位负责人，今天不再重复提醒。")
    else:
        messages.warning(request, f"{branch}现任书记、副书记都没有账号，收不到提醒，请打电话联系。")
    return redirect("workbench")
