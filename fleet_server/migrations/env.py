"""Runs migrations over the connection that `fleet_server.schema` opened."""

from alembic import context

from fleet_server import schema

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=schema.metadata(),
    render_as_batch=True,  # SQLite changes a table by copying it
)
with context.begin_transaction():
    context.run_migrations()
