"""What the log calls the events of this floor."""

from core.audit import name_events

name_events(
    {
        "assessment.computed": "计算考评",
        "assessment.published": "发布考评结果",
        "scheme.edited": "修改考评方案",
        "report.requested": "编制工作簿",
        "report.compiled": "工作簿已编制",
        "report.downloaded": "下载工作簿",
        "duty.urged": "催办",
    },
    group="督查考评",
)
