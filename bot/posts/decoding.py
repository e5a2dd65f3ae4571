"""Turns a file's bytes into text, or says which other encoding they seem to be in."""

from __future__ import annotations

import codecs

from bot.posts.findings import Findings

MAX_BYTES = 5 * 1024 * 1024
"""The largest post file that is read, in bytes; the largest real post known has 300 KB."""

_SAVE_AS = "Save the file as UTF-8."
_UTF16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)


def decode(data: bytes, findings: Findings) -> str:
    """The text with LF line ends and without a byte order mark.

    Raises:
        PostError: larger than MAX_BYTES, empty, not UTF-8, or holding a NUL.
    """
    if len(data) > MAX_BYTES:
        raise too_large(len(data), findings)
    if not data.strip():
        raise findings.refusal(1, "empty-file", "The file is empty.", "Write the post, or delete the file.")
    _refuse_utf16(data, findings)
    text = _utf8(data, findings).removeprefix("\ufeff")
    return text.replace("\r\n", "\n").replace("\r", "\n") if b"\r" in data else text


def too_large(size: int, findings: Findings) -> Exception:
    """The refusal of a file of ``size`` bytes."""
    cause = f"The file has {size:,} bytes; a post may have {MAX_BYTES:,}."
    return findings.refusal(1, "file-too-large", cause, "Split the post, or move attachments out of it.")


def _refuse_utf16(data: bytes, findings: Findings) -> None:
    """UTF-16 shows by its byte order mark, or by the NUL in each Latin letter."""
    if data.startswith(_UTF16):
        raise findings.refusal(1, "not-utf-8", "The file is encoded in UTF-16.", _SAVE_AS)
    where = data.find(b"\0")
    if where >= 0:
        cause = "The file holds a NUL byte: it is UTF-16, or no text at all."
        raise findings.refusal(_line(data, where), "nul-byte", cause, _SAVE_AS)


def _utf8(data: bytes, findings: Findings) -> str:
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as error:
        cause = f"Byte {error.start + 1} is not UTF-8; the text looks like {_guess(data)}."
        raise findings.refusal(_line(data, error.start), "not-utf-8", cause, _SAVE_AS) from None


def _guess(data: bytes) -> str:
    """The likeliest other encoding: cp949 (Korean Windows) where it decodes, else Latin-1."""
    try:
        korean = data.decode("cp949")
    except UnicodeDecodeError:
        return "Latin-1"
    return "CP949 (EUC-KR)" if any("가" <= char <= "힣" for char in korean) else "Latin-1"


def _line(data: bytes, offset: int) -> int:
    return data.count(b"\n", 0, offset) + 1
