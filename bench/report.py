"""One line for each measure: to build/bench.jsonl as JSON, to the screen as a table."""

import json
from dataclasses import asdict, dataclass
from pathlib import Path

FILE = Path("build/bench.jsonl")


@dataclass(frozen=True, slots=True)
class Measure:
    """`limit` is the budget, reached from below unless `at_least`; `ratio` is value to limit: good up to 1, or from 1
    on where more is better."""

    name: str
    value: float
    unit: str
    limit: float
    at_least: bool = False

    @property
    def ratio(self) -> float:
        return round(self.value / self.limit, 3)

    @property
    def kept(self) -> bool:
        return self.value >= self.limit if self.at_least else self.value <= self.limit


def write(measures: list[Measure]) -> None:
    FILE.parent.mkdir(exist_ok=True)
    with FILE.open("w", encoding="utf-8") as file:
        for measure in measures:
            line = {**asdict(measure), "value": round(measure.value, 3), "ratio": measure.ratio}
            del line["at_least"]
            file.write(json.dumps(line) + "\n")
    print(f"\n{'measure':34}{'value':>12}  {'unit':10}{'budget':>12}  {'kept'}")
    for measure in measures:
        sign = ">=" if measure.at_least else "<="
        budget = f"{sign} {measure.limit:g}"
        kept = "yes" if measure.kept else "NO"
        print(f"{measure.name:34}{measure.value:>12.3f}  {measure.unit:10}{budget:>12}  {kept}")
