"""What the tests of the tree share: their days, a row read again, a form sent the second time."""

import datetime

TODAY = datetime.date(2026, 11, 23)
TOMORROW = TODAY + datetime.timedelta(days=1)


def now(row):
    return type(row).objects.get(pk=row.pk)


def confirmed(**data):
    return data | {"step": "confirmed"}
