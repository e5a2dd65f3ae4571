"""A post that is pushed to the blog's repository reaches the readers without anybody touching the host."""

from __future__ import annotations

from pathlib import Path

from tests.support.git import Blog, post
from tests.support.stage import Stage, text_of


async def test_admin_reload_fetches_the_repository_first(tmp_path: Path) -> None:
    blog = Blog(tmp_path / "blog.git")
    blog.push({"posts/2024-05-03-a.md": post("첫째")})
    stage = Stage(tmp_path, settings={"content_git_url": blog.url, "content_git_path": "posts"})
    async with stage.play() as play:
        assert "첫째" in text_of(await play.reader.slash(play.channel, "news latest"))
        await play.deliver()
        blog.push({"posts/2024-05-03-a.md": post("첫째"), "posts/2024-05-04-b.md": post("둘째")})
        report = text_of(await play.operator.slash(play.channel, "admin reload"))
        assert "추가 1" in report
        assert "둘째" in text_of(await play.reader.slash(play.channel, "news latest"))
        blog.push({"elsewhere/c.md": post("셋째")})
        report = text_of(await play.operator.slash(play.channel, "admin reload"))
        assert "CONTENT\\_GIT\\_URL" in report
        assert "there is no folder 'posts' in it" in report.replace("\\", "")
        assert "둘째" in text_of(await play.reader.slash(play.channel, "news latest"))
