"""Reads a front matter's text, whatever its notation, into values whose lines are known."""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Mapping
from typing import NoReturn

from msgspec import Struct, field

from bot.patterns import regex
from bot.posts.blocks import Block, Notation
from bot.posts.findings import Findings
from bot.posts.values import MAX_DEPTH, flaw_of
from bot.posts.yaml_repair import Rewriting, repair
from bot.posts.yaml_scan import Fault

_TOML_PLACE = regex(r"\(at line (\d+), column \d+\)$")
_TOML_TEXTS = regex(
    r'"""(?:\\.|[^\\])*?(?:"""|\Z)'
    r"|'''.*?(?:'''|\Z)"
    r'|"(?:\\.|[^"\\\n])*(?:"|$)'
    r"|'[^'\n]*(?:'|$)"
    r"|#[^\n]*",
    re.DOTALL | re.MULTILINE,
)
_TOML_LONG_KEY = regex(rf"(?<![\w-])(?:[\w-]*\.){{{MAX_DEPTH}}}")
_TOML_END = "(at end of document)"
_FIXES = {
    "yaml-tag": "Remove it, or put the value in quotation marks.",
    "yaml-alias": "Put the value in quotation marks.",
    "yaml-aliases": "Write the values out.",
    "yaml-too-deep": "Write the values flat.",
}


class Metadata(Struct, frozen=True, kw_only=True):
    """A front matter's values by key as written, and the file's 1-based line of each key."""

    values: Mapping[str, object] = field(default_factory=dict)
    lines: Mapping[str, int] = field(default_factory=dict)


def read_metadata(block: Block, findings: Findings) -> Metadata:
    """The values of a front matter; what had to be repaired is noted as warnings.

    Raises:
        PostError: it cannot be read, or is made to exhaust its reader.
    """
    if not block.text.strip():
        return Metadata()
    match block.notation:
        case Notation.YAML:
            return _read_yaml(block, findings)
        case Notation.TOML:
            return _read_toml(block, findings)
        case _:
            return _read_json(block, findings)


def _read_yaml(block: Block, findings: Findings) -> Metadata:
    result = repair(block.text)
    if result.scan.fault:
        _refuse_yaml(result.fault or result.scan.fault, block, findings)
    for rewriting in result.rewritings:
        _note(rewriting, block, findings)
    for key, line in result.scan.repeated.items():
        cause = f"`{key}` is written twice; the last one counts."
        findings.warn(block.line + line, "repeated-key", cause, "Remove one of them.")
    return Metadata(values=result.values, lines=_in_file(result.scan.keys, block))


def _refuse_yaml(fault: Fault, block: Block, findings: Findings) -> NoReturn:
    line = min(block.line + fault.line, block.line + block.text.count("\n"))
    fix = _FIXES.get(fault.code, "Mend the line; a value with special characters needs quotation marks.")
    cause = f"The front matter cannot be read. {fault.cause}"
    raise findings.refusal(line, fault.code, cause, fix)


def _in_file(lines: Mapping[str, int], block: Block) -> dict[str, int]:
    return {key: block.line + line for key, line in lines.items()}


def _note(rewriting: Rewriting, block: Block, findings: Findings) -> None:
    before, after = rewriting.before.strip(), rewriting.after.strip()
    if rewriting.before.startswith("\t"):
        code, cause = "tab-indent", "A tab indents the line; YAML takes spaces only."
    elif after == re.sub(r"^(\w+)[:：]\s*", r"\1: ", before):
        code, cause = "no-space-after-colon", "A colon and a space must stand between key and value."
    else:
        code, cause = "unquoted-value", _why_unquoted(before)
    fix = f"Write {_short(after)} (`ainews check --fix` does it)."
    findings.warn(block.line + rewriting.line, code, cause, fix, fixable=True)


def _why_unquoted(before: str) -> str:
    key, _, value = before.partition(": ")
    name, text = (f"The value of `{key}`", value.strip()) if value else ("The item", before.lstrip("- "))
    if text[:1] in {'"', "'"}:
        return f"{name} has a quotation mark without its partner."
    if re.search(r":(\s|$)", text):
        return f"{name} holds a colon and a space without quotation marks; YAML takes that for another key."
    if re.search(r"(^|\s)#", text):
        return f"{name} holds a # without quotation marks; YAML takes the rest for a comment."
    return f"{name} begins with {text[:1]}, which means something else in YAML without quotation marks."


def _short(text: str) -> str:
    limit = 120
    return text if len(text) <= limit else text[: limit - 1] + "…"


def _read_toml(block: Block, findings: Findings) -> Metadata:
    if _has_long_key(block.text):
        _refuse(f"A TOML key has more than {MAX_DEPTH} parts.", block.line, findings)
    try:
        values: object = tomllib.loads(block.text)
    except (ValueError, RecursionError) as error:
        place = _TOML_PLACE.search(str(error))
        line = int(place[1]) - 1 if place else block.text.rstrip().count("\n")
        reason = _TOML_PLACE.sub("", str(error)).removesuffix(_TOML_END).strip()
        _refuse(f"The front matter is not valid TOML: {reason}.", block.line + line, findings)
    return _checked(values, block, findings)


def _has_long_key(toml: str) -> bool:
    """Whether a dotted key has many parts: tomllib's time and memory grow with their square."""
    without_texts = _TOML_TEXTS.sub("", toml)
    return _TOML_LONG_KEY.search(without_texts.replace(" ", "").replace("\t", "")) is not None


def _read_json(block: Block, findings: Findings) -> Metadata:
    try:
        values: object = json.loads(block.text, parse_constant=_no_constant)
    except (ValueError, RecursionError) as error:
        _refuse(f"The front matter is not valid JSON: {error}.", block.line, findings)
    return _checked(values, block, findings)


def _no_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is no JSON value")


def _refuse(cause: str, line: int, findings: Findings) -> NoReturn:
    raise findings.refusal(line, "front-matter-invalid", cause, "Mend the line, or write the values as YAML.")


def _checked(values: object, block: Block, findings: Findings) -> Metadata:
    flaw = flaw_of(values)
    if flaw or not isinstance(values, dict):
        _refuse(f"The front matter cannot be used. {flaw or 'It holds no keys.'}", block.line, findings)
    lines: dict[str, int] = {}
    for number, line in enumerate(block.text.split("\n")):
        key = re.match(r"\s*[{,]?\s*[\"']?([\w-]{1,64})[\"']?\s*[=:]", line)
        if key:
            lines.setdefault(key[1], number)
    return Metadata(values=values, lines=_in_file(lines, block))
