"""Number and password: logging in, and changing one's own."""

from django import forms
from django.contrib.auth.forms import AuthenticationForm, PasswordChangeForm


class LoginForm(AuthenticationForm):
    """Number and password; one message for everything that is wrong, so that numbers cannot be guessed."""

    error_messages = {
        "invalid_login": "学工号或密码不对，请再看一看。连错 5 次会锁定 30 分钟。",
        "inactive": "学工号或密码不对，请再看一看。连错 5 次会锁定 30 分钟。",
    }

    def __init__(self, request=None, *args, **kwargs):
        super().__init__(request, *args, **kwargs)
        self.fields["username"].label = "学工号"
        self.fields["username"].error_messages["required"] = "请填写学工号。"
        self.fields["password"].error_messages["required"] = "请填写密码。"


class PasswordForm(PasswordChangeForm):
    """The old password once, the new one twice."""

    error_messages = PasswordChangeForm.error_messages | {
        "password_incorrect": "原密码不对，请重新填写。",
        "password_mismatch": "两次填写的新密码不一样，请重新填写。",
        "password_unchanged": "新密码不能和原密码一样，请换一个。",
    }

    def __init__(self, user, *args, **kwargs):
        super().__init__(user, *args, **kwargs)
        self.fields["old_password"].label = "原密码"
        self.fields["new_password1"].label = "新密码"
        self.fields["new_password1"].help_text = "至少 10 个字符，不能全是数字，也不要用常见的密码。"
        self.fields["new_password2"].label = "再填一次新密码"
        self.fields["new_password2"].help_text = ""

    def clean_new_password1(self):
        """Another one than before, or the password that was handed out would stay."""
        new = self.cleaned_data["new_password1"]
        if self.user.check_password(new):
            raise forms.ValidationError(self.error_messages["password_unchanged"], code="password_unchanged")
        return new
