"""HTTP input of the day's record, turned into clean values."""

import copy

from django import forms

from activities.actions.day_files import MOST_AT_ONCE, MOST_FILES
from activities.forms import overtaken
from activities.forms.overtaken import Difference
from activities.kinds import ItemKind
from activities.models import Attendance, DayItem
from core.documents import DocumentsField, PicturesField

MOST_PEOPLE = 100_000
# what is asked of an item of a kind beside how it went, and what stands before it on the page
FIGURES = {
    ItemKind.EDUCATION: {"minutes": "实际时长（分钟）"},
    ItemKind.SERVICE: {
        "beneficiaries": "服务对象（人次）", "helpers": "参加党员（人）", "minutes": "实际时长（分钟）",
    },
}  # fmt: skip
LIMITS = {"minutes": (1, 600), "beneficiaries": (0, MOST_PEOPLE)}  # of helpers, as many as were there


def _text(label, placeholder, rows):
    attrs = {"rows": rows, "placeholder": placeholder}
    return forms.CharField(label=label, required=False, max_length=4000, widget=forms.Textarea(attrs=attrs))


class RecordForm(forms.Form):
    """What was done: outcome, note and figures per item, the day's texts, captions of its files, and files to add.

    Nothing saved yet, all items are shown as done as planned, by all who were there: what was different is changed.
    """

    version = forms.IntegerField(widget=forms.HiddenInput, min_value=1)
    summary = _text("主要内容及特色", "学了什么、议了什么、做了什么、效果怎样", 4)
    results = _text("成效", "可不填；解决了什么问题、群众怎么说", 2)
    problems = _text("存在问题和改进", "可不填；哪里没做好、下次怎么改", 2)
    photos = PicturesField(most=MOST_AT_ONCE, label="照片", help_text="可不传；一次最多 9 张，拍摄地点会自动去掉")
    papers = DocumentsField(most=MOST_AT_ONCE, label="文件", help_text="PDF、Word、Excel、PPT、WPS，每个不超过 20 MB")
    of_item = forms.TypedChoiceField(label="属于哪一项", coerce=int, empty_value=None, required=False)

    def __init__(self, day, *args, **kwargs):
        texts = {name: getattr(day, name) for name in ("summary", "results", "problems", "version")}
        super().__init__(*args, initial=texts, **kwargs)
        self.is_untouched = day.version == 1
        self.items = list(day.items.select_related("leader"))
        self.kept = list(day.files.with_content())
        self.present = day.attendance.filter(status=Attendance.Status.PRESENT).count()
        for item in self.items:
            self._add_fields(item)
        for file in self.kept:
            self._add_caption(file)
        self.fields["of_item"].choices = [("", "整个活动"), *((item.pk, item.content[:40]) for item in self.items)]

    def _add_fields(self, item):
        # what signed minutes say took place cannot be put down as 未进行
        outcomes = [DayItem.Outcome.DONE, DayItem.Outcome.CHANGED] if item.is_signed else DayItem.Outcome
        choices = [(one.value, one.label) for one in outcomes]
        done = DayItem.Outcome.DONE.value if self.is_untouched else ""
        self.fields[f"outcome-{item.pk}"] = forms.ChoiceField(
            label=f"{item.content}：完成情况", choices=choices if item.is_signed else [("", "请选择"), *choices],
            required=item.is_signed, initial=item.outcome or done,
        )  # fmt: skip
        self.fields[f"note-{item.pk}"] = forms.CharField(
            label=f"{item.content}：情况记录", required=False, initial=item.note,
            widget=forms.Textarea(attrs={"rows": 1, "placeholder": "可不填；有调整或未进行请写明"}),
        )  # fmt: skip
        for name, label in FIGURES.get(item.kind, {}).items():
            low, high = LIMITS.get(name, (0, self.present))
            value = getattr(item, name)
            if name == "helpers" and value is None and self.is_untouched:
                value = self.present  # nobody has said yet how many took part
            self.fields[f"{name}-{item.pk}"] = forms.IntegerField(
                label=label, required=False, min_value=low, max_value=high, initial=value,
                error_messages={"max_value": "不能多于实到 %(limit_value)s 人。"} if name == "helpers" else None,
            )  # fmt: skip

    def _add_caption(self, file):
        placeholder = "说明，可不填" if file.is_photo else file.file.name
        self.fields[f"caption-{file.pk}"] = forms.CharField(
            label=f"{file.file.name}的说明", required=False, max_length=80, initial=file.caption,
            widget=forms.TextInput(attrs={"placeholder": placeholder}),
        )  # fmt: skip

    def clean(self):
        data = super().clean()
        added = len(data.get("photos") or []) + len(data.get("papers") or [])
        if added > MOST_AT_ONCE:
            self.add_error("photos", f"照片和文件一次最多传 {MOST_AT_ONCE} 个。")
        if added and added + len(self.kept) > MOST_FILES:
            now = len(self.kept)
            self.add_error("photos", f"一次活动最多放 {MOST_FILES} 个文件，现在已有 {now} 个；先删去不要的。")
        return data

    @property
    def lines(self):
        """(item, outcome field, note field, its figures' fields) in order, for the page."""
        return [
            (
                item, self[f"outcome-{item.pk}"], self[f"note-{item.pk}"],
                [self[f"{name}-{item.pk}"] for name in FIGURES.get(item.kind, {})],
            )
            for item in self.items
        ]  # fmt: skip

    @property
    def file_lines(self):
        """(file, caption field) in order, for the page."""
        return [(file, self[f"caption-{file.pk}"]) for file in self.kept]

    @property
    def items_as_shown(self):
        """The items with the outcomes and notes that the page shows, saved or not: what they lack is said of these."""
        shown = []
        for item in self.items:
            one = copy.copy(item)
            one.outcome = self[f"outcome-{item.pk}"].value() or ""
            one.note = self[f"note-{item.pk}"].value() or ""
            shown.append(one)
        return shown

    @property
    def values(self):
        """What ``save_record`` takes."""
        data = self.cleaned_data
        texts = {name: data[name] for name in ("version", "summary", "results", "problems")}
        outcomes = {item.pk: (data[f"outcome-{item.pk}"], data[f"note-{item.pk}"]) for item in self.items}
        figures = {item.pk: self._figures(item) for item in self.items if item.kind in FIGURES}
        captions = {file.pk: data[f"caption-{file.pk}"] for file in self.kept}
        return texts | {"outcomes": outcomes, "figures": figures, "captions": captions}

    def _figures(self, item):
        """The figures of an item; a length that was cleared stays what it was."""
        figures = {name: self.cleaned_data[f"{name}-{item.pk}"] for name in FIGURES[item.kind]}
        return figures | {"minutes": figures["minutes"] or item.minutes}

    @property
    def added(self):
        """What ``attach_files`` takes; None where nothing was chosen."""
        data = self.cleaned_data
        if not (data["photos"] or data["papers"]):
            return None
        return {"photos": data["photos"], "papers": data["papers"], "item_id": data["of_item"]}

    def differences(self, day) -> list[Difference]:
        """Field by field, what was typed and differs from what the record says now."""
        typed, items = self.values, {item.pk: item for item in day.items.all()}
        found = [
            Difference(str(self.fields[name].label), typed[name], getattr(day, name))
            for name in ("summary", "results", "problems")
            if typed[name] != getattr(day, name)
        ]
        for pk, item in items.items():
            if pk not in typed["outcomes"]:
                continue
            (outcome, note), figures = typed["outcomes"][pk], typed["figures"].get(pk, {})
            mine = _words(outcome, note, figures)
            now = _words(item.outcome, item.note, {name: getattr(item, name) for name in figures})
            if mine != now:
                found.append(Difference(item.content, mine, now))
        captions = dict(day.files.values_list("pk", "caption"))
        for file in self.kept:
            mine, now = typed["captions"][file.pk], captions.get(file.pk, "（已删去）")
            if mine != now:
                found.append(Difference(file.file.name, mine, now))
        return found

    def renew(self, day) -> None:
        """After a conflict, or when it is saved but not whole: the next save is made knowing what stands now."""
        overtaken.renew(self, day.version)
        self.kept = list(day.files.with_content())
        for file in self.kept:
            if f"caption-{file.pk}" not in self.fields:
                self._add_caption(file)


def _words(outcome, note, figures) -> str:
    """An item's line in words, for a comparison."""
    labels = FIGURES[ItemKind.SERVICE]
    numbers = [f"{labels[name]} {value}" for name, value in figures.items() if value is not None]
    return " ".join(filter(None, [dict(DayItem.Outcome.choices).get(outcome, ""), note, *numbers]))


class ReturnRecordForm(forms.Form):
    comment = forms.CharField(
        label="退回意见", max_length=1000, error_messages={"required": "退回要写明意见，支部才知道改什么。"},
        widget=forms.Textarea(attrs={"rows": 3, "placeholder": "哪一项要补什么、改什么"}),
    )  # fmt: skip
