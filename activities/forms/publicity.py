"""HTTP input of what was published, and of the list of it."""

from urllib.parse import urlsplit, urlunsplit

from django import forms
from django.core.validators import URLValidator

from activities.forms.plans import DAY
from activities.models import ActivityDay, Publicity
from activities.models.publicity import SCHEMES
from core import clock
from core.documents import Refused
from core.documents.pictures import PicturesField

MOST_DAYS = 24  # of the latest days, among which one is chosen
SAME = "这个链接已登记在“{channel}”：{title}（{on}）。"


class PublicityForm(forms.ModelForm):
    """One piece of publicity of an organization. A link that it has entered already for another channel is asked for.

    ``instance`` stays as it was read: the action writes, under its lock.
    """

    version = forms.IntegerField(widget=forms.HiddenInput, min_value=0)
    link = forms.CharField(
        label="链接（可不填）", max_length=500, required=False,
        validators=[URLValidator(SCHEMES, message="网址不完整，请从浏览器的地址栏整条复制过来。")],
        widget=forms.TextInput(attrs={"inputmode": "url", "placeholder": "https://"}),
    )  # fmt: skip
    attach = PicturesField(most=1, label="照片", help_text="宣传栏、报纸的照片，可不传；JPG、PNG 或 WebP，不超过 10 MB")
    take_off = forms.BooleanField(label="去掉现在的照片", required=False)
    again = forms.BooleanField(label="是另一个渠道刊发的，仍要登记", required=False)

    class Meta:
        model = Publicity
        fields = ["channel", "channel_name", "title", "link", "published_on", "day", "note"]
        widgets = {"published_on": DAY, "note": forms.Textarea(attrs={"rows": 2})}
        error_messages = {
            "channel": {"required": "请选在哪里刊发的。"},
            "title": {"required": "请写标题。"},
            "published_on": {"required": "请填刊发日期。"},
        }
        labels = {"channel_name": "其他渠道的名称", "day": "关于哪次活动日"}

    def __init__(self, data=None, files=None, *, organization, instance=None, day=None):
        self.organization = organization
        row = instance or Publicity(organization=organization, version=0)
        initial = {"version": row.version} | ({} if row.pk else {"published_on": clock.today(), "day": day})
        super().__init__(data, files, instance=row, initial=initial)
        self.use_required_attribute = False
        self.fields["channel"].choices = [("", "请选择"), *Publicity.Channel.choices]
        field = self.fields["day"]
        field.empty_label, field.label_from_instance = "不关联活动日", lambda one: f"{one.month.label}（{one.held_on}）"
        field.queryset = days_of(organization, day or row.day)
        if not row.picture:
            del self.fields["take_off"]
        self.asks_again = False

    def clean_published_on(self):
        day = self.cleaned_data["published_on"]
        if day > clock.today():
            raise forms.ValidationError("刊发日期还没有到，刊发以后再登记。")
        return day

    def clean_link(self):
        """As it is compared: scheme and host in small letters."""
        parts = urlsplit(self.cleaned_data["link"])
        return urlunsplit(parts._replace(scheme=parts.scheme.lower(), netloc=parts.netloc.lower()))

    def clean(self):
        data = super().clean()
        if data.get("channel") != Publicity.Channel.OTHER:
            data["channel_name"] = ""
        elif not data.get("channel_name"):
            self.add_error("channel_name", "请写是什么渠道。")
        if data.get("link") and data.get("channel"):
            self._look_for_the_link(data)
        return data

    def _look_for_the_link(self, data):
        if self.instance.pk and (data["link"], data["channel"]) == (self.instance.link, self.instance.channel):
            return  # it stands there already: a slip in the title is corrected without a second word on the link
        same = list(Publicity.objects.linked(self.organization, data["link"]).exclude(pk=self.instance.pk))
        here = [row for row in same if row.channel == data["channel"]]
        if here:
            self.refuse_link(here[0])
        elif same and not data.get("again"):
            self.asks_again = True
            self.add_error("link", f"{_words(same[0])}是另一个渠道也刊发了，请勾选“仍要登记”再保存。")

    def refuse_link(self, row):
        """Say that the link stands there for this channel."""
        self.add_error("link", f"{_words(row)}同一渠道不用再登记。")

    def refuse(self, error):
        """Say at its field what the action refused: a link that somebody entered meanwhile, or the photo."""
        if isinstance(error, Refused):
            self.add_error("attach", str(error))
            return
        rows = Publicity.objects.linked(self.organization, self.cleaned_data["link"]).exclude(pk=self.instance.pk)
        self.refuse_link(rows.get(channel=self.cleaned_data["channel"]))

    def _post_clean(self):
        """The instance stays as it is read: the action writes, under its lock."""

    @property
    def values(self):
        """What the actions take of it."""
        data = self.cleaned_data
        return {
            "values": {name: data[name] for name in self.Meta.fields},
            "picture": next(iter(data["attach"]), None),
        }


def _words(row) -> str:
    return SAME.format(channel=row.channel_word, title=row.title, on=row.published_on)


def days_of(organization, chosen=None):
    """The latest days that an organization held, and the one that is chosen."""
    rows = ActivityDay.objects.filter(organization=organization).happened()
    latest = list(rows.order_by("-month").values_list("pk", flat=True)[:MOST_DAYS])
    return rows.filter(pk__in=[*latest, *([chosen.pk] if chosen else [])]).order_by("-month")
