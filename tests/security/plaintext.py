"""Looking for what should be sealed: one word that stands in every text, searched for in every table."""

from functools import cache

from sqlalchemy import Engine, text

MARKER = "zqxjkvwp"
"""Stands in everything sealed; so rare that ciphertext does not show it by chance."""


def tables_with_plaintext(engine: Engine, word: str = MARKER) -> list[str]:
    """Name every table in which the marker (or a word that is as rare) can be read, as text or inside raw bytes. Reads past row-level security, as the owner."""
    with engine.connect() as connection:
        found = connection.scalars(text(_scan(engine)), {"plain": f"%{word}%", "hexed": f"%{word.encode().hex()}%"})
        return list(found)


@cache
def _scan(engine: Engine) -> str:
    with engine.connect() as connection:
        tables = connection.execute(
            text("SELECT schemaname, tablename FROM pg_tables WHERE schemaname IN ('public', 'keys', 'audit')")
        ).all()
    return " UNION ALL ".join(
        f'SELECT \'{schema}.{table}\' WHERE EXISTS (SELECT FROM "{schema}"."{table}" AS t'
        " WHERE t::text LIKE :plain OR t::text LIKE :hexed)"
        for schema, table in tables
    )
