"""Divide newly collected utterances between the tuning part and the test part, once and for ever.

    python -m tests.support.split_utterances NAME FILE...

A case goes to one part by a digest of its words, so nobody chooses; whatever stands in the test part is from then on
only scored (`mailports bench reading`), never read. The files become `tests/utterances/scored/<part>/NAME_<file>`.
"""

from __future__ import annotations

import hashlib
import sys
from pathlib import Path
from typing import Any

import yaml

SCORED = Path(__file__).resolve().parents[1] / "utterances" / "scored"


def part_of(case: dict[str, Any]) -> str:
    """Return `tuning` or `test`, by the words of the case (of its first turn)."""
    say = case["turns"][0]["say"] if "turns" in case else case["say"]
    return "test" if hashlib.sha256(say.encode()).digest()[0] % 2 else "tuning"


def known_lines() -> set[str]:
    """Return everything that the scored files hold already: a line twice would count twice."""
    lines: set[str] = set()
    for path in SCORED.glob("*/*.yaml"):
        for case in yaml.safe_load(path.read_text(encoding="utf-8"))["cases"]:
            lines.add(_key(case))
    return lines


def _key(case: dict[str, Any]) -> str:
    return "\n".join(turn["say"] for turn in case.get("turns", [case])).casefold()


def main(name: str, files: list[str]) -> None:
    """Split each file."""
    known = known_lines()
    for file in files:
        cases = yaml.safe_load(Path(file).read_text(encoding="utf-8"))["cases"]
        fresh = [case for case in cases if _key(case) not in known]
        for part in ("tuning", "test"):
            lines = [f"  - {_flow(case)}" for case in fresh if part_of(case) == part]
            target = SCORED / part / f"{name}_{Path(file).name}"
            target.write_text("\n".join(["cases:", *lines]) + "\n", encoding="utf-8")
            print(f"{target.relative_to(SCORED)}: {len(lines)}")


def _flow(case: dict[str, Any]) -> str:
    import json

    if "turns" in case:
        turns = ", ".join(_flow(turn) for turn in case["turns"])
        rest = {key: value for key, value in case.items() if key != "turns"}
        return "{" + ", ".join([f"turns: [{turns}]", *(f"{k}: {json.dumps(v)}" for k, v in rest.items())]) + "}"
    return "{" + ", ".join(f"{key}: {json.dumps(value, ensure_ascii=False)}" for key, value in case.items()) + "}"


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2:])
