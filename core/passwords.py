"""What a password must be beyond Django's rules: mixed, where the site asks for it (graded protection does)."""

import string

from django.core.exceptions import ValidationError

KINDS = (string.ascii_lowercase, string.ascii_uppercase, string.digits)


class MixtureValidator:
    """Three of the four: small letters, capital letters, digits, anything else (``PASSWORD_COMPLEXITY``)."""

    text = "密码要含有小写字母、大写字母、数字、符号中的至少三种。"

    def validate(self, password, user=None):
        used = sum(any(letter in kind for letter in password) for kind in KINDS)
        used += any(letter not in "".join(KINDS) for letter in password)
        if used < 3:
            raise ValidationError(self.text, code="password_not_mixed")

    def get_help_text(self):
        return self.text
