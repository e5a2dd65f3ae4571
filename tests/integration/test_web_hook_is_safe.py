"""The content hook against callers who mean no good: each is refused, and nothing is reloaded."""

from __future__ import annotations

import asyncio

import pytest
from pydantic import SecretStr
from yarl import URL

from bot.adapters.web.hooks import MOST_BYTES, REMEMBERED
from tests.support.web import SECRET, push, signed, site


async def test_a_signed_push_is_accepted_and_asks_for_a_reload() -> None:
    async with site() as there:
        status, text = await there.post(push(), signed(push()))
        assert (status, text) == (202, '{"status": "reloading"}')
        assert len(there.pushes) == 1


async def test_githubs_own_example_of_a_signature_is_the_one_we_make() -> None:
    # https://docs.github.com/en/webhooks/using-webhooks/validating-webhook-deliveries#testing-the-webhook-payload-validation
    headers = signed(b"Hello, World!", secret=SecretStr("It's a Secret to Everybody"))
    assert headers["X-Hub-Signature-256"] == (
        "sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17"
    )


@pytest.mark.parametrize(
    "signature",
    [
        None,
        "",
        "sha256=",
        "sha256=" + "0" * 64,
        signed(push(), secret=SecretStr("another secret of somebody"))["X-Hub-Signature-256"],
        signed(push())["X-Hub-Signature-256"].removeprefix("sha256="),
        signed(push())["X-Hub-Signature-256"].replace("sha256", "sha1"),
        signed(b"another body")["X-Hub-Signature-256"],
        "sha256=é한글",
    ],
)
async def test_an_unsigned_or_wrongly_signed_call_is_refused(signature: str | None) -> None:
    async with site() as there:
        headers = signed(push())
        del headers["X-Hub-Signature-256"]
        if signature is not None:
            headers["X-Hub-Signature-256"] = signature
        status, _ = await there.post(push(), headers)
        assert status == 401
        assert not there.pushes


@pytest.mark.parametrize("secret", [None, SecretStr("")])
async def test_without_a_secret_there_is_no_hook_even_for_who_signs_with_nothing(
    secret: SecretStr | None,
) -> None:
    async with site(secret=secret) as there:
        status, _ = await there.post(push(), signed(push(), secret=SecretStr("")))
        assert status == 404
        assert not there.pushes


async def test_a_replayed_call_is_heard_once() -> None:
    async with site() as there:
        for _ in range(3):
            status, _text = await there.post(push(), signed(push()))
            assert status == 202
        assert len(there.pushes) == 1


async def test_a_replay_under_another_number_which_is_not_signed_is_known_by_its_signature() -> None:
    async with site() as there:
        await there.post(push(), signed(push(), "1"))
        status, text = await there.post(push(), signed(push(), "2"))
        assert (status, text) == (202, '{"status": "known already"}')
        assert len(there.pushes) == 1


async def test_a_call_is_heard_again_while_what_it_told_of_could_not_be_fetched() -> None:
    failed: list[bool] = []
    async with site(behind=lambda: bool(failed)) as there:
        await there.post(push(), signed(push()))
        failed.append(True)
        assert await there.post(push(), signed(push())) == (202, '{"status": "reloading"}')
        failed.clear()
        assert await there.post(push(), signed(push())) == (202, '{"status": "known already"}')
        assert len(there.pushes) == 2


async def test_a_number_that_came_unsigned_does_not_shut_out_the_real_call() -> None:
    async with site() as there:
        forged = {**signed(push()), "X-Hub-Signature-256": "sha256=" + "0" * 64}
        await there.post(push(), forged)
        await there.post(push(), signed(push()))
        assert len(there.pushes) == 1


async def test_what_is_remembered_of_calls_is_bounded() -> None:
    async with site() as there:
        for number in range(REMEMBERED + 2):
            body = push(number=number)
            await there.post(body, signed(body, str(number)))
        first = push(number=0)
        await there.post(first, signed(first, "0"))
        assert len(there.pushes) == REMEMBERED + 3


@pytest.mark.parametrize("number", ["", "x" * 101])
async def test_a_call_without_a_sensible_number_is_malformed(number: str) -> None:
    async with site() as there:
        status, _ = await there.post(push(), signed(push(), number))
        assert status == 400
        assert not there.pushes


