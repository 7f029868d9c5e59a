"""`kill -9` at random points: every acknowledged event is counted, once, in order."""

import os
import subprocess
import sys
from collections import Counter
from pathlib import Path

from linli.kernel import relay
from linli.kernel.audit import audit
from linli.kernel.models import Event
from tests.kernel import lamps
from tests.kernel.lamps import AT, Seen, Tally, hung

ROOT = Path(__file__).resolve().parents[2]
KILLS = 12


def test_a_relay_that_is_killed_again_and_again_loses_nothing_and_repeats_nothing(district: str) -> None:
    with lamps.listening():
        relay.introduce()
        lamp_ids = [hung() for _ in range(3)]
        recorder = _start("record", *map(str, lamp_ids), answers=subprocess.PIPE)
        assert _start("relay", str(KILLS)).wait(120) == 0
        recorder.kill()
        answers = recorder.communicate(timeout=20)[0].decode().splitlines()[:-1]  # the last line may be half a line
        carried = Seen.objects.count()
        relay.drain(AT)
    history = {(event.subject, event.seq) for event in Event.objects.all()}
    acknowledged = {(subject, int(seq)) for subject, seq in (answer.split() for answer in answers)}
    seen = list(Seen.objects.order_by("id").values_list("subject", "seq"))
    assert len(acknowledged) > KILLS and carried > KILLS, "the workers were killed before they did anything"
    assert acknowledged <= history
    assert len(seen) == len(history) and set(seen) == history
    for subject, total in Counter(subject for subject, _ in seen).items():
        assert [seq for each, seq in seen if each == subject] == list(range(1, total + 1))
        assert Tally.objects.get(subject=subject).total == total
    assert audit().findings == ()


def _start(*words: str, answers: int | None = None) -> subprocess.Popen[bytes]:
    places = os.pathsep.join([str(ROOT / "src"), str(ROOT)])
    command = [sys.executable, "-m", "tests.kernel.crash", *words]
    return subprocess.Popen(command, cwd=ROOT, env={**os.environ, "PYTHONPATH": places}, stdout=answers)
