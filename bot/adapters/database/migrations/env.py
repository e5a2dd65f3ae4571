"""Alembic runs this script for every migration; ``migrating`` hands the connection in."""

from alembic import context

from bot.adapters.database.tables import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    render_as_batch=True,  # SQLite alters a table by copying it
)
with context.begin_transaction():
    context.run_migrations()
