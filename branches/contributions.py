"""What the register gives to pages that gather: its part of a person's timeline, and the search."""

import datetime

from django.urls import reverse

from branches import handbook, search
from branches.models import Exclusion, Transfer
from branches.reports.people import masked_day, masked_phone
from branches.reports.terms import pressing
from branches.reports.timeline import register_entries
from branches.rules.audit import entries_seen_by
from core.audit import mask_fields, name_events, name_fields, show_entries
from core.contributions import TimelineSource, WaitingSource, registry


def transfers_to_answer(user):
    """Moves that wait for the user as the receiving branch."""
    return Transfer.objects.visible_to(user).awaiting(user)


def exclusions_to_decide(user):
    """不计入应到 that a branch below proposes."""
    return Exclusion.objects.visible_to(user).awaiting(user)


registry.add(
    TimelineSource("党籍与任职", register_entries),
    *search.SOURCES,
    handbook.SECTION,
    WaitingSource(
        "transfers", "人转入待接收", "去接收", 20, transfers_to_answer, lambda: f"{reverse('transfers')}?view=incoming"
    ),
    WaitingSource(
        "exclusions", "人不计入应到待批准", "去批准", 30, exclusions_to_decide,
        lambda: f"{reverse('exclusions')}?state=awaiting",
    ),
    WaitingSource(
        "offices", "个党组织书记空缺或已届满", "看名单", 40, pressing, lambda: f"{reverse('terms')}?matter=pressing",
        is_paper=False,
    ),
)  # fmt: skip
GROUP = "组织与党员"  # of the register's events in the log
name_events(
    {
        "password.changed": "修改密码",
        "account.opened": "建立账号",
        "person.account_opened": "建立账号",
        "account.code_handed_out": "发出激活码",
        "account.code_spoiled": "激活码连错 5 次，已作废",
        "account.code_voided": "有了新的职务，激活码作废",
        "account.activated": "本人激活账号",
        "account.disabled": "停用账号",
        "account.enabled": "恢复账号",
        "account.unlocked": "解除锁定",
        "account.sessions_ended": "退出所有设备",
        "account.entered": "登录",
        "accounts.exported": "导出账号名单",
        "organization.imported": "导入党组织信息",
        "person.imported": "导入党员信息",
        "organizations.exported": "导出党组织名册",
        "people.exported": "导出人员名册",
        "organization.founded": "设立",
        "organization.renamed": "更名",
        "organization.moved": "调整上级组织",
        "organization.moved_along": "随上级调整",
        "organization.closed": "撤销",
        "organization.reopened": "恢复",
        "organization.grouped": "调整党小组",
        "transfer.made_by_closing": "随党支部撤销转入",
        "transfer.declined_by_closing": "因党支部撤销退回",
        "person.moved_by_closing": "随党支部撤销转接",
        "appointment.ended_by_closing": "因党组织撤销结束任职",
        "appointment.resumed_by_reopening": "随党组织恢复任职",
        "appointment.ended_by_dissolving": "因党小组撤销结束任职",
        "person.grouped": "编入党小组",
        "group.founded": "设立党小组",
        "group.renamed": "党小组更名",
        "group.dissolved": "撤销党小组",
    },
    group=GROUP,
)

# a person's acts: facts, standing, not counted in 应到
name_events(
    {
        "person.added": "登记人员",
        "person.edited": "修改人员资料",
        "person.edited_own": "修改自己的电话和邮箱",
        "standing.changed": "登记类别变动",
        "standing.undone": "撤回类别变动",
        "standing.corrected": "更正类别和入党日期",
        "exclusion.proposed": "申请不计入应到",
        "exclusion.approved": "批准不计入应到",
        "exclusion.declined": "不批准不计入应到",
        "exclusion.withdrawn": "撤回不计入应到的申请",
        "exclusion.ended": "提前结束不计入应到",
        "exclusions.exported": "导出不计入应到名单",
        "probationers.exported": "导出预备党员名单",
        "people.exported_in_full": "导出人员名册（完整信息）",
        "person.unmasked": "查看完整信息",
        "person.resealed": "换身份证号密钥",
    },
    group=GROUP,
)
name_events(
    {
        "transfer.requested": "提出转接",
        "transfer.accepted": "接收",
        "transfer.declined": "退回转接",
        "transfer.withdrawn": "撤回转接",
        "transfer.registered": "登记变动",
        "transfer.undone": "撤销变动",
        "appointment.ended": "免职",
        "transfers.exported": "导出组织关系",
        "person.moved": "转入新支部",
        "person.left": "离开名册",
        "person.admitted": "转入名册",
        "person.move_undone": "变动被撤销",
    },
    group=GROUP,
)
name_events({"audit.exported": "导出办理记录"}, group=GROUP)
show_entries(entries_seen_by)
mask_fields({"phone": masked_phone, "born_on": lambda day: masked_day(datetime.date.fromisoformat(day))})
name_fields(
    {
        "by": "办理人",
        "parent": "上级组织",
        "offices": "新任职务",
        "offices_ended": "不再担任",
        "submitted_by": "报送人",
        "verified_by": "查验人",
        "confirmed_by": "确认人",
        "published_by": "发布人",
        "proposed_by": "提出人",
        "decided_by": "批准人",
        "asked_by": "提出人",
        "made_by": "发出人",
    }
)
name_events(
    {
        "import.uploaded": "上传名册表",
        "import.refused": "名册表打不开",
        "import.compared": "核对名册表",
        "import.confirmed": "确认导入",
        "import.done": "导入完成",
        "import.dropped": "放弃导入",
        "import.faulty_taken": "下载差错行",
        "import.swept": "名册表到期删除",
        "appointment.started": "任职",
        "appointment.ended": "免职",
        "appointment.corrected": "更正任职",
        "appointment.restored": "恢复任职",
        "election.held": "登记换届选举",
        "election.undone": "撤销换届登记",
        "organization.elected": "换届选举",
        "organization.election_undone": "撤销换届登记",
        "offices.exported": "导出任职历史",
        "terms.exported": "导出任职与换届",
    },
    group=GROUP,
)
name_events(
    {
        "calendar_day.set": "设定休息或上班",
        "calendar_day.cleared": "改回平日",
        "calendar_day.imported": "导入工作日历",
        "calendar_day.seeded": "按国务院放假安排填写",
        "calendar.exported": "导出工作日历",
        "term.added": "添加学期",
        "term.edited": "修改学期",
        "term.dropped": "删去学期",
    },
    group="工作日历",
)
