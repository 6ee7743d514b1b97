"""The upload of a sheet, and the confirmation of what it would do."""

from pathlib import PurePath

from django import forms

from branches import rules
from branches.imports.kinds import SHOWN
from branches.models import SheetImport

LARGEST = 5 * 1024 * 1024
KINDS = (".xlsx", ".xls")


class SheetForm(forms.Form):
    """The file alone, of a page that is about one kind of sheet."""

    file = forms.FileField(
        label="Excel 文件",
        help_text="扩展名是 .xlsx 或 .xls，不超过 5 MB、20000 行；只读第一张工作表",
        widget=forms.ClearableFileInput(attrs={"accept": ",".join(KINDS)}),
        error_messages={
            "required": "请先选择要上传的表格文件。",
            "empty": "这个文件是空的，请重新选择。",
            "max_length": "文件名太长，请改短后再上传。",
        },
        max_length=200,
    )

    def clean_file(self):
        file = self.cleaned_data["file"]
        if PurePath(file.name).suffix.lower() not in KINDS:
            raise forms.ValidationError("只能上传 .xlsx 或 .xls 文件。请用 Excel 或 WPS 打开后另存为 .xlsx。")
        if file.size > LARGEST:
            raise forms.ValidationError("文件超过 5 MB。请只留需要的表和行，另存后再上传。")
        return file


class UploadForm(SheetForm):
    """Which sheet, the file, and whether a blank cell clears what the register says."""

    kind = forms.ChoiceField(label="导入什么", choices=SheetImport.Kind.choices, widget=forms.RadioSelect)
    blanks_overwrite = forms.BooleanField(
        label="空格表示清空",
        required=False,
        help_text="一般不要勾选。不勾选时，表里的空格不改动名册；勾选后，空格会清掉名册里原有的性别、民族、日期、电话等"
        "个人情况（学工号、姓名、党支部、类别、岗位和职务不会清掉）。只对人员有用。",
    )

    field_order = ["kind", "file", "blanks_overwrite"]

    def __init__(self, user, *args, kind="", **kwargs):
        super().__init__(*args, **kwargs)
        here = {kind for kind, shown in SHOWN.items() if shown.home == "imports" and rules.can_import_kind(user, kind)}
        choices = [choice for choice in SheetImport.Kind.choices if choice[0] in here]
        self.fields["kind"].choices = choices
        self.fields["kind"].initial = kind if kind in dict(choices) else SheetImport.Kind.PEOPLE


class ConfirmForm(forms.Form):
    """What was looked at, and that the rows which look like somebody known are others."""

    digest = forms.CharField(widget=forms.HiddenInput, max_length=64)
    alike_ok = forms.BooleanField(required=False)

    def __init__(self, row, *args, **kwargs):
        super().__init__(*args, **kwargs)
        count = row.counts.get("ALIKE", 0)
        self.fields["digest"].initial = row.digest
        self.fields["alike_ok"].required = bool(count)
        self.fields["alike_ok"].label = f"“像是同一人”的 {count} 行已逐行核对，确是不同的人"
        self.fields["alike_ok"].error_messages["required"] = "请先看“像是同一人”各行，核对后在这里勾选。"
        if not count:
            del self.fields["alike_ok"]
