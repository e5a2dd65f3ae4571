# syntax=docker/dockerfile:1

FROM python:3.13-slim AS build
COPY --from=ghcr.io/astral-sh/uv:0.13 /uv /bin/uv
ENV UV_COMPILE_BYTECODE=1 UV_LINK_MODE=copy UV_PYTHON_DOWNLOADS=never
WORKDIR /app
# The dependencies first: this layer changes only with the lock file.
RUN --mount=type=cache,target=/root/.cache/uv \
    --mount=type=bind,source=uv.lock,target=uv.lock \
    --mount=type=bind,source=pyproject.toml,target=pyproject.toml \
    uv sync --locked --no-default-groups --extra postgres --no-install-project
COPY pyproject.toml uv.lock README.md LICENSE ./
COPY bot bot
COPY cogs cogs
RUN --mount=type=cache,target=/root/.cache/uv \
    uv sync --locked --no-default-groups --extra postgres --no-editable

# The slim image carries tzdata and the certificates that Discord's address needs.
FROM python:3.13-slim
RUN useradd --uid 1000 --create-home ainews \
    && install --directory --owner=ainews --group=ainews /app /app/data
WORKDIR /app
COPY --from=build /app/.venv .venv
COPY content content
ENV PATH="/app/.venv/bin:$PATH" PYTHONUNBUFFERED=1
USER 1000
# The ledger: who keeps this folder never posts twice.
VOLUME /app/data
CMD ["ainews", "run"]
