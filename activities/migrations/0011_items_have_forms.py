from django.db import migrations, models
from django.db.models import Q

FORMS = [
    ("REPORT", "思想汇报"), ("BIRTHDAY", "政治生日"), ("OATH", "重温入党誓词"), ("FILM", "电教片"), ("LECTURE", "讲座"),
    ("TRAINING", "技能培训"), ("INTEGRITY_SITE", "廉政教育基地"), ("RED_SITE", "红色教育基地"), ("WISH", "认领微心愿"),
    ("PAIRING", "结对帮带"), ("PLEDGE", "承诺践诺"),
]  # fmt: skip
FITS = (
    Q(form="")
    | Q(kind="SERVICE", form__in=["WISH", "PAIRING", "PLEDGE"])
    | Q(kind="EDUCATION", subtype="THOUGHT", form__in=["REPORT", "BIRTHDAY", "OATH"])
    | Q(kind="EDUCATION", subtype="ABILITY", form__in=["FILM", "LECTURE", "TRAINING"])
    | Q(kind="EDUCATION", subtype="INTEGRITY", form__in=["INTEGRITY_SITE", "RED_SITE"])
)
OWN = Q(own_kind="") | Q(kind="OWN_DESIGN")
ITEMS = ["dayitem", "guideitem", "planitem", "templateitem"]


def fields_of(model):
    form = models.CharField("形式", max_length=14, choices=FORMS, blank=True, default="")
    own_kind = models.CharField("自主设计的类别", max_length=40, blank=True, default="")
    return [migrations.AddField(model, "form", form), migrations.AddField(model, "own_kind", own_kind)]


def constraints_of(model):
    named = {f"a_{model}_has_a_form_of_its_kind": FITS, f"a_{model}_with_an_own_kind_is_of_own_design": OWN}
    return [
        migrations.AddConstraint(model, models.CheckConstraint(condition=condition, name=name))
        for name, condition in named.items()
    ]


class Migration(migrations.Migration):
    dependencies = [("activities", "0010_a_submission_can_become_void")]

    operations = [operation for model in ITEMS for operation in [*fields_of(model), *constraints_of(model)]]
