"""The sentence that answers a search: chosen, cut, and with its words marked."""

from __future__ import annotations

import datetime as dt
import unicodedata

import pytest

from bot.adapters.alias_files import load_aliases
from bot.posts.search.excerpt import LONGEST, Excerpt, Finder, plain
from bot.posts.search.plan import plan
from bot.posts.search.query import parse_query

TODAY = dt.date(2024, 6, 1)


def excerpt(typed: str, body: str, description: str = "") -> Excerpt:
    return Finder(plan(parse_query(typed, TODAY), load_aliases()).required).excerpt(body, description)


def text(found: Excerpt) -> str:
    return "".join(f"[{piece}]" if is_word else piece for piece, is_word in found.pieces)


@pytest.mark.parametrize(
    ("typed", "body", "shown"),
    [
        ("모델을", "이 모델은 작아요.", "이 [모델]은 작아요."),
        ("모델", "언어모델이에요.", "언어[모델]이에요."),
        ("gpt4o", "새 **GPT-4o**를 써요.", "새 [GPT-4o]를 써요."),
        ("오픈AI", "OpenAI가 말했어요.", "[OpenAI]가 말했어요."),
        ("released", "It releases today.", "It [releases] today."),
        ("ai", "He said so. AI it is.", "[AI] it is."),
        ("3", "13은 아니고 3이에요.", "13은 아니고 [3]이에요."),
        ("模型", "这是大模型。别的。", "这是大[模型]。"),
        ('"긴 문맥"', "긴 글이에요. 긴  문맥이에요.", "[긴 문맥]이에요."),
        ("수박", "하나예요. 수박이에요! 셋이에요.", "[수박]이에요!"),
        ("링크", "- [링크 글](https://example.com/링크) `코드`", "[링크] 글 코드"),
        ("A&B", "A &amp; B 이야기", "[A & B] 이야기"),
        ("다람쥐", "첫째 줄. 그것은 다람쥐다.", "그것은 [다람쥐]다."),
        ("발표했", "첫째 줄. 모형을 발표했다.", "모형을 [발표했]다."),
        ("모델이", "첫째 줄. 좋은 모델이었다.", "좋은 [모델이]었다."),
    ],
)
def test_words_are_marked_in_the_sentence_that_holds_them(typed: str, body: str, shown: str) -> None:
    assert text(excerpt(typed, body)) == shown


def test_the_sentence_with_most_of_the_words_wins_and_names_its_section() -> None:
    body = "모델 하나예요.\n\n## 뒤\n\n모델의 평가 결과예요.\n\n### 더 뒤\n\n평가예요."
    found = excerpt("모델 평가", body)
    assert text(found) == "[모델]의 [평가] 결과예요."
    assert found.section is not None
    assert (found.section.index, found.section.title) == (0, "뒤")


def test_a_word_before_the_first_heading_has_no_section() -> None:
    assert excerpt("모델", "모델이에요.\n\n## 뒤\n\n글").section is None


def test_prose_comes_before_a_heading_of_the_same_words() -> None:
    assert text(excerpt("모델", "## 모델\n\n그 모델 이야기예요.")) == "그 [모델] 이야기예요."


def test_the_description_stands_in_where_it_says_more_or_the_body_says_nothing() -> None:
    assert text(excerpt("모델 평가", "모델이에요.", "모델 평가예요.")) == "[모델] [평가]예요."
    assert text(excerpt("수박", "다른 글이에요.", "요약이에요.")) == "요약이에요."
    assert text(excerpt("수박", "# 제목\n\n첫 줄이에요.\n둘째 줄", "")) == "첫 줄이에요."
    assert text(excerpt("수박", "", "")) == ""


def test_decomposed_text_is_found_and_shown_composed() -> None:
    assert text(excerpt("윤슬", unicodedata.normalize("NFD", "윤슬이 나왔어요."))) == "[윤슬]이 나왔어요."


