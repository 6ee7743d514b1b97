"""设置: where the rules, the scheme, the calendar and the accounts are."""

from django.shortcuts import render
from django.views.decorators.http import require_GET

from branches import access
from branches.access import for_officers, section

SETTINGS = [
    # (address, word, icon, what for, who has it)
    ("policies", "活动日规则", "review", "固定活动日、报送期限、假期月份、必备内容", access.ANY_OFFICE),
    ("rates", "党费标准", "dues", "各类党员交多少、基数、欠缴提示、减免由谁批准", access.ANY_OFFICE),
    ("dimensions", "三定一创", "plan", "评价维度的名称、说明、从哪个月到哪个月", access.ANY_OFFICE),
    ("calendar", "工作日历", "day", "工作日、节假日和学期", access.ANY_OFFICE),
    ("scheme", "考评方案", "chart", "各项指标的分值和等次界线", access.TREASURY),
    ("accounts", "账号", "key", "建立账号、发激活码、解除锁定", access.KEEPERS),
]


@require_GET
@section("settings_home")
@for_officers
def settings_home(request):
    """What the user's offices may read or set."""
    offices = {seat.office for seat in access.seats(request.user)}
    entries = [
        {"address": address, "word": word, "icon": icon, "what": what}
        for address, word, icon, what, who in SETTINGS
        if offices & who
    ]
    return render(request, "branches/settings.html", {"entries": entries})
