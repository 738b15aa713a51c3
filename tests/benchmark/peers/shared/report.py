"""When each step began and ended, and what came out."""

import json
import time
from collections.abc import Callable
from pathlib import Path


class Report:
    def __init__(self, out: Path, write_table: Callable):
        self.out, self.write_table, self.steps, self.counts = out, write_table, [], {}

    def step(self, name, function, *arguments):
        started = time.time()
        result = function(*arguments, self)
        self.steps.append({"step": name, "started": started, "ended": time.time()})
        return result

    def write(self, name: str, frame) -> None:
        self.write_table(frame, self.out / f"{name}.parquet")

    def save(self) -> None:
        content = {"steps": self.steps, "counts": {name: float(value) for name, value in self.counts.items()}}
        (self.out / "report.json").write_text(json.dumps(content, indent=1), encoding="utf-8")
