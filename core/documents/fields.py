"""The form fields through which documents come in."""

from django import forms

from core.documents.kinds import ACCEPTED, look
from core.documents.refusing import Refused


class Many(forms.ClearableFileInput):
    """A file input that takes several."""

    allow_multiple_selected = True


class SeveralField(forms.FileField):
    """Several files at once, each looked at; what is wrong with one is said with its name. Gives a list."""

    def __init__(self, *, most: int, label: str, help_text: str, accept: str, things: str):
        self.most, self.things = most, things
        super().__init__(label=label, help_text=help_text, required=False, widget=Many(attrs={"accept": accept}))

    def clean(self, data, initial=None):
        uploads = [one for one in (data if isinstance(data, list | tuple) else [data]) if one]
        if not uploads:
            return []
        if len(uploads) > self.most:
            raise forms.ValidationError(f"一次最多上传 {self.most} {self.things}。")
        faults = []
        for upload in uploads:
            try:
                self.look(upload)
            except Refused as refusal:
                faults.append(f"“{_short(upload.name)}”：{refusal}")
        if faults:
            raise forms.ValidationError(faults)
        return uploads

    def look(self, upload) -> None:
        """Raises Refused for what is not taken."""
        raise NotImplementedError


class DocumentsField(SeveralField):
    """Several documents at once."""

    def __init__(self, *, most: int, label: str, help_text: str = ""):
        super().__init__(most=most, label=label, help_text=help_text, accept=ACCEPTED, things="个文件")

    def look(self, upload):
        look(upload, upload.name)


def _short(name: str) -> str:
    return name if len(name) <= 40 else f"{name[:30]}…{name[-8:]}"
