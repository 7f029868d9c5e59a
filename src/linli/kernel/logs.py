"""How faults are written to the log: where and of which type, never in the words of the exception.

Those may quote a row, a phone number or what somebody wrote; a log is read by more people than may see that.
"""

import logging
import traceback
from types import TracebackType

_ExcInfo = tuple[type[BaseException], BaseException, TracebackType | None] | tuple[None, None, None]


class Reticent(logging.Formatter):
    """Tracebacks with files, lines and types of exceptions, causes first, without their messages."""

    def formatException(self, ei: _ExcInfo) -> str:  # named by the standard library
        lines: list[str] = []
        seen: set[int] = set()
        error = ei[1]
        while error is not None and id(error) not in seen:
            seen.add(id(error))
            frames = "".join(traceback.format_tb(error.__traceback__))
            lines.insert(0, f"{frames}{type(error).__module__}.{type(error).__qualname__}")
            error = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
        return "\n".join(lines)
