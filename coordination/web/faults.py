"""Writes a fault of ours to the application's log: of which kind and where in the code, and no word of what was handled.

A database quotes the row it refused, and the values it was sent, in the message of its error; so no error's message is written.
"""

import logging
import traceback

from flask import has_request_context, request


class WithoutValues(logging.Filter):
    """Takes the messages of errors out of what a logger writes."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Write an error down as its kind and place, and the endpoint for the address; everything else as it is."""
        error = record.exc_info[1] if record.exc_info else None
        if error is not None:
            record.exc_info, record.exc_text = None, told(error)
            if has_request_context():
                record.msg, record.args = "fault at endpoint %s", (request.endpoint,)
        return True


def told(error: BaseException) -> str:
    """Return where an error came from, line by line, and its kind with the kinds of the errors that led to it."""
    kinds, cause = [type(error).__name__], error.__cause__ or error.__context__
    while cause is not None and len(kinds) < 5:
        kinds.append(type(cause).__name__)
        cause = cause.__cause__ or cause.__context__
    return "".join(traceback.format_tb(error.__traceback__)) + " after ".join(kinds)
