"""Rules of the house that a reader would have to watch for, kept by reading the sources."""

import ast
import re
import subprocess
import sys
from pathlib import Path

import pytest
from django.apps import apps
from django.core.exceptions import FieldDoesNotExist
from django.db import models

from core.audit import AuditEntry

ROOT = Path(__file__).resolve().parents[2]
FLOORS = ("config", "core", "branches", "activities", "dues", "meetings", "supervision")
SOURCES = sorted(path for floor in FLOORS for path in (ROOT / floor).rglob("*.py") if "migrations" not in path.parts)
TESTS = sorted((ROOT / "tests").rglob("*.py"))
TEMPLATES = sorted((ROOT / "templates").rglob("*.html"))
LOCKS = sorted((ROOT / "requirements").glob("*.lock"))


def found(paths, pattern, but=()):
    """``file:line`` of every match, without the files named in ``but``."""
    places = []
    for path in paths:
        name = path.relative_to(ROOT).as_posix()
        if name in but:
            continue
        lines = path.read_text(encoding="utf-8").splitlines()
        places += [f"{name}:{number}" for number, line in enumerate(lines, start=1) if re.search(pattern, line)]
    return places


def test_there_is_something_to_read():
    assert (len(SOURCES) > 90, len(TEMPLATES) > 50, len(LOCKS)) == (True, True, 3)


def test_imports_only_go_down():
    answer = subprocess.run(
        [Path(sys.executable).with_name("lint-imports"), "--no-cache"], cwd=ROOT, capture_output=True, text=True
    )
    assert answer.returncode == 0, answer.stdout


def test_the_clock_is_read_in_one_room():
    reading = r"date\.today\(\)|datetime\.now\(|\bnow\(\)\.date\(\)|timezone\.now\b|localdate\(|time\.time\(\)"
    assert found(SOURCES, reading, but=["core/clock.py"]) == []


def unscoped(path):
    """Lines of a view in which rows are reached by ``.objects`` and the call does not go on with ``visible_to``."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    parents = {child: node for node in ast.walk(tree) for child in ast.iter_child_nodes(node)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and node.attr == "objects":
            follows = parents[node]
            if not (isinstance(follows, ast.Attribute) and follows.attr == "visible_to"):
                yield f"{path.relative_to(ROOT)}:{node.lineno}"


def test_views_reach_rows_only_through_visible_to():
    views = [path for path in SOURCES if path.name == "views.py" or path.parent.name == "views"]
    assert len(views) > 8
    assert [place for path in views for place in unscoped(path)] == []


# settings and parts that are only read through the record which they belong to
PARTS = {"Base", "Group", "PlanCadre"}


def test_rows_that_belong_to_somebody_can_be_narrowed_to_a_user():
    lacking = []
    for model in apps.get_models():
        if model.__module__.split(".")[0] not in FLOORS:
            continue
        for name in ("organization", "person"):
            try:
                field = model._meta.get_field(name)
            except FieldDoesNotExist:
                continue
            if isinstance(field, models.ForeignKey) and not hasattr(model._default_manager, "visible_to"):
                lacking.append(model.__name__)
    assert sorted(set(lacking) - PARTS) == []


def test_a_state_is_changed_by_actions_alone():
    doors = r"^\s*[a-z_.]+\.(status|state)(, [a-z_.]+)* = "
    history = [f"supervision/sample/{name}.py" for name in ("dues", "months", "years")]
    rooms = ("actions.py", "filing.py")
    others = [path for path in SOURCES if path.name not in rooms and path.parent.name not in ("actions", "filing")]
    assert found(others, doors, but=history) == []


def recorded(path):
    """The events that a file writes to the log: of ``record``, ``record_many`` and ``AuditEntry``, and of exports."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if not isinstance(node, ast.Call):
            continue
        name = getattr(node.func, "id", getattr(node.func, "attr", ""))
        if name == "log_export":
            yield from (f"{text}.exported" for text in constants(node.args[0]))
        elif name in ("record", "record_many") and len(node.args) > 1:
            yield from constants(node.args[1])
        elif name == "AuditEntry":
            yield from (text for word in node.keywords if word.arg == "event" for text in constants(word.value))


def constants(node):
    """The texts that an expression may be: one, or both sides of a condition."""
    if isinstance(node, ast.IfExp):
        return [*constants(node.body), *constants(node.orelse)]
    return [node.value] if isinstance(node, ast.Constant) else []


def test_every_event_in_the_log_has_a_word_for_users():
    events = {event for path in SOURCES for event in recorded(path)}
    assert len(events) > 40
    assert sorted(event for event in events if AuditEntry(event=event).word == event) == []


def test_pages_have_no_inline_script_or_style():
    assert found(TEMPLATES, r"<script(?![^>]* src=)|<style|\sstyle=|\son[a-z]+=\"|javascript:") == []


def test_what_htmx_does_works_without_it():
    """Every hx-get or hx-post sits on an element with an address of its own, or on a button that submits its form."""
    tags = r"<[a-z][^<]*?\bhx-(?:get|post)=[^<]*?>"
    lonely = [
        f"{path.relative_to(ROOT)}: {tag[:80]}"
        for path in TEMPLATES
        for tag in re.findall(tags, path.read_text(encoding="utf-8"), re.DOTALL)
        if not re.search(r"(?<![a-z-])(href|action|formaction)=|^<button(?!.*type=\"button\")", tag)
    ]
    assert lonely == []


def test_files_are_short_and_named_for_what_they_hold():
    long = [path.relative_to(ROOT).as_posix() for path in SOURCES + TESTS if len(path.read_text().splitlines()) > 400]
    drawers = [path for path in SOURCES + TESTS if path.stem in {"utils", "helpers", "common", "misc", "base"}]
    assert (long, drawers) == ([], [])


def test_nothing_is_left_to_do():
    marks = "|".join(("TO" + "DO", "FIX" + "ME", "暂未" + "实现", "敬请" + "期待", "待" + "开发"))
    assert found(SOURCES + TESTS + TEMPLATES, marks) == []


def test_exceptions_are_not_swallowed():
    """Two places catch everything, keep it on the row and log it: the job runner, and the sender of many letters."""
    places = found(SOURCES, r"except Exception|except:|suppress\(")
    assert [place.split(":")[0] for place in places] == ["core/inbox.py", "core/jobs.py"]


def test_no_form_takes_all_fields():
    assert found(SOURCES, r"fields\s*=\s*[\"']__all__|exclude\s*=\s*[\[(]") == []


@pytest.mark.parametrize("lock", LOCKS, ids=lambda path: path.name)
def test_locks_hold_names_versions_and_hashes_alone(lock):
    text = lock.read_text()
    assert "://" not in text
    requirements = re.findall(r"^([a-z0-9][^\s=]*==[^\s;\\]+)(.*?)(?=^\S|\Z)", text, re.MULTILINE | re.DOTALL)
    assert len(requirements) > 20
    assert [name for name, rest in requirements if "--hash=sha256:" not in rest] == []
