"""The templates: what they offer is what the import reads, and their own example goes through."""

import datetime
import io

import pytest
from django.urls import reverse
from openpyxl import load_workbook

from branches.imports import organizations, people, template
from branches.models import Organization
from core.workbooks import plain_heading
from tests.branches.imports import compared, rows
from tests.builders import World


@pytest.fixture
def zhou(world: World, client):
    client.force_login(world.zhou)
    return client


def book_of(client, kind):
    return load_workbook(io.BytesIO(client.get(reverse("import_template", args=[kind])).getvalue()))


def known(headings):
    return {plain_heading(word) for words in headings.values() for word in words}


@pytest.mark.parametrize(
    ("kind", "source", "columns"),
    [
        ("people", people.comparison, template.PEOPLE),
        ("organizations", organizations.comparison, template.ORGANIZATIONS),
    ],
)
def test_every_heading_is_one_that_is_read(zhou, kind, source, columns):
    sheet = book_of(zhou, kind).worksheets[0]
    headings = [cell.value for cell in sheet[1]]
    assert headings == [heading for heading, *_ in columns]
    assert [word for word in headings if plain_heading(word) not in known(source.HEADINGS)] in (
        [],
        ["党费计算基数(元)"],
    )
    assert sheet.max_row == 1  # an example row would be imported


@pytest.mark.parametrize("kind", ["people", "organizations"])
def test_an_empty_template_is_read_and_says_that_it_is_empty(zhou, tmp_path, kind):
    path = tmp_path / "空.xlsx"
    book_of(zhou, kind).save(path)
    row = compared(zhou, path, kind=kind.upper())
    assert (row.status, row.counts) == ("FAULTY", {"FAULTY": 1, "ROWS": 0})
    assert rows(row, "FAULTY") == [(0, "", "", [["", "表头下面没有内容，请填好后再上传"]])]


def test_the_example_of_the_notes_can_be_imported(zhou, world, tmp_path):
    """It is of a secretary, so Li has just given up the office."""
    world.li.person.appointments.update(ends_on=datetime.date(2026, 11, 23))
    book = book_of(zhou, "people")
    book.worksheets[0].append([line[3].value for line in book["填写说明"].iter_rows(min_row=2, max_row=20)])
    path = tmp_path / "例.xlsx"
    book.save(path)
    assert compared(zhou, path).counts == {"NEW": 1, "MISSING": 9, "ROWS": 1}


def test_the_choices_are_words_that_the_import_reads(zhou, world):
    book = book_of(zhou, "people")
    offered = {
        str(rule.sqref).split("2:")[0]: rule.formula1 for rule in book.worksheets[0].data_validations.dataValidation
    }
    assert len(offered) == 7
    assert offered["D"] == '"正式党员,预备党员,发展对象,入党积极分子"'
    names = [cell.value for cell in book["党支部"]["A"]]
    assert names == list(Organization.objects.branches().values_list("short_name", flat=True))
    assert book["党支部"].sheet_state == "hidden"


def test_a_name_that_begins_like_a_formula_is_none(zhou, world):
    Organization.objects.filter(pk=world.first.pk).update(short_name="=1+1")
    cells = {cell.value: cell.data_type for cell in book_of(zhou, "people")["党支部"]["A"]}
    assert cells["=1+1"] == "s"


def test_there_is_no_other_template(zhou):
    assert zhou.get("/imports/template/persons/").status_code == 404
