"""What the log says of a fault: where and of which type, and nothing of what was being dealt with."""

import logging
import sys

from linli.kernel.logs import Reticent


def line_of(fault: Exception, cause: Exception | None = None) -> str:
    try:
        raise fault from cause
    except Exception:
        record = logging.LogRecord("linli", logging.ERROR, "", 0, "%s broke", ("/report/",), sys.exc_info())
    return Reticent().format(record)


def test_the_log_tells_the_place_and_the_type_of_a_fault() -> None:
    line = line_of(ValueError("13900000001"))
    assert line.startswith("/report/ broke\n") and line.endswith("builtins.ValueError")
    assert "test_logs.py" in line and "line_of" in line


def test_the_log_repeats_no_words_of_a_fault_or_its_cause() -> None:
    line = line_of(RuntimeError("王小明住301"), KeyError("13900000001"))
    assert "KeyError" in line and "RuntimeError" in line
    assert "王小明" not in line and "13900000001" not in line


def test_the_console_writes_so() -> None:
    assert [type(handler.formatter) for handler in logging.getLogger().handlers if handler.name == "console"] == [
        Reticent
    ]