@pytest.mark.parametrize(
    "body",
    [b"", b"{", b"[]", b'"text"', b"payload=%7B%7D", b"\xff\xfe", b"[" * 100_000, b'{"ref": NaN'],
)
async def test_a_malformed_body_is_refused_though_it_is_signed(body: bytes) -> None:
    async with site() as there:
        status, _ = await there.post(body, signed(body))
        assert status == 400
        assert not there.pushes


async def test_an_oversized_body_is_refused_whether_or_not_its_length_is_told() -> None:
    body = b" " * (MOST_BYTES + 1)

    async def in_chunks(port: int) -> bytes:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(b"POST /hooks/content HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n")
        for _ in range(11):
            writer.write(f"{100_000:x}\r\n".encode() + b" " * 100_000 + b"\r\n")
        await writer.drain()
        answer = await asyncio.wait_for(reader.readline(), 10)
        writer.close()
        return answer

    async with site() as there:
        status, _ = await there.post(body, signed(body))
        assert status == 413
        assert await in_chunks(there.port) == b"HTTP/1.1 413 Request Entity Too Large\r\n"
        assert not there.pushes


async def test_the_length_that_a_call_claims_is_enough_to_refuse_it() -> None:
    async with site() as there:
        reader, writer = await asyncio.open_connection("127.0.0.1", there.port)
        writer.write(b"POST /hooks/content HTTP/1.1\r\nHost: x\r\nContent-Length: 999999999999\r\n\r\n")
        answer = await asyncio.wait_for(reader.readline(), 10)
        writer.close()
        assert b" 413 " in answer


async def test_a_body_that_trickles_in_is_not_waited_for_and_others_are_served_meanwhile() -> None:
    async with site(patience=0.3) as there:
        reader, writer = await asyncio.open_connection("127.0.0.1", there.port)
        writer.write(b"POST /hooks/content HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\n{")
        assert (await there.post(push(), signed(push())))[0] == 202
        answer = await asyncio.wait_for(reader.readline(), 10)
        assert b" 408 " in answer
        assert b"Connection: close" in await asyncio.wait_for(reader.read(), 10)
        writer.close()
        assert len(there.pushes) == 1


@pytest.mark.parametrize("begun", [b"", b"GET /healthz HTTP/1.1\r\nHost: x\r\nX-Slow: "])
async def test_a_connection_whose_headers_do_not_come_is_closed(begun: bytes) -> None:
    async with site(idle=0.3) as there:
        reader, writer = await asyncio.open_connection("127.0.0.1", there.port)
        writer.write(begun)
        assert await asyncio.wait_for(reader.read(), 5) == b""
        writer.close()
        assert (await there.get("/healthz"))[0] == 200


async def test_a_compressed_bomb_counts_by_what_it_becomes() -> None:
    import zlib  # noqa: PLC0415 - for this test alone

    body = zlib.compress(b" " * 50_000_000)
    async with site() as there:
        status, _ = await there.post(body, {**signed(body), "Content-Encoding": "deflate"})
        assert status == 413
        assert not there.pushes


async def test_pings_and_other_branches_reload_nothing() -> None:
    async with site(branch="main") as there:
        ping = b'{"zen": "Design for failure."}'
        assert (await there.post(ping, signed(ping, "1", event="ping")))[0] == 202
        other = push("drafts")
        assert (await there.post(other, signed(other, "2")))[0] == 202
        tag = b'{"ref": "refs/tags/main"}'
        assert (await there.post(tag, signed(tag, "3")))[0] == 202
        assert not there.pushes
        await there.post(push("main"), signed(push("main"), "4"))
        assert len(there.pushes) == 1


async def test_a_secret_is_never_in_an_answer_or_a_line(caplog: pytest.LogCaptureFixture) -> None:
    async with site() as there:
        right = signed(push())["X-Hub-Signature-256"]
        _, text = await there.post(push(), {**signed(push()), "X-Hub-Signature-256": "sha256=00"})
        assert "signature" in caplog.text
        for shown in (text, caplog.text):
            assert "a secret that only" not in shown
            assert right.removeprefix("sha256=") not in shown


