"""How text becomes words, and how a typed word may be written: particles, endings, spellings, forms."""

from __future__ import annotations

import datetime as dt
import unicodedata

import pytest

from bot.posts.models import TagKind
from bot.posts.retrying import written
from bot.posts.search.aliases import Aliases
from bot.posts.search.korean import bare_forms, is_ending, word_forms
from bot.posts.search.plan import AS_TYPED, BARE, MAX_WAYS, plan
from bot.posts.search.query import (
    KEY_ALONE,
    MAX_QUERY,
    MAX_WORDS,
    PostQuery,
    TagFilter,
    first_day,
    parse_query,
)
from bot.posts.search.words import forms, last_hangul, spaced, stem, words_of

TODAY = dt.date(2024, 6, 1)


@pytest.mark.parametrize("text", ["GPT-4o", "GPT4o", "gpt 4o", "Gpt_4O", "GPT‑4o"])
def test_spellings_of_a_name_are_the_same_words(text: str) -> None:
    assert words_of(text) == ["gpt", "4", "o"]


def test_hangul_and_han_are_cut_into_characters_and_hangul_words_keep_their_beginning() -> None:
    assert words_of("언어 모델을") == ["ˇ언", "어", "ˇ모", "델", "을"]
    assert words_of("大模型LLM") == ["大", "模", "型", "llm"]
    assert words_of(unicodedata.normalize("NFD", "한글")) == ["ˇ한", "글"]
    assert words_of("OpenAI's") == ["openai"]
    assert words_of("…!?") == []


def test_a_mark_that_an_author_wrote_begins_no_word() -> None:
    assert "ˇ" not in spaced("ˇabc")


@pytest.mark.parametrize(
    ("word", "root"),
    [
        ("releases", "releas"),
        ("released", "releas"),
        ("releasing", "releas"),
        ("policies", "policy"),
        ("applied", "apply"),
        ("planning", "plan"),
        ("calling", "call"),
        ("class", "class"),
        ("bus", "bus"),
        ("sing", "sing"),
        ("gpt", "gpt"),
        ("모델들", "모델들"),
    ],
)
def test_english_words_have_a_light_stem(word: str, root: str) -> None:
    assert stem(word) == root


def test_forms_of_a_word_hold_its_plural_and_tenses_and_names_stay() -> None:
    assert {"release", "releases", "released", "releasing"} <= set(forms("releases"))
    assert {"policy", "policies"} <= set(forms("policy"))
    assert {"planned", "planning", "plan", "plans"} <= set(forms("plan"))
    assert forms("gpt") == ("gpt",)


@pytest.mark.parametrize(
    ("word", "other"),
    [
        ("detecting", "detection"),
        ("detection", "detected"),
        ("detections", "detect"),
        ("generate", "generation"),
        ("generation", "generating"),
    ],
)
def test_a_verb_meets_its_noun(word: str, other: str) -> None:
    assert other in forms(word)


@pytest.mark.parametrize(
    ("word", "other"), [("station", "stats"), ("question", "quests"), ("action", "acts")]
)
def test_short_words_before_ion_are_no_verbs(word: str, other: str) -> None:
    assert other not in forms(word)
    assert word not in forms(other)
    assert forms("모델") == ("모델",)


@pytest.mark.parametrize(
    ("word", "bare"),
    [
        ("모델을", "모델"),
        ("모델에서", "모델"),
        ("연구소에서는", "연구소"),
        ("출시했다", "출시"),
        ("공개된", "공개"),
        ("GPT-4o를", "GPT-4o"),
        ("칩에서", "칩"),
        ("꿈으로", "꿈"),
        ("칩은", "칩"),
        ("모델들만으로도", "모델"),
        ("모델입니다", "모델"),
        ("모델이라면", "모델"),
        ("모델에서의", "모델"),
        ("말뭉치로서는", "말뭉치"),
        ("GPT-4만", "GPT-4"),
        ("3.5를", "3.5"),
        ("100만을", "100만"),
        ("모델뿐", "모델"),
        ("모델뿐만", "모델"),
        ("모델뿐이다", "모델"),
        ("모델커녕", "모델"),
    ],
)
def test_particles_and_endings_come_off(word: str, bare: str) -> None:
    assert bare in bare_forms(word)


@pytest.mark.parametrize("word", ["10만", "3.5만", "100만"])
def test_ten_thousand_is_no_particle_behind_a_number(word: str) -> None:
    assert bare_forms(word) == ()


