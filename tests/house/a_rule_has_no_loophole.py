"""The house's rules once more, read as syntax: the ways round them that a search line by line does not see."""

import ast
import re
import shutil
import subprocess

import pytest
from django.apps import apps
from django.db import models

from tests.house.the_code_keeps_the_house_rules import FLOORS, LOCKS, ROOT, SOURCES, TEMPLATES

TREES = {path.relative_to(ROOT).as_posix(): ast.parse(path.read_text(encoding="utf-8")) for path in SOURCES}
VIEWS = [name for name in TREES if name.endswith("/views.py") or "/views/" in name]


def places(names, wanted):
    """``file:line`` of every node that ``wanted`` answers true for."""
    return sorted(f"{name}:{node.lineno}" for name in names for node in ast.walk(TREES[name]) if wanted(node))


def dotted(node):
    """``a.b.c`` of a chain of attributes; what is called or indexed on the way is left out."""
    parts = []
    while isinstance(node, ast.Attribute | ast.Call | ast.Subscript):
        if isinstance(node, ast.Attribute):
            parts.append(node.attr)
        node = node.func if isinstance(node, ast.Call) else node.value
    return ".".join(reversed([*parts, node.id] if isinstance(node, ast.Name) else parts))


CLOCKS = {
    *(
        "datetime.now",
        "datetime.today",
        "datetime.utcnow",
        "datetime.fromtimestamp",
        "date.today",
        "date.fromtimestamp",
    ),
    *("timezone.now", "timezone.localdate", "timezone.localtime", "time.time", "time.localtime", "time.gmtime"),
}
OF_A_MOMENT = {"timezone.localdate", "timezone.localtime"}  # with an argument they read no clock


def clock_read(names):
    """Where a function that reads the clock is called, or handed on as a field's default is."""
    for name in names:
        nodes = list(ast.walk(TREES[name]))
        given = {node.func for node in nodes if isinstance(node, ast.Call) and node.args}
        for node in nodes:
            read = ".".join(dotted(node).split(".")[-2:]) if isinstance(node, ast.Attribute) else ""
            if read in CLOCKS and not (read in OF_A_MOMENT and node in given):
                yield f"{name}:{node.lineno}"


def test_no_name_of_the_clock_is_read_elsewhere():
    assert list(clock_read(["core/clock.py"])) != []
    assert list(clock_read(set(TREES) - {"core/clock.py"})) == []


HARMLESS = {"monotonic", "date", "time", "timedelta"}  # the types, under their own names


def test_the_clock_is_not_brought_in_under_another_name():
    """``from datetime import datetime as d`` would pass every search; ``models.Now()`` reads the database's clock."""

    def renamed(node):
        if isinstance(node, ast.ImportFrom) and node.module in ("datetime", "django.utils.timezone", "time"):
            return any(one.asname or one.name not in HARMLESS for one in node.names)
        if isinstance(node, ast.Import):
            return any(one.asname and one.name in ("datetime", "time") for one in node.names)
        return isinstance(node, ast.keyword) and node.arg in ("auto_now", "auto_now_add")

    assert places(set(TREES) - {"core/clock.py"}, renamed) == []
    assert places(TREES, lambda node: isinstance(node, ast.Name) and node.id in ("Now", "CurrentTimestamp")) == []


def test_views_have_no_other_door_to_rows():
    """Neither Django's shortcuts nor the managers behind ``objects``, nor SQL, nor a model asked for by its name."""
    doors = {"get_object_or_404", "get_list_or_404", "_base_manager", "_default_manager", "get_model", "raw", "cursor"}

    def door(node):
        name = getattr(node, "id", None) or getattr(node, "attr", None)
        brought_in = {one.name for one in node.names} if isinstance(node, ast.ImportFrom) else set()
        return bool(({name} | brought_in) & doors)

    assert len(VIEWS) > 10
    assert places(VIEWS, door) == []


def test_views_write_nothing_themselves():
    writes = {"save", "delete", "create", "update", "bulk_create", "bulk_update", "get_or_create", "update_or_create"}
    called = places(VIEWS, lambda node: isinstance(node, ast.Call) and getattr(node.func, "attr", "") in writes)
    assert called == []


def test_every_view_says_which_methods_it_takes():
    """A function that takes a request and a mark that lists its methods; helpers begin with '_' or end in '_page'."""
    lacking = []
    for name in VIEWS:
        for node in TREES[name].body:
            if isinstance(node, ast.FunctionDef) and node.args.args and node.args.args[0].arg == "request":
                marks = {dotted(mark.func if isinstance(mark, ast.Call) else mark) for mark in node.decorator_list}
                helper = node.name.startswith("_") or node.name.endswith("_page")
                if not helper and not marks & {"require_GET", "require_POST", "require_http_methods"}:
                    lacking.append(f"{name}:{node.name}")
    assert lacking == []


def states_written(node):
    """``x.status = …`` in any position of an assignment, ``setattr(x, "status", …)``, ``.update(status=…)``."""
    if isinstance(node, ast.Assign):
        targets = [one for target in node.targets for one in ast.walk(target)]
        return any(isinstance(one, ast.Attribute) and one.attr in ("status", "state") for one in targets)
    if isinstance(node, ast.Call) and getattr(node.func, "attr", "") == "update":
        return any(one.arg in ("status", "state") for one in node.keywords)
    if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "setattr":
        return any(isinstance(one, ast.Constant) and one.value in ("status", "state") for one in node.args)
    return False


def test_no_state_is_changed_by_a_way_round():
    doors = {
        name
        for name in TREES
        if name.endswith(("/actions.py", "/filing.py")) or "/actions/" in name or "/filing/" in name
    }
    doors |= {"core/jobs.py"}  # the room whose own table it is
    history = {name for name in TREES if name.startswith("supervision/sample/")}
    assert len(places(doors, states_written)) > 8
    assert places(set(TREES) - doors - history, states_written) == []


