"""A counter in the database beside what is done through the pages: what it counts, the audit log must name.

Triggers on every table of the business write down each changed and each deleted row with its changed columns, whatever
wrote it: an action, an ``update()``, raw SQL.
"""

from contextlib import contextmanager

import pytest
from django.apps import apps
from django.db import connection

from core.audit import AuditEntry
from tests.pages import press

# What is not the business's: no act of anybody's, or computed anew from what is logged.
NOT_COUNTED = {
    "core.AuditEntry": "the log itself, which the database keeps from changing",
    "core.AuditSeal": "its chain, likewise",
    "core.Job": "how far work in the background is",
    "core.Notice": "whether a message was read, and its letter sent",
    "supervision.Result": "figures computed from what is logged, replaced at each computation",
    "supervision.ResultLine": "likewise",
}
NO_ACT = {
    ("core.user", "last_login"),  # noted when somebody logs in
    ("core.activation", "tries"),  # of a wrong code: the fifth, which ends it, is in the log
}
KEPT_BY_OTHERS = {"auth", "contenttypes", "sessions", "axes"}  # Django's own and the log-in guard


def watched():
    """The tables of the business, by model label."""
    return {
        model._meta.label: model
        for model in apps.get_models()
        if model._meta.app_label not in KEPT_BY_OTHERS and model._meta.label not in NOT_COUNTED
    }


def _lay_triggers(cursor, model):
    table, key = model._meta.db_table, model._meta.pk.column
    columns = [field.column for field in model._meta.concrete_fields]
    if connection.vendor == "postgresql":
        cursor.execute(
            f"CREATE TRIGGER counted AFTER INSERT OR UPDATE OR DELETE ON {table} FOR EACH ROW "
            f"EXECUTE FUNCTION count_change('{model._meta.label_lower}')"
        )
        return
    changed = " || ".join(f"CASE WHEN OLD.\"{one}\" IS NOT NEW.\"{one}\" THEN '{one},' ELSE '' END" for one in columns)
    differs = " OR ".join(f'OLD."{one}" IS NOT NEW."{one}"' for one in columns)
    for verb, row, what, when in (
        ("INSERT", "NEW", "'+'", ""), ("UPDATE", "OLD", changed, f"WHEN {differs}"), ("DELETE", "OLD", "'*'", ""),
    ):  # fmt: skip
        cursor.execute(
            f"CREATE TEMP TRIGGER counted_{table}_{verb} AFTER {verb} ON main.{table} {when} BEGIN "
            f"INSERT INTO counted VALUES ('{model._meta.label_lower}', {row}.{key}, {what}); END"
        )


COUNT_CHANGE = """
CREATE FUNCTION count_change() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE changed text;
BEGIN
  IF TG_OP = 'INSERT' THEN INSERT INTO counted VALUES (TG_ARGV[0], NEW.id, '+'); RETURN NULL;
  ELSIF TG_OP = 'DELETE' THEN changed := '*';
  ELSE SELECT string_agg(now.key, ',') INTO changed FROM jsonb_each(to_jsonb(NEW)) now
       JOIN jsonb_each(to_jsonb(OLD)) was USING (key) WHERE now.value IS DISTINCT FROM was.value;
  END IF;
  IF changed IS NOT NULL THEN INSERT INTO counted VALUES (TG_ARGV[0], OLD.id, changed); END IF;
  RETURN NULL;
END $$"""


@pytest.fixture
def counter(world, monday):
    """Triggers on every table of the business, until the test's transaction is rolled back."""
    with connection.cursor() as cursor:
        cursor.execute("CREATE TEMP TABLE counted (subject text, id bigint, columns text)")
        if connection.vendor == "postgresql":
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")  # a table with checks to come takes no trigger
            cursor.execute(COUNT_CHANGE)
        for model in watched().values():
            _lay_triggers(cursor, model)
    return Counter(monday)


class Counter:
    """What the triggers counted, against what the log names."""

    def __init__(self, monday):
        self.monday = monday
        self.rows = self.acts = 0
        self.seen = set()
        self.faults = []

    @contextmanager
    def beside(self, what):
        """One request: afterwards the counted rows are those that its entries name, column by column."""
        self.monday.shift(60)  # no two acts are of one moment
        self._take()
        newest = AuditEntry.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
        yield
        counted = self._take()
        named, fields = named_by(AuditEntry.objects.filter(pk__gt=newest))
        self.acts += 1
        self.rows += len(counted)
        self.seen |= {subject for subject, _ in counted}
        for (subject, pk), columns in counted.items():
            if (subject, pk) not in named:
                self.faults.append(f"{what}: {subject} {pk} changed ({', '.join(sorted(columns))}), and nobody says so")
            elif lacking := columns - fields[subject, pk] - {"*"}:
                self.faults.append(f"{what}: {subject} {pk}: before and after lack {', '.join(sorted(lacking))}")

    @staticmethod
    def _take():
        with connection.cursor() as cursor:
            cursor.execute("SELECT subject, id, columns FROM counted")
            rows = cursor.fetchall()
            cursor.execute("DELETE FROM counted")
        found = {}
        for subject, pk, columns in rows:
            changed = {one for one in columns.split(",") if one and (subject, one) not in NO_ACT}
            if changed:
                found.setdefault((subject, pk), set()).update(changed)
        return {row: columns for row, columns in found.items() if "+" not in columns}  # made by this act: no before


def named_by(entries):
    """The rows that entries name, and the fields of each of which they tell before and after."""
    named, fields = set(), {}
    for entry in entries:
        told = [{"subject": entry.subject, "id": entry.subject_id, "changes": entry.data.get("changes", {})}]
        for one in told + entry.data.get("also", []):
            row = (one["subject"], one["id"])
            named.add(row)
            fields.setdefault(row, set()).update(one["changes"])
    return named, fields


class ThroughPages:
    """Whoever acts through the pages, one request after another, each watched by the counter."""

    def __init__(self, client, counter):
        self.client, self.counter = client, counter

    def __call__(self, user, page, act="", /, **typed):
        """Open a page, press what leads to ``act``, and see that it was let through."""
        self.client.force_login(user)
        with self.counter.beside(act or page):
            answer = press(self.client, page, act, **typed)
        said = answer.context["form"].errors if answer.context and "form" in answer.context else {}
        assert (act or page, answer.status_code in (200, 302), answer.status_code, said) == (
            act or page,
            True,
            answer.status_code,
            {},
        )
