"""A piece of work: what a failure of it is told by (an id, never a name), and what to do."""

from collections.abc import Callable

Piece = tuple[str, Callable[[], None]]
