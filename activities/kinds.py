"""What an activity day can contain: the six kinds of the scheme's section 三, the subtypes and the forms it names."""

from collections.abc import Iterable

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


class EducationForm(models.TextChoices):
    """In what form education is held, where the scheme names one."""

    REPORT = "REPORT", "思想汇报"
    BIRTHDAY = "BIRTHDAY", "政治生日"
    OATH = "OATH", "重温入党誓词"
    FILM = "FILM", "电教片"
    LECTURE = "LECTURE", "讲座"
    TRAINING = "TRAINING", "技能培训"
    INTEGRITY_SITE = "INTEGRITY_SITE", "廉政教育基地"
    RED_SITE = "RED_SITE", "红色教育基地"


class ServiceForm(models.TextChoices):
    """In what form service is rendered: any of its ten kinds can be in any of them."""

    WISH = "WISH", "认领微心愿"
    PAIRING = "PAIRING", "结对帮带"
    PLEDGE = "PLEDGE", "承诺践诺"


EDUCATION_FORMS: dict[EducationKind, tuple[EducationForm, ...]] = {
    EducationKind.SPIRIT: (),
    EducationKind.THOUGHT: (EducationForm.REPORT, EducationForm.BIRTHDAY, EducationForm.OATH),
    EducationKind.ABILITY: (EducationForm.FILM, EducationForm.LECTURE, EducationForm.TRAINING),
    EducationKind.INTEGRITY: (EducationForm.INTEGRITY_SITE, EducationForm.RED_SITE),
}
SERVICE_FORMS = tuple(ServiceForm)
ALL_FORMS = [*EducationForm.choices, *ServiceForm.choices]


class MeetingType(models.TextChoices):
    """Types of 三会一课 that an item can announce; one event may be several."""

    GENERAL = "GENERAL", "党员大会"
    COMMITTEE = "COMMITTEE", "支委会"
    GROUP = "GROUP", "党小组会"
    LESSON = "LESSON", "党课"


class GuestGroup(models.TextChoices):
    """Whom a branch invites by what they are, outside of every rate (列席)."""

    PROSPECT = "PROSPECT", "发展对象"
    ACTIVIST = "ACTIVIST", "入党积极分子"
    FLOATING = "FLOATING", "流动党员"


SUBTYPES = {
    ItemKind.EDUCATION: EducationKind,
    ItemKind.SERVICE: ServiceKind,
    ItemKind.MEETING: MeetingType,
}
ALL_SUBTYPES = [choice for types in SUBTYPES.values() for choice in types.choices]


def code_of(kind: str, subtype: str, form: str = "") -> str:
    """What an item is as one choice of a form: EDUCATION.THOUGHT.OATH, EDUCATION.SPIRIT, DUES without a subtype.

    The form of service is no part of it: it is chosen beside the kind of service.
    """
    return ".".join(filter(None, [kind, subtype, form if kind == ItemKind.EDUCATION else ""]))


def read_code(code: str) -> tuple[str, str, str]:
    """``code_of`` read back: kind, subtype and form of education, empty where it names none."""
    kind, subtype, form = [*code.split("."), "", ""][:3]
    return kind, subtype, form


def forms_of(kind: str, subtype: str) -> tuple[EducationForm, ...]:
    """The forms that are chosen together with a kind and subtype."""
    return EDUCATION_FORMS[EducationKind(subtype)] if kind == ItemKind.EDUCATION else ()


def meeting_types(kind: str, subtype: str, also: Iterable[str]) -> list[str]:
    """The types of 三会一课 that an item is, its own first; none when it is no meeting."""
    own = [subtype] if kind == ItemKind.MEETING else []
    return own + [one for one in also if one not in own]


def _choices_of(kind: ItemKind):
    """The choices of a kind that has subtypes, each followed by the forms that are chosen with it."""
    for subtype, word in SUBTYPES[kind].choices:
        yield code_of(kind, subtype), word
        for form in forms_of(kind, subtype):
            yield code_of(kind, subtype, form), f"· {form.label}"


# Grouped by kind; a kind that has subtypes is chosen through one of them, education through a form of one, too.
ITEM_CHOICES = [
    (kind.label, list(_choices_of(kind))) if kind in SUBTYPES else (kind.value, kind.label) for kind in ItemKind
]