@pytest.mark.parametrize("before", [0, 50, 300, 5000])
@pytest.mark.parametrize("gap", [" ", ""])
def test_a_long_sentence_is_cut_around_its_word(before: int, gap: str) -> None:
    body = f"{('가나다라' + gap) * before}수박이 {('마바사아' + gap) * 300}"
    found = text(excerpt("수박", body))
    assert "[수박]" in found
    assert len(found.replace("[", "").replace("]", "")) <= LONGEST
    assert found.endswith("…")


def test_a_letter_that_grows_in_lower_case_shifts_no_mark() -> None:
    assert text(excerpt("model", "İİİ model")) == "İİİ [model]"


@pytest.mark.parametrize(
    ("markdown", "words"),
    [
        ("### **굵은** _글_ ~~줄~~", "굵은 _글_ 줄"),
        ("> - [ ] 할 일", "[ ] 할 일"),
        ('![그림](a.png "말") 뒤', "그림 뒤"),
        ("[a [b] c](http://x.com/(y)) <b>d</b> https://e.com/f <!-- g -->", "a [b] c d"),
        ("\\*별\\* 1\\. 하나", "*별* 1. 하나"),
    ],
)
def test_a_line_is_shown_as_its_words(markdown: str, words: str) -> None:
    assert plain(markdown) == words


def test_a_title_is_marked_whole() -> None:
    finder = Finder(plan(parse_query("모델 평가", TODAY), load_aliases()).required)
    assert finder.mark("새 모델과 평가") == (("새 ", False), ("모델", True), ("과 ", False), ("평가", True))


def test_a_sentence_with_the_word_itself_wins_over_one_with_a_longer_word() -> None:
    assert text(excerpt("라마", "드라마예요.\n\n라마도 나왔어요.")) == "[라마]도 나왔어요."
    assert text(excerpt("라마", "라마는 드라마가 아니에요.")) == "[라마]는 드라마가 아니에요."


def test_where_the_title_has_the_words_the_description_says_what_it_is_about() -> None:
    finder = Finder(plan(parse_query("모델 평가", TODAY), load_aliases()).required)
    body, about = "## 뒤\n\n모델이에요.", "모델이 열 개예요."
    assert text(finder.excerpt(body, about, "모델 평가")) == "[모델]이 열 개예요."
    assert text(finder.excerpt(body, about, "다른 제목")) == "[모델]이에요."
    assert text(finder.excerpt("## 뒤\n\n모델 평가예요.", about, "모델 평가")) == "[모델] [평가]예요."


@pytest.mark.parametrize(
    ("typed", "others", "sentence", "shown"),
    [
        ("k2", "Thanks for a kind look.", "Kimi K2 is out.", "Kimi [K2] is out."),
        ("o1", "Tools know about 1000 of those.", "Now o1 is here.", "Now [o1] is here."),
        ("4o", "Of 4 or 14 others.", "So GPT-4o it is.", "So GPT-[4o] it is."),
        ("ai", "He said it again and again.", "It is AI.", "It is [AI]."),
        ("deepseek r1", "Deepseek runs.", "DeepSeek R1 runs.", "[DeepSeek] [R1] runs."),
        ("deepseek r1", "Deepseek runs.", "See [DeepSeek](https://a.b/c?d) R1.", "See [DeepSeek] [R1]."),
        ("고맙습니다", "오늘도 나왔습니다.", "모두 고맙습니다.", "모두 [고맙습니다]."),
        ("라마", "드라마를 봤어요.", "라마가 나왔어요.", "[라마]가 나왔어요."),
    ],
)
def test_the_sentence_is_found_below_many_lines_that_only_look_like_it(
    typed: str, others: str, sentence: str, shown: str
) -> None:
    found = excerpt(typed, f"{others}\n\n" * 30 + f"## 뒤\n\n{sentence}\n", "요약이에요.")
    assert text(found) == shown
    assert found.section is not None


def test_a_syllable_that_is_only_meant_as_a_word_is_not_marked_in_longer_ones() -> None:
    assert text(excerpt("도는 모델", "도구와 모델이에요.")) == "도구와 [모델]이에요."
    assert text(excerpt("칩이", "칩셋과 칩은 달라요.")) == "칩셋과 [칩]은 달라요."
