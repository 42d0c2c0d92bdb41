"""Runs migrations. The address and, for comparison, the models come from the caller: this folder imports nothing of ours."""

from alembic import context
from sqlalchemy import create_engine, text

config = context.config


def run() -> None:
    """Run the migrations in one transaction each, one process at a time."""
    engine = create_engine(config.attributes["url"])
    try:
        with engine.connect() as connection:
            connection.execute(text("SELECT pg_advisory_lock(7241330518)"))
            connection.commit()
            context.configure(
                connection=connection,
                target_metadata=config.attributes.get("target_metadata"),
                include_schemas=True,
                compare_type=True,
                transaction_per_migration=True,
            )
            with context.begin_transaction():
                context.run_migrations()
    finally:
        engine.dispose()


run()
