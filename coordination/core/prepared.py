"""Statements that every case page runs: built and compiled once, then sent by the driver itself.

They are the same expressions as everywhere else. Building, compiling and dressing them anew for each page took several
times as long as PostgreSQL needed to answer.
"""

from collections.abc import Callable, Mapping
from functools import cached_property
from typing import Any, NamedTuple, TypeVar

from psycopg.rows import namedtuple_row
from sqlalchemy import BindParameter, Select, bindparam
from sqlalchemy.sql.selectable import CompoundSelect
from sqlalchemy.types import TypeEngine

from coordination.core.db import db, driver_connection

Statement = Select[*tuple[Any, ...]] | CompoundSelect[*tuple[Any, ...]]

T = TypeVar("T")


class _Compiled(NamedTuple):
    text: str
    constants: Mapping[str, object]
    asked: frozenset[str]


def asked(name: str, type_: TypeEngine[T]) -> BindParameter[T]:
    """Return the place of a value that is given each time the statement runs."""
    return bindparam(name, None, type_=type_)


class Prepared:
    """A statement whose ``asked`` values are given each time it runs."""

    def __init__(self, build: Callable[[], Statement]) -> None:
        """Note how the statement is built; nothing is built before the first use."""
        self._build = build

    def rows(self, **values: object) -> list[Any]:
        """Run the statement in the running transaction and return its rows, with a field for each column.

        What the session has not written yet is written first. Raises TypeError unless ``values`` are exactly those asked for.
        """
        compiled = self._compiled
        if values.keys() != compiled.asked:
            raise TypeError(f"the statement asks for {sorted(compiled.asked)}, not {sorted(values)}")
        session = db.session()
        session.flush()
        with driver_connection(session).cursor(row_factory=namedtuple_row, binary=True) as cursor:
            return cursor.execute(compiled.text, {**compiled.constants, **values}).fetchall()

    @cached_property
    def _compiled(self) -> _Compiled:
        compiled = self._build().compile(dialect=db.engine.dialect, compile_kwargs={"render_postcompile": True})
        # Constants written in the expressions get names of their own making, and are "unique" to SQLAlchemy.
        asked = frozenset(name for name, bind in compiled.binds.items() if not bind.unique)
        given = {name: value for name, value in compiled.params.items() if name not in asked}
        return _Compiled(str(compiled), given, asked)
