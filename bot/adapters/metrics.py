"""Counts and times what the bot does, in Prometheus' terms; the only module that knows prometheus-client."""

from __future__ import annotations

from collections import OrderedDict
from datetime import timedelta
from http import HTTPStatus
from platform import python_version
from time import perf_counter
from types import SimpleNamespace

import aiohttp
import discord
from discord.ext import commands
from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, Info, generate_latest

from bot.adapters.library import Library
from bot.delivery.witness import Outcome
from bot.version import own_version

_QUICK = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.0, 3.0)
"""Seconds. Discord forgets an interaction that is not answered within three."""
_REQUEST = (0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0)
_LAG = (1, 5, 15, 30, 60, 120, 300, 900, 3600, 21600)
_REMEMBERED = 1000
"""Interactions awaiting their answer; those that never get one are dropped, oldest first."""


class Metrics:
    """The figures of one bot, in a registry of their own: two bots in a process do not meet.

    It is a ``bot.delivery.witness.Witness``.
    """

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        registry = self.registry
        self._deliveries = Counter(
            "ainews_deliveries", "Messages of posts, by what became of them.", ["result"], registry=registry
        )
        for outcome in Outcome:
            self._deliveries.labels(outcome.value)
        self._lag = Histogram(
            "ainews_delivery_lag_seconds",
            "From the moment a post was due in a channel until all of it was there.",
            buckets=_LAG,
            registry=registry,
        )
        self._channels_waiting = Gauge(
            "ainews_channels_waiting", "Channels that the present pass has yet to serve.", registry=registry
        )
        self._requests_waiting = Gauge(
            "ainews_requests_waiting", "Requests to Discord that wait for their turn.", registry=registry
        )
        self._sends = Histogram(
            "ainews_send_seconds",
            "Messages sent to channels, until Discord's answer.",
            buckets=_REQUEST,
            registry=registry,
        )
        self._too_many = Counter(
            "ainews_rate_limited", "Requests that Discord refused for their number (429).", registry=registry
        )
        self._interactions = Histogram(
            "ainews_interaction_seconds",
            "From the arrival of an interaction to its first answer.",
            ["type"],
            buckets=_QUICK,
            registry=registry,
        )
        self._lookups = Histogram(
            "ainews_lookup_seconds",
            "Look-ups of posts, by what was looked up.",
            ["kind"],
            buckets=_QUICK,
            registry=registry,
        )
        self._hook_refusals = Counter(
            "ainews_hook_refusals", "Calls of the content hook that were refused.", registry=registry
        )
        Info("ainews_build", "What runs.", registry=registry).info(
            {"version": own_version(), "python": python_version(), "discord_py": discord.__version__}
        )
        self._arrived: OrderedDict[str, tuple[float, str]] = OrderedDict()

    def ended(self, outcome: Outcome) -> None:
        """One message was handed over, or not."""
        self._deliveries.labels(outcome.value).inc()

    def brought(self, lag: timedelta) -> None:
        """A post is wholly in a channel, so long after it was due there."""
        self._lag.observe(lag.total_seconds())

    def waiting(self, channels: int) -> None:
        """So many channels of the present pass were not served yet."""
        self._channels_waiting.set(channels)

    def looked_up(self, kind: str, seconds: float) -> None:
        """A place was looked up."""
        self._lookups.labels(kind).observe(seconds)

    def hook_refused(self) -> None:
        """A call of the content hook was refused."""
        self._hook_refusals.inc()

    @property
    def queue(self) -> tuple[int, int]:
        """Channels that the present pass has yet to serve, and requests that wait for their turn."""
        names = ("ainews_channels_waiting", "ainews_requests_waiting")
        channels, requests = (int(self.registry.get_sample_value(name) or 0) for name in names)
        return channels, requests

    def watch_library(self, library: Library) -> None:
        """Show how many posts are in service, and how many files are refused."""
        posts = Gauge("ainews_archive_posts", "Posts in service.", registry=self.registry)
        posts.set_function(lambda: len(library.archive))
        problems = Gauge(
            "ainews_refused_files", "Files among the posts that cannot be used.", registry=self.registry
        )
        problems.set_function(lambda: sum(file.refused for file in library.snapshot.files.values()))

    def watch_client(self, client: commands.AutoShardedBot) -> None:
        """Time the client's requests and interactions; to be called before it logs in."""
        client.add_listener(self._interaction_came, "on_interaction")
        trace = client.http.http_trace
        if trace is None:
            raise RuntimeError("the client was made without a trace of its requests")
        pacing = tuple(trace.on_request_start)

        async def wait_and_count(
            session: aiohttp.ClientSession,
            context: SimpleNamespace,
            request: aiohttp.TraceRequestStartParams,
        ) -> None:
            with self._requests_waiting.track_inprogress():
                for wait in pacing:
                    await wait(session, context, request)
            context.began = perf_counter()

        trace.on_request_start[:] = [wait_and_count]
        trace.on_request_end.append(self._request_ends)

    def exposed(self) -> bytes:
        """All figures in Prometheus' text format."""
        return generate_latest(self.registry)

    async def _interaction_came(self, interaction: discord.Interaction) -> None:
        self._arrived[str(interaction.id)] = (perf_counter(), interaction.type.name)
        if len(self._arrived) > _REMEMBERED:
            self._arrived.popitem(last=False)

    async def _request_ends(
        self,
        _session: aiohttp.ClientSession,
        context: SimpleNamespace,
        end: aiohttp.TraceRequestEndParams,
    ) -> None:
        if end.response.status == HTTPStatus.TOO_MANY_REQUESTS:
            self._too_many.inc()
        match end.method, end.url.parts:
            case "POST", (*_, "channels", _, "messages" | "threads"):  # a forum's post is a thread
                self._sends.observe(perf_counter() - context.began)
            case "POST", (*_, "interactions", number, _, "callback") if number in self._arrived:
                since, kind = self._arrived.pop(number)
                self._interactions.labels(kind).observe(perf_counter() - since)
            case _:
                pass
