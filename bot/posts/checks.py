"""What an editor should know about a post that can be used all the same."""

from __future__ import annotations

import datetime as dt

from bot.posts.findings import Findings
from bot.posts.headings import unclosed_fence
from bot.posts.metadata import Metadata
from bot.posts.models import Post
from bot.posts.names import day_in_name

MAX_TITLE, MAX_DESCRIPTION, MAX_TAG = 256, 4096, 100
"""Code points; the first two are an embed's limits, the third an autocomplete choice's (Discord's API)."""

_SHORTEN = "Shorten it; nothing is lost, but it is shown in pieces."


def check_post(post: Post, metadata: Metadata, today: dt.date, findings: Findings) -> None:
    """Note every doubt about a post that was read; ``today`` is the reader's day."""
    lines = {key.casefold(): line for key, line in metadata.lines.items()}
    _check_lengths(post, lines, findings)
    _check_dates(post, lines, today, findings)
    _check_body(post, findings)
    if post.meta.image and not post.meta.image.startswith(("http://", "https://")):
        cause = (
            f"The image {post.meta.image[:60]} is relative to the site; it is shown only with SITE_URL set."
        )
        line = next((lines[key] for key in ("image", "cover", "thumbnail") if key in lines), 1)
        findings.warn(line, "relative-image", cause, "Write the whole address, or set SITE_URL.")


def _check_lengths(post: Post, lines: dict[str, int], findings: Findings) -> None:
    meta = post.meta
    if len(meta.title) > MAX_TITLE:
        cause = f"The title has {len(meta.title)} characters; a card's title holds {MAX_TITLE}."
        findings.warn(lines.get("title", 1), "long-title", cause, _SHORTEN)
    if len(meta.description) > MAX_DESCRIPTION:
        cause = f"The description has {len(meta.description)} characters; a card holds {MAX_DESCRIPTION}."
        findings.warn(lines.get("description", 1), "long-description", cause, _SHORTEN)
    for tag in meta.tags:
        if len(tag.name) > MAX_TAG:
            cause = f"The tag {tag.name[:40]}… has {len(tag.name)} characters; {MAX_TAG} can be offered."
            findings.warn(lines.get("tags", 1), "long-tag", cause, "Shorten it, or put commas between tags.")


def _check_dates(post: Post, lines: dict[str, int], today: dt.date, findings: Findings) -> None:
    meta, line = post.meta, lines.get("date", 1)
    if meta.date > today:
        cause = f"The date {meta.date} lies in the future."
        findings.warn(line, "future-date", cause, "Correct it, unless the post is meant to wait until then.")
    if meta.updated and meta.updated < meta.date:
        cause = f"The post was updated on {meta.updated}, before its date {meta.date}."
        findings.warn(lines.get("update", line), "update-before-date", cause, "Correct one of the two.")
    named = day_in_name(post.path)
    if named and abs((named - meta.date).days) > 1:  # a day is a matter of time zones
        cause = f"The file's name says {named}, the front matter {meta.date}; the front matter counts."
        findings.warn(line, "date-contradicts-name", cause, "Correct the date, or rename the file.")


def _check_body(post: Post, findings: Findings) -> None:
    if not post.body.strip():
        cause, fix = "The post has no text.", "Write it below the front matter."
        findings.warn(max(post.body_line - 1, 1), "empty-body", cause, fix)
    fence = unclosed_fence(post.body)
    if fence is not None:
        cause = "A code fence opens here and is never closed; all that follows is shown as code."
        findings.warn(post.body_line + fence, "unclosed-fence", cause, "Close it with a line of its own.")
