"""Lock-out, codes, second factor and passwords, as rules."""

import base64
from datetime import UTC, datetime, timedelta

import pytest
from cryptography.hazmat.primitives.hashes import SHA1
from cryptography.hazmat.primitives.twofactor.totp import TOTP
from hypothesis import given
from hypothesis import strategies as st

from linli.people.safety import (
    CODES_PER_PHONE,
    FAILURES,
    LONGEST_LOCK,
    TOTP_STEP,
    Counter,
    counted,
    device_of,
    hashed,
    minutes,
    password_fault,
    plain_recovery_code,
    totp_address,
    totp_step,
    wait_to_send,
)

AT = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
SECRET = b"12345678901234567890"  # of RFC 6238, appendix B


def after(failures: int, gap: timedelta = timedelta(seconds=1)) -> tuple[Counter, datetime]:
    """A counter after so many failures, each once the lock is over."""
    counter, at = Counter(), AT
    for _ in range(failures):
        at += gap + counter.wait(at)
        counter = counted(counter, at, FAILURES)
    return counter, at


@pytest.mark.parametrize(
    ("failures", "locked_minutes"), [(1, 0), (4, 0), (5, 15), (6, 0), (10, 30), (15, 60), (20, 120), (60, 1440)]
)
def test_every_fifth_failure_locks_each_time_longer(failures: int, locked_minutes: int) -> None:
    counter, at = after(failures)
    assert minutes(counter.wait(at)) == locked_minutes


def test_a_day_without_failures_is_forgotten() -> None:
    counter, at = after(4)
    assert counted(counter, at + timedelta(days=1), FAILURES).failures == 1


@given(st.integers(1, 80))
def test_locks_grow_and_end(failures: int) -> None:
    counter, at = after(failures)
    wait = counter.wait(at)
    assert (wait > timedelta(0)) == (failures % FAILURES == 0)
    assert wait <= LONGEST_LOCK
    assert counter.wait(at + wait) == timedelta(0)
    following, then = after(failures + FAILURES)
    assert following.wait(then) >= wait


def test_waits_are_told_in_whole_minutes() -> None:
    assert [minutes(timedelta(seconds=seconds)) for seconds in (0, 1, 60, 61)] == [0, 1, 1, 2]


@pytest.mark.parametrize(
    ("ago", "wait_seconds"),
    [
        ([], 0),
        ([30], 30),
        ([60], 0),
        ([100, 200, 300, 400, 3000], 600),
        ([100, 200, 300, 400, 3600], 0),
    ],
)
def test_how_soon_another_code_is_sent(ago: list[int], wait_seconds: int) -> None:
    sent = [AT - timedelta(seconds=seconds) for seconds in ago]
    assert wait_to_send(sent, CODES_PER_PHONE, AT) == timedelta(seconds=wait_seconds)


@given(st.lists(st.integers(0, 100_000), max_size=12))
def test_after_the_wait_a_code_may_be_sent(ago: list[int]) -> None:
    sent = [AT - timedelta(seconds=seconds) for seconds in ago]
    wait = wait_to_send(sent, CODES_PER_PHONE, AT)
    assert wait_to_send(sent, CODES_PER_PHONE, AT + wait) == timedelta(0)


@pytest.mark.parametrize(
    ("instant", "code"),
    [(59, "287082"), (1111111109, "081804"), (1111111111, "050471"), (1234567890, "005924"), (2000000000, "279037")],
)
def test_codes_of_the_standard(instant: int, code: str) -> None:
    assert totp_step(SECRET, code, datetime.fromtimestamp(instant, UTC), 0) == instant // TOTP_STEP


@given(st.integers(200, 4_000_000_000), st.integers(-3, 3))
def test_a_code_is_good_around_its_time_and_only_once(instant: int, drift: int) -> None:
    at = datetime.fromtimestamp(instant, UTC)
    step = instant // TOTP_STEP
    code = _code(step)
    seen = datetime.fromtimestamp(max(0, (step + drift) * TOTP_STEP), UTC)
    found = totp_step(SECRET, code, seen, 0)
    if abs(drift) <= 1:
        assert found is not None
        assert totp_step(SECRET, code, at, max(found, step)) is None
    else:
        assert found is None or _code(found) == code


@pytest.mark.parametrize("code", ["", "28708", "2870821", "abcdef", "２８７０８２", "287082 "])
def test_what_is_no_code_is_refused(code: str) -> None:
    assert totp_step(SECRET, code, datetime.fromtimestamp(59, UTC), 0) is None


def test_the_address_for_the_app() -> None:
    address = totp_address(SECRET, "138****0001", "邻里 Linli")
    assert address.startswith("otpauth://totp/")
    assert base64.b32encode(SECRET).decode() in address


def test_recovery_codes_are_read_as_people_write_them() -> None:
    assert plain_recovery_code(" AB12-cd34 ") == "ab12cd34"
    assert len(hashed("ab12cd34")) == 64


@pytest.mark.parametrize(
    ("password", "fault"),
    [
        ("short1", "too_short"),
        ("x" * 129, "too_long"),
        ("aaaaaaaaaa", "too_plain"),
        ("abababab", "too_plain"),
        ("password1", "too_plain"),
        ("13900001234", "too_plain"),
        ("00001234", "too_plain"),
        ("my13900001234", "too_plain"),
        ("heron-lantern-42", None),
        ("门前大桥下游过一群鸭", None),
    ],
)
def test_passwords(password: str, fault: str | None) -> None:
    assert password_fault(password, "139 0000 1234") == fault


@pytest.mark.parametrize(
    ("agent", "device"),
    [
        ("Mozilla/5.0 (Linux; Android 10; HarmonyOS; ELS-AN00)", "harmony"),
        ("Mozilla/5.0 (Linux; Android 10)", "android"),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 17_0 like Mac OS X)", "iphone"),
        ("Mozilla/5.0 (Windows NT 10.0; Win64; x64)", "windows"),
        ("Mozilla/5.0 (X11; Linux x86_64)", "linux"),
        ("python-httpx/0.28", "program"),
        ("", "program"),
    ],
)
def test_kinds_of_devices(agent: str, device: str) -> None:
    assert device_of(agent) == device


def _code(step: int) -> str:
    """The code that an app shows in a time step."""
    return TOTP(SECRET, 6, SHA1(), TOTP_STEP).generate(step * TOTP_STEP).decode()
