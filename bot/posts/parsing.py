"""Turns the bytes of a content file into a ``Post``, or says what is wrong with them."""

from __future__ import annotations

import datetime as dt
import hashlib

from msgspec import Struct

from bot.posts import lengths
from bot.posts.blocks import split
from bot.posts.checks import check_post
from bot.posts.decoding import decode
from bot.posts.fields import read_front_matter
from bot.posts.findings import Findings
from bot.posts.metadata import read_metadata
from bot.posts.models import Post
from bot.posts.problems import Problem


class ParsedPost(Struct, frozen=True, kw_only=True):
    """A usable post, and what an editor should mend in it (warnings only)."""

    post: Post
    problems: tuple[Problem, ...]


def parse_post(data: bytes, path: str, *, today: dt.date, zone: dt.tzinfo = dt.UTC) -> ParsedPost:
    """Read one content file.

    Args:
        data: the file's bytes, at most ``decoding.MAX_BYTES``.
        path: relative to the content folder, with forward slashes; its name may hold day and slug.
        today: the reader's day, against which a date in the future is noticed.
        zone: of times of day that are written without one.

    Raises:
        PostError: the file cannot be used; ``problems`` says where, why, and what to do.
    """
    findings = Findings(path)
    block = split(decode(data, findings), findings)
    if len(block.body) > lengths.MAX_CHARACTERS:
        cause = lengths.cause_of(len(block.body))
        raise findings.refusal(block.body_line, lengths.CODE, cause, lengths.FIX)
    metadata = read_metadata(block, findings)
    meta = read_front_matter(metadata, block.body, block.body_line, findings, zone)
    post = Post(
        meta=meta,
        body=block.body,
        path=path,
        body_line=block.body_line,
        content_hash=hashlib.sha256(data).hexdigest(),
    )
    check_post(post, metadata, today, findings)
    return ParsedPost(post=post, problems=tuple(findings.problems))
