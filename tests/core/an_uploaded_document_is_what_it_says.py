"""Documents are taken by content and name; each hostile one is refused in a sentence, and nothing is kept."""

import io
import re
import time

import pytest
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile

from core.accounts import User
from core.documents import DocumentsField, Refused, StoredFile, clean_name, keep, look
from tests.builders import PDF
from tests.core.hostile_documents import GOOD, HOSTILE, content_of, docx, fetching


def upload(name, content):
    file = SimpleUploadedFile("x", content)
    file._name = name  # as it came: Django's own cleaning must not be what protects us
    return file


@pytest.mark.parametrize("name", GOOD)
def test_a_good_one_is_taken(name):
    content = content_of(GOOD[name])
    seen = look(io.BytesIO(content), name)
    assert (seen.name, seen.size, seen.kind.suffix) == (name, len(content), name.rpartition(".")[2].lower())


def test_a_link_that_is_only_clicked_and_a_template_of_the_own_disk_do_no_harm():
    for kind, target in (("hyperlink", "https://www.12371.cn/"), ("attachedTemplate", "file:///C:/Office/Normal.dotm")):
        assert look(io.BytesIO(fetching(kind, target)), "提示.docx").kind.suffix == "docx"


@pytest.mark.parametrize("case", HOSTILE)
def test_a_hostile_one_is_refused_and_nothing_is_kept(db, case):
    name, content, sentence = HOSTILE[case]
    user, file = User.objects.create(username="1"), upload(name, content_of(content))
    began = time.process_time()

    with pytest.raises(Refused) as refusal:
        keep(file, by=user)

    assert str(refusal.value).startswith(sentence)
    assert re.search("[\u4e00-\u9fff].*。$", str(refusal.value))
    assert (StoredFile.objects.count(), default_storage.exists("documents")) == (0, False)
    assert time.process_time() - began < 5


def test_the_cases_are_many_and_the_controls_are_taken():
    assert len(HOSTILE) > 25
    for name in ("提示.pdf", "提示.docx"):
        look(io.BytesIO(PDF if name.endswith("pdf") else docx()), name)


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        ("../../etc/工作提示.pdf", "工作提示.pdf"),
        ("C:\\我的文档\\工作提示.pdf", "工作提示.pdf"),
        ("工作\r\n提示\x00.pdf", "工作提示.pdf"),
        ("工作\u202e提示\u200f.pdf", "工作提示.pdf"),
        ("  工作   提示 .pdf. ", "工作 提示 .pdf"),
        ('a<b>"c|d?e*.pdf', "a_b__c_d_e_.pdf"),
        ("../..", ""),
        ("工作提示：一.pdf", "工作提示：一.pdf"),
    ],
)
def test_a_name_keeps_its_words_alone(sent, kept):
    assert clean_name(sent) == kept


def test_the_field_says_of_which_file_what_is_wrong():
    field = DocumentsField(most=2, label="附件")
    good, bad = upload("好.pdf", PDF), upload("坏.exe", b"MZ")
    assert field.clean([]) == []
    assert field.clean([good]) == [good]
    with pytest.raises(Exception, match=r"“坏.exe”：不能上传这种文件") as error:
        field.clean([good, bad])
    assert len(error.value.messages) == 1
    with pytest.raises(Exception, match="一次最多上传 2 个文件"):
        field.clean([good, good, good])
