"""Stops with one line on a Python that is too old. Written so that an old one can read it."""

import sys

if sys.version_info < (3, 11):  # noqa: UP036 - the whole point
    sys.exit("Python 3.11 or later is needed; this is {}.{}. Give PYTHON=...".format(*sys.version_info[:2]))
