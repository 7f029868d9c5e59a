"""Processes for the test of `kill -9`: one that records, and one whose workers are killed again and again.

python -m tests.kernel.crash record LAMP...         switches lamps until it is killed; a line for each answer
python -m tests.kernel.crash relay COUNT            COUNT workers, one after the other, each killed at a random point
"""

import os
import random
import signal
import sys
import threading
import time

import django
import psycopg

django.setup()

from linli.channels.console.work import Worker  # noqa: E402
from tests.kernel import lamps  # noqa: E402

SCRATCH = "990001"


def record(lamp_ids: list[int]) -> None:
    def switch_on_and_on(lamp: int) -> None:
        while True:
            event = lamps.switched(lamp)
            sys.stdout.write(f"{event.subject} {event.seq}\n")
            sys.stdout.flush()
            time.sleep(0.005)

    lamps.at_once(SCRATCH, *[lambda lamp=lamp: switch_on_and_on(lamp) for lamp in lamp_ids])


def relay(count: int) -> None:
    """Workers are forked, so that each is at work at once. Each may carry a few events, and then a moment is left."""
    chance = random.Random(count)
    with lamps.listening(), psycopg.connect(os.environ["DATABASE_URL"], autocommit=True) as looking:
        for _ in range(count):
            enough = _carried(looking) + chance.randrange(30)
            worker = os.fork()
            if worker == 0:
                Worker(()).run(threading.Event())
            latest = time.monotonic() + 2
            while _carried(looking) < enough and time.monotonic() < latest:
                time.sleep(0.005)
            time.sleep(chance.uniform(0, 0.05))
            os.kill(worker, signal.SIGKILL)
            os.waitpid(worker, 0)


def _carried(looking: psycopg.Connection) -> int:
    (carried,) = looking.execute("SELECT count(*) FROM d990001.test_seen").fetchone() or (0,)
    return int(carried)


if __name__ == "__main__":
    if sys.argv[1] == "record":
        record([int(lamp) for lamp in sys.argv[2:]])
    else:
        relay(int(sys.argv[2]))
