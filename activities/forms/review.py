"""The reviewer's answer: what was read and, of a return, what to change, for the whole paper and part by part."""

from django import forms

from activities.parts import PARTS

NOTHING_SAID = "退回要写明意见，支部才知道改什么。"
SAID_AND_PASSED = "您写了意见：要退回请按“退回”；要{word}请先删去意见。"
WORDS = {"return": "退回", "forward": "转报", "accept": "备案"}


class AnswerForm(forms.Form):
    """A note for the whole, and a comment on each part that is to be changed.

    A return says at least one of them; with 转报 and 备案 nobody would ever read them, so there is none.
    """

    attempt = forms.IntegerField(required=False)  # the submission that was read; without one, none was
    note = forms.CharField(
        label="退回意见", required=False, max_length=1000,
        widget=forms.Textarea(
            attrs={
                "rows": 2, "placeholder": "请写明要改什么，支部会照此修改", "data-key": "r", "aria-label": "退回意见",
            }
        ),
    )  # fmt: skip

    def __init__(self, model, *args, step="return", **kwargs):
        super().__init__(*args, **kwargs)
        self.parts, self.step = PARTS[model], step
        for part in self.parts:
            self.fields[f"part-{part.name}"] = forms.CharField(
                label=part.word, required=False, max_length=300,
                widget=forms.Textarea(  # of one line; in an input Enter would send the return
                    attrs={"rows": 1, "placeholder": f"{part.word}要怎么改", "aria-label": f"退回意见：{part.word}"}
                ),
            )  # fmt: skip

    def clean(self):
        data = super().clean()
        said = bool(data.get("note") or self.commented(data))
        if self.step == "return" and not said and not self.errors:
            self.add_error("note", NOTHING_SAID)
        if self.step != "return" and said:
            self.add_error(None, SAID_AND_PASSED.format(word=self.word))
        return data

    def commented(self, data) -> dict[str, str]:
        texts = {part.name: data.get(f"part-{part.name}") for part in self.parts}
        return {name: text for name, text in texts.items() if text}

    @property
    def word(self) -> str:
        return WORDS[self.step]

    @property
    def seen(self) -> int:
        """The number of the attempt that was read; 0 where the page did not say."""
        return self.cleaned_data.get("attempt") or 0

    @property
    def answer(self) -> dict:
        """What the action takes: the attempt that was read; of a return the note, and the comments by part."""
        if self.step != "return":
            return {"attempt": self.seen}
        return {"attempt": self.seen, "note": self.cleaned_data["note"], "comments": self.commented(self.cleaned_data)}

    @property
    def part_fields(self) -> dict:
        """The bound field of each part by its name, for the page."""
        return {part.name: self[f"part-{part.name}"] for part in self.parts}