INLINE = {
    "script": r"<script(?![^>]*\ssrc=)[^>]*>",
    "style": r"<style\b",
    "style attribute": r"<[a-z][^>]*\sstyle\s*=",
    "handler": r"<[a-z][^>]*\son[a-z]+\s*=",
    "htmx handler": r"\bhx-(?:on|vals=.js:|vars)",
    "address that runs": r"(?:href|src|action)\s*=\s*[\"']?\s*(?:javascript|data):",
    "address elsewhere": r"(?:href|src|action)\s*=\s*[\"']?\s*(?:https?:)?//",
}


@pytest.mark.parametrize("kind", INLINE)
def test_pages_have_nothing_inline_in_any_spelling(kind):
    texts = {path: path.read_text(encoding="utf-8") for path in TEMPLATES}
    found = [path.relative_to(ROOT).as_posix() for path, text in texts.items() if re.search(INLINE[kind], text, re.I)]
    assert found == []
    scripts = [path.relative_to(ROOT).as_posix() for path in (ROOT / "static").rglob("*.svg")]
    assert [name for name in scripts if re.search(r"<script|\son[a-z]+=", (ROOT / name).read_text())] == []


def test_markup_made_in_python_is_escaped():
    """``mark_safe`` takes a literal alone; anything that varies goes through ``format_html``."""

    def unsafe(node):
        name = dotted(node.func) if isinstance(node, ast.Call) else ""
        return name in ("mark_safe", "SafeString") and not all(isinstance(one, ast.Constant) for one in node.args)

    def formatted(node):
        name = dotted(node.func) if isinstance(node, ast.Call) else ""
        return name == "format_html" and not isinstance(node.args[0], ast.Constant)

    assert places(TREES, lambda node: unsafe(node) or formatted(node)) == []
    turned_off = r"autoescape off|\|safe(?!seq)\b"
    texts = {path.relative_to(ROOT).as_posix(): path.read_text(encoding="utf-8") for path in TEMPLATES}
    # help texts are the forms' own literals
    assert {name: re.findall(turned_off, text) for name, text in texts.items() if re.search(turned_off, text)} == {
        "templates/core/field.html": ["|safe"]
    }


def test_every_form_that_posts_carries_its_token():
    posting = r"<form\b[^>]*method=.post.*?</form>"
    forms = [
        (path.relative_to(ROOT).as_posix(), form)
        for path in TEMPLATES
        for form in re.findall(posting, path.read_text(encoding="utf-8"), re.DOTALL | re.IGNORECASE)
    ]
    assert len(forms) > 15
    assert [(name, form[:60]) for name, form in forms if "{% csrf_token %}" not in form] == []


def test_every_foreign_key_to_an_organization_or_a_person_is_known():
    """Whatever the field is called: a model that points there can be narrowed, or belongs to one that can."""
    lacking = set()
    for model in apps.get_models():
        if model.__module__.split(".")[0] not in FLOORS:
            continue
        for field in model._meta.get_fields():
            points = isinstance(field, models.ForeignKey) and field.related_model.__name__ in ("Organization", "Person")
            if points and not hasattr(model._default_manager, "visible_to"):
                lacking.add(f"{model.__name__}.{field.name}")
    parts = {"Base.person", "Group.organization", "PlanCadre.person", "PlanItem.leader", "DayItem.leader"}  # of others
    parts |= {"GuideItem.leader", "TemplateItem.leader"}
    assert lacking - parts == set()


def tracked():
    """The project's own text files: as git knows them, or all of the tree where there is no git."""
    if shutil.which("git") and (ROOT / ".git").exists():
        names = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
        paths = [ROOT / name for name in names.split("\0") if name]
    else:
        kept = (*FLOORS, "templates", "static", "tests", "docs", "deploy", ".ci", "requirements")
        paths = [path for name in kept for path in (ROOT / name).rglob("*")] + list(ROOT.iterdir())
    binary = {".png", ".xlsx", ".pyc", ".ico"}
    return [path for path in paths if path.is_file() and path.suffix not in binary]


def test_no_tracked_file_names_a_machine_or_a_registry():
    homes = "|".join(f"/{name}/" for name in ("work", "root", "home", "Users", "tmp"))
    secrets = "BEGIN [A-Z ]*PRIVATE " + "KEY|SECRET_" + r"KEY\s*=\s*[\"'][^\"']{12,}"
    assert len(tracked()) > 200
    found = []
    for path in tracked():
        text = path.read_text(encoding="utf-8")
        found += [f"{path.relative_to(ROOT)}: {one}" for one in re.findall(f"{homes}|{secrets}", text)]
    assert found == []


@pytest.mark.parametrize("lock", LOCKS, ids=lambda path: path.name)
def test_locks_pin_every_line_and_point_nowhere(lock):
    """Every requirement is ``name==version`` with sha256 hashes; no options, no addresses, no files, no editables."""
    text = re.sub(r"\s*\\\n\s*", " ", lock.read_text())
    lines = [line for line in text.splitlines() if line.strip() and not line.lstrip().startswith("#")]
    good = r"[a-z0-9][a-z0-9.\-]*(\[[a-z,]+\])?==[0-9][^\s;]*( ; [^-]+?)?( --hash=sha256:[0-9a-f]{64})+"
    assert len(lines) > 20
    assert [line[:60] for line in lines if not re.fullmatch(good, line.strip())] == []
    assert re.findall(r"://|@ |--(?:index|extra|find|trusted)|git\+|file:", text) == []