@pytest.mark.parametrize("word", ["모델", "GPT", "나라", "나이", "마을", "사이", "GPT모델", ""])
def test_what_may_be_no_particle_stays(word: str) -> None:
    assert not any(len(form) < 2 for form in bare_forms(word))


def ways(text: str, aliases: Aliases | None = None) -> dict[str, float]:
    (wish,) = plan(parse_query(text, TODAY), aliases or Aliases()).required
    return {"".join(way.words).replace("ˇ", "|"): way.weight for way in wish}


def test_a_typed_word_counts_most_as_typed_in_any_spelling_and_form_then_bare() -> None:
    aliases = Aliases.parse("모델, Model")
    assert ways("모델을", aliases) == {
        "|모델을": AS_TYPED,
        "|모델": BARE,
        "model": BARE,
        "모델을": AS_TYPED,
        "모델": BARE,
    }
    assert ways("models")["model"] == ways("모델", aliases)["model"] == AS_TYPED


def test_aliases_and_english_endings_meet_whichever_was_typed() -> None:
    aliases = Aliases.parse(
        "agent, 에이전트\nGPU, 그래픽카드\nMeta, 메타\nlarge language model, 거대 언어 모델"
    )
    for typed in ("agent", "agents", "에이전트", "에이전트를"):
        assert {"agent", "agents", "|에이전트"} <= ways(typed, aliases).keys(), typed
    for typed in ("GPU", "GPUs", "그래픽카드"):
        assert {"gpu", "gpus", "|그래픽카드"} <= ways(typed, aliases).keys(), typed
    assert "|거대|언어|모델" in ways("large language models", aliases)
    assert "agents" in ways("agent's")
    assert "chip" in ways("CHIPS")
    assert "metas" not in ways("메타", aliases)  # a proper name has no other forms
    (wish,) = plan(parse_query("-agents", TODAY), aliases).excluded
    assert {("agent",), ("ˇ에", "이", "전", "트")} <= {way.words for way in wish}


def test_words_that_are_one_name_together_are_one_wish() -> None:
    aliases = Aliases.parse("Meta AI, 메타 에이아이")
    assert len(plan(parse_query("메타 에이아이 발표", TODAY), aliases).required) == 2
    assert ways("메타 에이아이", aliases)["metaai"] == AS_TYPED


def test_a_phrase_is_meant_as_written_and_an_exclusion_is_no_wish() -> None:
    assert ways('"모델을"') == {"|모델을": AS_TYPED, "모델을": AS_TYPED}
    made = plan(parse_query('-모델 -"긴 문맥" 평가', TODAY), Aliases())
    assert (len(made.required), len(made.excluded)) == (1, 2)


def test_no_wish_has_more_ways_than_a_search_can_bear() -> None:
    aliases = Aliases.of([[f"이름{number}" for number in range(200)]])
    assert len(ways("이름1", aliases)) == MAX_WAYS


def test_operators_are_read_in_both_languages_and_with_curly_quotes() -> None:
    query = parse_query(
        "“긴 문맥” －오픈AI 태그：추론 tag:#llm 이후:2024-05 이전:2024-06-01 언어:한국어 평가", TODAY
    )
    assert query == PostQuery(
        terms=("평가",),
        phrases=("긴 문맥",),
        excluded=("오픈AI",),
        tags=(TagFilter("추론"), TagFilter("llm")),
        before=dt.date(2024, 6, 1),
        after=dt.date(2024, 5, 1),
        langs=("ko",),
    )


@pytest.mark.parametrize("text", ["before:soon", "lang:klingon-x", "http://x", "std:string", "시간:세시"])
def test_a_filter_that_says_nothing_is_a_word_like_others(text: str) -> None:
    query = parse_query(text, TODAY)
    assert query.terms == (text,)
    assert (query.before, query.langs, query.tags) == (None, (), ())