@pytest.mark.parametrize(("secret", "lines"), [(None, 0), (SECRET, 1)])
async def test_calls_in_vain_are_counted_and_do_not_fill_the_log(
    caplog: pytest.LogCaptureFixture, secret: SecretStr | None, lines: int
) -> None:
    caplog.set_level("INFO", "bot")
    async with site(secret=secret) as there:
        for _ in range(20):
            await there.post(push(), {})
        _, figures = await there.get("/metrics")
    assert "ainews_hook_refusals_total 20.0" in figures
    assert sum("content hook" in line for line in caplog.messages) == lines


async def test_refusals_that_the_log_kept_quiet_about_are_in_its_next_line(
    caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with site() as there:
        for _ in range(3):
            await there.post(push(), {})
        monkeypatch.setattr("bot.adapters.web.hooks.QUIET_SECONDS", 0.0)
        await there.post(push(), {})
    assert "(2 more since the last such line)" in caplog.messages[-1]


@pytest.mark.parametrize(
    "sent",
    [
        b"nonsense\r\n\r\n",
        b"GET /" + b"a" * 9000 + b" HTTP/1.1\r\n\r\n",
        b"GET / HTTP/1.1\r\nX: " + b"a" * 100_000 + b"\r\n\r\n",
        b"POST /hooks/content HTTP/1.1\r\nHost: x\r\nContent-Length: -5\r\n\r\n",
        b"POST /hooks/content HTTP/1.1\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    ],
    ids=range(5),
)
async def test_what_is_no_http_is_refused_and_fills_no_log(
    sent: bytes, caplog: pytest.LogCaptureFixture
) -> None:
    async with site() as there:
        url = URL(there.address("/"))
        reader, writer = await asyncio.open_connection(url.host, url.port)
        writer.write(sent)
        assert (await asyncio.wait_for(reader.readline(), 5)).split()[1] == b"400"
        writer.close()
        assert (await there.get("/healthz"))[0] == 200
    assert [record for record in caplog.records if record.exc_info] == []


HOOK = b"POST /hooks/content HTTP/1.1\r\nHost: x\r\n"


@pytest.mark.parametrize("encoding", [b"gzip", b"deflate"])
async def test_a_body_that_cannot_be_decoded_is_refused_counted_and_fills_no_log(
    encoding: bytes, caplog: pytest.LogCaptureFixture
) -> None:
    async with site() as there:
        reader, writer = await asyncio.open_connection("127.0.0.1", there.port)
        writer.write(HOOK + b"Content-Encoding: " + encoding + b"\r\nContent-Length: 9\r\n\r\ngarbage!!")
        assert (await asyncio.wait_for(reader.readline(), 5)).split()[1] == b"400"
        await asyncio.wait_for(reader.read(), 5)
        writer.close()
        _, figures = await there.get("/metrics")
    assert "ainews_hook_refusals_total 1.0" in figures
    assert [record for record in caplog.records if record.levelname == "ERROR"] == []


async def test_who_hangs_up_amid_a_body_is_counted_and_fills_no_log(caplog: pytest.LogCaptureFixture) -> None:
    async with site() as there:
        for rest in (b"Content-Length: 100\r\n\r\nabc", b"Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n"):
            _, writer = await asyncio.open_connection("127.0.0.1", there.port)
            writer.write(HOOK + rest)
            await asyncio.sleep(0.1)
            writer.transport.abort()
            await asyncio.sleep(0.1)
        _, figures = await there.get("/metrics")
    assert "ainews_hook_refusals_total 2.0" in figures
    assert [record for record in caplog.records if record.levelname == "ERROR"] == []


@pytest.mark.parametrize("path", ["/../../etc/passwd", "/%2e%2e/etc/passwd", "//healthz", "/hooks/content/"])
async def test_other_ways_lead_nowhere(path: str) -> None:
    async with site() as there:
        url = URL(there.address("/"))
        reader, writer = await asyncio.open_connection(url.host, url.port)
        writer.write(f"GET {path} HTTP/1.1\r\nHost: x\r\n\r\n".encode())
        assert (await asyncio.wait_for(reader.readline(), 5)).split()[1] == b"404"
        writer.close()
