"""What bases give to the floors below: their sheet among the imports, and the words of their events in the log."""

from branches.imports.kinds import Shown, register
from branches.models import SheetImport, SheetRow
from dues.bases import sheet

Outcome = SheetRow.Outcome
EVENTS = {
    "bases.exported": "导出党费基数",
    "pay_items.set": "制定基数核算项目",
    "pay_items.dropped": "取消基数核算项目",
}
SAYS = {
    Outcome.CHANGED: "已经有基数，导入后从所写的月份起改成右边的内容；已开账的月份不变。",
    Outcome.NEW: "还没有基数，导入后登记；当月已开账的，会补出应缴。",
    Outcome.MISSING: "表里提到的党支部中，要按基数交党费、表里却没有的党员。导入不会改动他们的基数。",
    Outcome.UNCHANGED: "和现在的基数一致，或者没有填，不用写入。",
}
register(SheetImport.Kind.BASES, sheet, Shown("姓名", ("bases", "党费基数"), "bases_import", "dues", SAYS))