@pytest.mark.parametrize(
    ("text", "terms"),
    [
        ("오픈AI가, 라마가? 강화학습을.", ("오픈AI가", "라마가", "강화학습을")),
        ("(모델에서) ‘모델을’ 모델을… 모델~", ("모델에서", "모델을", "모델")),
        ("C++ C# .NET. (.net) gpt-4.1", ("C++", "C#", ".NET", ".net", "gpt-4.1")),
        ("구글,오픈AI 라마·젬마,", ("구글", "오픈AI", "라마", "젬마")),
        ("1,000 3.5 v2,R1", ("1,000", "3.5", "v2", "R1")),
    ],
)
def test_signs_around_a_word_and_between_words_do_not_count(text: str, terms: tuple[str, ...]) -> None:
    assert parse_query(text, TODAY).terms == terms
    assert parse_query("-구글,오픈AI.", TODAY).excluded == ("구글", "오픈AI")


def test_tags_are_meant_without_the_signs_before_and_behind_them() -> None:
    query = parse_query("person:@karpathy tag:#llm, lang:ko lang:en", TODAY)
    assert query.tags == (TagFilter("karpathy", TagKind.PERSON), TagFilter("llm"))
    assert query.langs == ("ko", "en")
    assert parse_query(written(query), TODAY) == query


@pytest.mark.parametrize("text", ["", "   ", "!!! ...", '""', "-", '-"', "- -", ":::"])
def test_nothing_but_signs_asks_nothing(text: str) -> None:
    assert parse_query(text, TODAY).is_empty


def test_tags_are_asked_for_by_their_kind_in_both_languages() -> None:
    query = parse_query('회사:오픈AI company:Meta 모델: "GPT 4o" 주제:추론 -person:sama', TODAY)
    assert query == PostQuery(
        tags=(
            TagFilter("오픈AI", TagKind.COMPANY),
            TagFilter("Meta", TagKind.COMPANY),
            TagFilter("GPT 4o", TagKind.MODEL),
            TagFilter("추론", TagKind.TOPIC),
        ),
        without_tags=(TagFilter("sama", TagKind.PERSON),),
    )
    assert parse_query(written(query), TODAY) == query


def test_a_tag_or_language_that_is_excluded_is_no_word() -> None:
    assert parse_query("-tag:llm -lang:ko", TODAY) == PostQuery(
        without_tags=(TagFilter("llm"),), without_langs=("ko",)
    )
    assert parse_query('tag:"long context"', TODAY).tags == (TagFilter("long context"),)
    assert parse_query('"끝나지 않은', TODAY).phrases == ("끝나지 않은",)


def test_a_query_has_its_limits() -> None:
    assert len(parse_query(" ".join(f"w{n}" for n in range(99)), TODAY).terms) == MAX_WORDS
    assert len(parse_query("가" * 9999, TODAY).terms[0]) == MAX_QUERY


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("2024-05-04", dt.date(2024, 5, 4)),
        ("2024-05", dt.date(2024, 5, 1)),
        ("2024", dt.date(2024, 1, 1)),
        ("오늘", dt.date(2024, 6, 1)),
        ("yesterday", dt.date(2024, 5, 31)),
        ("그저께", dt.date(2024, 5, 30)),
        ("2024-13", None),
        ("0000", None),
        ("soon", None),
        ("5월", dt.date(2024, 5, 1)),
        ("12월", dt.date(2023, 12, 1)),
        ("지난달", dt.date(2024, 5, 1)),
        ("last month", dt.date(2024, 5, 1)),
        ("May 2023", dt.date(2023, 5, 1)),
        ("작년", dt.date(2023, 1, 1)),
        ("작년 5월", dt.date(2023, 5, 1)),
        ("올해 3월", dt.date(2024, 3, 1)),
        ("Last year", dt.date(2023, 1, 1)),
        ("2024년", dt.date(2024, 1, 1)),
        ("2024년 5월", dt.date(2024, 5, 1)),
        ("24년 5월", dt.date(2024, 5, 1)),
        ("‘24.5.4", dt.date(2024, 5, 4)),
        ("이번 주", dt.date(2024, 5, 27)),
        ("이번주", dt.date(2024, 5, 27)),
        ("this week", dt.date(2024, 5, 27)),
        ("지난주", dt.date(2024, 5, 20)),
        ("last week", dt.date(2024, 5, 20)),
        ("5", None),
    ],
)
def test_days_are_read_as_their_first(text: str, day: dt.date | None) -> None:
    assert first_day(text, TODAY) == day


@pytest.mark.parametrize(
    ("name", "code"), [("한국어", "ko"), ("한글", "ko"), ("English", "en"), ("zh-CN", "zh"), ("CN", "zh")]
)
def test_a_language_is_read_by_its_names_and_its_code(name: str, code: str) -> None:
    assert parse_query(f"lang:{name}", TODAY).langs == (code,)


