"""What an activity day can contain: the six kinds of the scheme's section 三, and the subtypes that it names."""

from django.db import models


class ItemKind(models.TextChoices):
    DUES = "DUES", "党费"
    EDUCATION = "EDUCATION", "集中教育"
    SERVICE = "SERVICE", "为民服务"
    MEETING = "MEETING", "三会一课"
    RESPONSIBILITY = "RESPONSIBILITY", "三定一创"
    OWN_DESIGN = "OWN_DESIGN", "自主设计"


class EducationKind(models.TextChoices):
    SPIRIT = "SPIRIT", "党性观念教育"
    THOUGHT = "THOUGHT", "思想政治教育"
    ABILITY = "ABILITY", "能力素质教育"
    INTEGRITY = "INTEGRITY", "廉政文化教育"


class ServiceKind(models.TextChoices):
    CONVENIENCE = "CONVENIENCE", "便民利民"
    POVERTY = "POVERTY", "扶贫帮困"
    SECURITY = "SECURITY", "治安维稳"
    CULTURE = "CULTURE", "文体娱乐"
    ENVIRONMENT = "ENVIRONMENT", "环境保护"
    INFORMATION = "INFORMATION", "信息咨询"
    HOUSEKEEPING = "HOUSEKEEPING", "家政服务"
    LEARNING_AND_HEALTH = "LEARNING_AND_HEALTH", "送学送医"
    EMPLOYMENT = "EMPLOYMENT", "就业创业"
    LEGAL_AID = "LEGAL_AID", "法律援助"


class MeetingType(models.TextChoices):
    """Types of 三会一课 that an item can announce; one event may be several."""

    GENERAL = "GENERAL", "党员大会"
    COMMITTEE = "COMMITTEE", "支委会"
    GROUP = "GROUP", "党小组会"
    LESSON = "LESSON", "党课"


SUBTYPES = {
    ItemKind.EDUCATION: EducationKind,
    ItemKind.SERVICE: ServiceKind,
    ItemKind.MEETING: MeetingType,
}
ALL_SUBTYPES = [choice for types in SUBTYPES.values() for choice in types.choices]


def code_of(kind: str, subtype: str) -> str:
    """An item's kind and subtype as one choice of a form: EDUCATION.SPIRIT, or DUES for a kind without subtypes."""
    return f"{kind}.{subtype}" if subtype else kind


# Grouped by kind; a kind that has subtypes is chosen through one of them.
ITEM_CHOICES = [
    (kind.label, [(code_of(kind, subtype), word) for subtype, word in SUBTYPES[kind].choices])
    if kind in SUBTYPES
    else (kind.value, kind.label)
    for kind in ItemKind
]
