"""The table of the road as a page to read and print: docs/filing.md is this text, and a test says so."""

from activities import road
from activities.models import Filing
from branches.models import Office

HEAD = """# 备案流程：哪一级、哪个职务、在什么状态、能办哪一步

月计划、年度计划、年终总结走同一条路。本页由系统里的同一张表（`activities/road.py` 的 `CELLS`）生成：页面上的按钮、
每一步的检查和自动测试都以它为准。表里没有的，谁也办不了。

党支部报送后由党总支转报，组织部备案；直属党支部、党总支和下级党委的材料直接报到上级党委组织部；最上一级党委自己的
年度计划和年终总结，报送即生效。党总支除报送人以外没有在任的负责人时，由组织部代为转报或退回。

已备案的要改动，作为修订重新报送，备案以前仍按原来的执行。“顺延”是修订加报送一步办完；“本月不开展”同样报送、转报、
备案，但不会到期自动备案。退回时对单项提了意见的，只能改那几项；只写总的意见的，全部可以改；撤回的，全部可以改。
"""


def offices(cell: road.Cell) -> str:
    """The offices of a cell as users read them, in the order of the list of offices."""
    return "、".join(office.label for office in Office if office.value in cell.offices) or "系统（每日自动）"


def page() -> str:
    """The whole text: one table for each state in the order of the road."""
    words = dict(Filing.Status.choices)
    parts = [HEAD]
    for state in Filing.Status:
        cells = {step: cell for (start, step), cell in road.CELLS.items() if start == state}
        parts.append(f"## {words[state]}\n")
        if not cells:
            parts.append("没有可办的步骤，留作记录。\n")
            continue
        parts.append("| 步骤 | 由哪一级 | 职务 | 还须 | 办后 |\n|---|---|---|---|---|")
        for step, cell in cells.items():
            conditions = "；".join(road.CONDITIONS[name] for name in cell.conditions) or "—"
            after = " 或 ".join(words[one] for one in cell.leads_to) or AFTER.get(step, "不变")
            parts.append(f"| {road.STEPS[step].word} | {cell.side} | {offices(cell)} | {conditions} | {after} |")
        parts.append("")
    return "\n".join(parts).rstrip() + "\n"


AFTER = {
    "amend": "另起一份新版（暂存），这一份仍然有效",
    "discard": "不再存在，只留办理记录",
    "save": "不变（退回的仍是已退回）",
}