@pytest.mark.parametrize(
    ("text", "after", "terms"),
    [
        ("after:지난주 금요일 모델", dt.date(2024, 5, 24), ("모델",)),
        ("이후: 지난 주 금요일 모델", dt.date(2024, 5, 24), ("모델",)),
        ("모델 after:last friday openai", dt.date(2024, 5, 31), ("모델", "openai")),
        ("after:2023년 5월 4일 토요일 모델", dt.date(2023, 5, 4), ("모델",)),
        ("after:3 days ago, 모델", dt.date(2024, 5, 29), ("모델",)),
        ("after:이번 주 모델", dt.date(2024, 5, 27), ("모델",)),
        ("after:지난주 뉴스", dt.date(2024, 5, 20), ("뉴스",)),
        ("after:24년 5월 모델", dt.date(2024, 5, 1), ("모델",)),
        ("after:지난달 모델 평가", dt.date(2024, 5, 1), ("모델", "평가")),
        ("after:어제 뉴스", dt.date(2024, 5, 31), ("뉴스",)),
        ("after:어제 (모델)", dt.date(2024, 5, 31), ("모델",)),
        ("after:어제 tag:llm", dt.date(2024, 5, 31), ()),
        ("after:어제 -llm", dt.date(2024, 5, 31), ()),
        ("after:soon 모델", None, ("after:soon", "모델")),
    ],
)
def test_a_day_takes_as_many_words_as_make_it(
    text: str, after: dt.date | None, terms: tuple[str, ...]
) -> None:
    query = parse_query(text, TODAY)
    assert (query.after, query.terms) == (after, terms)
    assert parse_query(text.replace("after:", "before:"), TODAY).before == (
        after if "after" in text else None
    )


def test_the_day_before_the_calendar_begins_is_its_first() -> None:
    assert first_day("어제", dt.date.min) == dt.date.min


PARTICLES = """
은 는 이 가 을 를 의 에 에서 에게 한테 께 으로 로 와 과 도 만 부터 까지 마저 조차 밖에
처럼 보다 같이 이나 나 이랑 랑 이며 이고 하고 이라 이라고 라고 이란 란 이라는 라는 이라면 라면
이라서 라서 이라도 라도 이든 든지 이든지 이야말로 은커녕 는커녕 에서의 에의 으로의 로의 과의 와의
까지의 부터의 에서만 에만 까지만 부터는 만은 만을 만이 만의 만으로 만으로도 에서부터 로부터
으로부터 에게서 에게도 에게만 에게는 들 들이 들은 들을 들의 들에 들에게 들도 들과 들로 들만
들에서 들에서는 들까지 들처럼 들보다 입니다 이다 이에요 예요 이었다 였다 이었습니다 인데 인가 인지
일까 이죠 이지만 지만 이니까 이므로 이어서 이라니 께서 께서는 마다 대로 만큼 만큼은 치고 따라
더러 보고 에다 에다가 으로써 으로서 로서의 로서는 으로서의 으로서도
"""


@pytest.mark.parametrize("particle", PARTICLES.split())
def test_every_particle_leads_back_to_the_word(particle: str) -> None:
    for noun in ("모델", "반도체"):
        assert f"|{noun}" in ways(f"{noun}{particle}")
        assert noun in word_forms(f"{noun}{particle}")
        assert is_ending(particle)


def test_one_syllable_is_left_of_a_name_that_is_known() -> None:
    assert "|칩" in ways("칩이", Aliases.parse("칩, chip"))
    assert "|칩" not in ways("칩이")
    (wish,) = plan(parse_query("칩이", TODAY), Aliases(), {"칩"}.__contains__).required
    assert ("ˇ칩",) in {way.words for way in wish}
    assert "|나" not in ways("나이", Aliases())


def test_a_compound_may_have_been_meant_as_two_words() -> None:
    assert ways("추론모델")["|추론|모델"] == BARE
    assert ways("추론모델을")["|추론|모델"] == BARE
    assert ways("전력소모")["|전력|소모"] == BARE
    assert ways("긴문맥을")["|긴|문맥"] == BARE
    assert "|모델|이" not in ways("모델이")
    assert "|긴|문맥" not in ways("긴문맥", Aliases.parse("긴문맥, long context"))
    assert len(ways("수박참외" * 15)) < 10


