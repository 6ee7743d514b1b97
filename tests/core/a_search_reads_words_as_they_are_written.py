"""What is typed into the search: words, in letters of either width; and what of a text is shown around them."""

import pytest

from core.search import AROUND, Hit, marked, places_of, words_of


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ("", []),
        ("　 \t", []),
        ("课", ["课"]),
        ("党课　学习  党课", ["党课", "学习"]),
        ("ＡＢ－０１", ["AB-01"]),
        ("100%", ["100%"]),
        ("（第一）", ["(第一)"]),
        ("一 二 三 四 五 六 七", ["一", "二", "三", "四", "五", "六"]),
        ("长" * 99, ["长" * 60]),
    ],
)
def test_words_are_apart_by_spaces_of_any_width(typed, words):
    assert words_of(typed) == words


@pytest.mark.parametrize(
    ("text", "words", "shown"),
    [
        ("学党课", ["党课"], "学<mark>党课</mark>"),
        ("Abc aBC", ["abc"], "<mark>Abc</mark> <mark>aBC</mark>"),
        ("讲（第一）课", ["(第一)"], "讲<mark>（第一）</mark>课"),
        ("<b>党课</b>", ["党课"], "&lt;b&gt;<mark>党课</mark>&lt;/b&gt;"),
        ("<script>", ["<script>"], "<mark>&lt;script&gt;</mark>"),
        ("a&amp;b", ["&"], "a<mark>&amp;</mark>amp;b"),
        ("100%", ["%"], "100<mark>%</mark>"),
        ("甲.乙", ["."], "甲<mark>.</mark>乙"),
        ("党课党", ["党", "党课"], "<mark>党课</mark><mark>党</mark>"),
        ("没有", ["党课"], "没有"),
    ],
)
def test_what_was_looked_for_is_marked_and_everything_else_escaped(text, words, shown):
    assert marked(text, words) == shown


def places(words, *texts, title="标题"):
    return places_of(Hit(title, "/", "", texts), words)


def test_each_word_is_shown_where_it_stands_once():
    assert places(["党课", "宪法"], ("内容", "学习宪法"), ("决议", "讲党课，学宪法")) == (
        "内容：学习<mark>宪法</mark>　决议：讲<mark>党课</mark>，学<mark>宪法</mark>"
    )
    assert places(["党课"], ("内容", "讲党课"), ("决议", "再讲党课")) == "内容：讲<mark>党课</mark>"


def test_what_the_title_has_need_not_be_shown_again():
    assert places(["党课"], ("内容", "讲党课"), title="党课安排") == ""


def test_of_a_long_text_only_what_stands_around():
    text = "前" * 100 + "党\n课" + "后" * 100
    shown = places(["党"], ("内容", text))
    assert shown == f"内容：…{'前' * AROUND}<mark>党</mark> 课{'后' * (AROUND - 2)}…"
