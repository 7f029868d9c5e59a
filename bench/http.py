"""A load of requests over HTTP from many connections, with as little work on this side as possible."""

import asyncio
import json
import time
from collections.abc import Callable
from dataclasses import dataclass, field


@dataclass
class Result:
    """Requests answered, by status, and how long each took, in milliseconds."""

    statuses: dict[int, int] = field(default_factory=dict)
    took_ms: list[float] = field(default_factory=list)
    seconds: float = 0.0

    @property
    def per_second(self) -> float:
        return len(self.took_ms) / self.seconds


Request = tuple[str, str, object, str, str]  # method, path, body, token, key


def run(
    port: int, make: Callable[[int], Request], *, seconds: float, clients: int, rate: float | None = None
) -> Result:
    """Send what `make` gives for 0, 1, 2 ... over `clients` connections, as fast as it goes or `rate` a second."""
    return asyncio.run(_run(port, make, seconds, clients, rate))


async def _run(port: int, make: Callable[[int], Request], seconds: float, clients: int, rate: float | None) -> Result:
    result, began = Result(), time.perf_counter()
    numbers = iter(range(10**9))

    async def client() -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        while time.perf_counter() - began < seconds:
            number = next(numbers)
            if rate is not None:
                await asyncio.sleep(max(0.0, began + number / rate - time.perf_counter()))
            sent = time.perf_counter()
            writer.write(_encode(make(number)))
            status = await _answer(reader)
            result.took_ms.append((time.perf_counter() - sent) * 1000)
            result.statuses[status] = result.statuses.get(status, 0) + 1
        writer.close()

    await asyncio.gather(*(client() for _ in range(clients)))
    result.seconds = time.perf_counter() - began
    return result


def _encode(request: Request) -> bytes:
    method, path, body, token, key = request
    content = b"" if body is None else json.dumps(body).encode()
    head = (
        f"{method} /api/v1/{path} HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer {token}\r\n"
        f"Content-Type: application/json\r\nContent-Length: {len(content)}\r\n"
    )
    if key:
        head += f"Idempotency-Key: {key}\r\n"
    return head.encode() + b"\r\n" + content


async def _answer(reader: asyncio.StreamReader) -> int:
    head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").lower()
    length = int(head.partition("content-length:")[2].partition("\r\n")[0] or 0)
    await reader.readexactly(length)
    return int(head.split(" ", 2)[1])