@pytest.mark.parametrize(
    ("words", "last"),
    [
        ("언어 모델", "모델"),
        ("GPT모델", "모델"),
        ("모델 GPT", ""),
        ("모델3", ""),
        ("", ""),
    ],
)
def test_the_last_word_is_known_where_it_is_hangul(words: str, last: str) -> None:
    assert last_hangul(words_of(words)) == last


def test_a_space_behind_a_known_key_and_wide_letters_are_as_typed_on_telephones() -> None:
    assert parse_query("tag: openai Lang: ko after: 2024-05-04", TODAY) == PostQuery(
        tags=(TagFilter("openai"),), langs=("ko",), after=dt.date(2024, 5, 4)
    )
    assert parse_query("ＧＰＴ－４ｏ", TODAY).terms == ("GPT-4o",)
    assert parse_query("tag: after:2024-05-04", TODAY).after == dt.date(2024, 5, 4)
    assert words_of("ＧＰＴ－４ｏ") == words_of("GPT-4o")
    assert parse_query("뉴스: 오늘", TODAY).terms == ("뉴스", "오늘")


def test_a_tag_of_several_words_needs_no_quotes_where_it_is_one() -> None:
    is_tag = {"오픈 소스", "달무리 연구소", "긴 문맥", "긴 문맥 평가", "AI", "AI 칩"}.__contains__

    def read(text: str) -> PostQuery:
        return parse_query(text, TODAY, is_tag)

    assert read("tag:오픈 소스") == PostQuery(tags=(TagFilter("오픈 소스"),))
    assert read("회사: 달무리  연구소, 발표 lang:ko") == PostQuery(
        tags=(TagFilter("달무리 연구소", TagKind.COMPANY),), terms=("발표",), langs=("ko",)
    )
    assert read("모델 -tag:#오픈 소스 칩") == PostQuery(
        terms=("모델", "칩"), without_tags=(TagFilter("오픈 소스"),)
    )
    assert read("tag:긴 문맥 평가 모델").tags == (TagFilter("긴 문맥 평가"),)
    assert read("tag:AI 칩") == PostQuery(tags=(TagFilter("AI"),), terms=("칩",))  # one word is a tag already
    assert read("tag:오픈 -소스") == PostQuery(tags=(TagFilter("오픈"),), excluded=("소스",))
    assert read('tag:"오픈" 소스') == PostQuery(tags=(TagFilter("오픈"),), terms=("소스",))
    assert parse_query("tag:오픈 소스", TODAY) == PostQuery(tags=(TagFilter("오픈"),), terms=("소스",))


@pytest.mark.parametrize(
    "key", ["tag:", "태그:", "-before:", "LANG:", "모델:", "tag:#", 'company:""', "lang:?"]
)
def test_a_key_with_nothing_behind_it_is_left_out_and_told(key: str) -> None:
    query = parse_query(f"라마 {key}", TODAY)
    assert query == PostQuery(terms=("라마",))
    shown = key.removeprefix("-").partition(":")[0] + ":"
    assert query.unread == ((KEY_ALONE, shown),)
    assert parse_query(key, TODAY).is_empty
    assert parse_query('"tag:"', TODAY).phrases == ("tag",)


@pytest.mark.parametrize(
    ("text", "same"),
    [
        ("-before:2024", "after:2024"),
        ("-after:2024-05", "before:2024-05"),
        ("-이전:어제", "after:어제"),
        ("-before:지난주 금요일", "after:지난주 금요일"),
    ],
)
def test_what_is_not_before_a_day_is_from_that_day_on(text: str, same: str) -> None:
    query = parse_query(f"{text} 라마", TODAY)
    assert query == parse_query(f"{same} 라마", TODAY)
    assert query.before or query.after
    assert query.terms == ("라마",)
    assert query.unread == ()


@pytest.mark.parametrize(
    ("text", "unread"),
    [
        ('after:"지난 번"', ("after", "지난 번")),
        ("before:soon", ("before", "soon")),
        ("lang:xx", ("lang", "xx")),
        ("-lang:xx", ("lang", "xx")),
        ("언어:외계어", ("lang", "외계어")),
    ],
)
def test_a_condition_that_cannot_be_read_is_told(text: str, unread: tuple[str, str]) -> None:
    query = parse_query(text, TODAY)
    assert query.unread == (unread,)
    assert not query.is_empty
