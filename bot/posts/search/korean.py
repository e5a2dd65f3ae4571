"""Takes particles and endings off a Korean word, so that ``모델을`` typed finds ``모델에서`` written.

The other direction needs nothing: a word is looked for from its first syllable, whatever follows it.
"""

from __future__ import annotations

import re

_PARTICLES = """
으로부터 에서부터 에게서는 으로서는 으로써는 이라고는 에서는 에서도 에게서 한테서 로부터 으로는 으로도
이라는 이라도 이라고 까지는 까지도 부터는 보다는 보다도 만으로 만이 들에게 들에서 들이 들은 들을 들의
들과 들도 에서 에게 에는 에도 한테 께서 으로 로는 로서 로써 로도 라는 라고 이란 이나 이며 이고 하고 이랑
처럼 같이 만큼 보다 까지 부터 마다 조차 마저 밖에 이나마 은 는 이 가 을 를 의 에 도 만 와 과 로 나 랑 들
란 며 요 께 야
"""
"""Josa and the plural ``들``, combined as they are written."""

_ENDINGS = """
했습니다 하였습니다 합니다 됩니다 되었습니다 됐습니다 하겠습니다 했어요 해요 돼요 됐어요 되었어요 하였다
했다 한다 된다 됐다 되었다 하는 되는 하던 하며 되며 하고 되고 하기 되기 하면 되면 하지 되지 했던 됐던
되었던 하여 하게 하다 되다 되어 시킨 시키는 적인 적으로 했고 됐고 한 된 할 될 해 돼 함 됨 인
"""
"""Of nouns that become verbs (``출시했다``, ``공개된``), and the copula's ``인``."""

_LEAST = 2
"""Syllables that must be left: of one syllable nobody can tell whether its end is a particle."""


def _pattern(words: str) -> re.Pattern[str]:
    longest_first = sorted(words.split(), key=len, reverse=True)
    return re.compile(f"(?:{'|'.join(longest_first)})$")


_CLEAR = re.compile(r"(?<=[가-힣])(?:에서(?:는|도)?|에게|에는|에도|으로(?:는|도)?|까지|부터|처럼)$")
"""Particles that leave no doubt, so that one syllable is enough before them: ``칩에서`` is ``칩``."""

_SUFFIXES = (_pattern(_PARTICLES), _pattern(_ENDINGS))
_ENDS_IN_HANGUL = re.compile("[가-힣]$")
_LATIN_THEN_HANGUL = re.compile(r"(?P<name>.*[A-Za-z0-9)\]])(?P<tail>[가-힣]+)$")


def bare_forms(word: str) -> tuple[str, ...]:
    """The word without its particle or ending, in every way that leaves two syllables; longest first.

    One syllable is left only where the particle leaves no doubt. A Latin name may be left alone:
    ``GPT-4o를`` is ``GPT-4o``. Without an ending there are none.
    """
    if not _ENDS_IN_HANGUL.search(word):
        return ()
    if match := _LATIN_THEN_HANGUL.fullmatch(word):
        is_ending = any(suffix.fullmatch(match["tail"]) for suffix in _SUFFIXES)
        return (match["name"],) if is_ending else ()
    found = (suffix.sub("", word) for suffix in _SUFFIXES)
    bare = {form for form in found if form != word and len(form) >= _LEAST}
    if len(clear := _CLEAR.sub("", word)) < _LEAST:
        bare.add(clear)
    return tuple(sorted(bare, key=len, reverse=True))
