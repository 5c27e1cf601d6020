"""Writes catalog/hosted.yaml: how fast models answer at their developers' own hosts, and what is usual elsewhere.

    python tools/compile_api_speeds.py --data DIR [--catalog catalog] [--check]

DIR holds `artificial-analysis/speed.csv`: output tokens per second and time to the first token of some 290 models on
eight days, from oolong-tea-2026/artificial-analysis-leaderboards, commit ed1690f. score_subjects.csv says which of its
subjects is which model. A model's speed is the median over days and efforts. The time to the first token counts only
where nothing was thought before it: of subjects that do not think, and of those whose first token comes well before
their first answer token. What hosts claim of themselves stands in api_speeds_claimed.csv.

What is usual is a power law of the active parameters with a factor for each developer, fitted by least squares on
logarithms; a developer's factor is drawn towards 1 as if two models of factor 1 had been seen beside its own. Its
spread holds 90 % of the models when each is left out of the fit. `--check` writes nothing and ends with 1 where
something would change.
"""

import argparse
import csv
import sys
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import combinations
from pathlib import Path
from statistics import median
from typing import Any

import numpy as np
import yaml
from numpy.typing import NDArray

from llmselect.catalog.api_speeds import HostedFile
from llmselect.catalog.load import load
from llmselect.catalog.schema import Catalog
from llmselect.catalog.words import REFERENCE_PARAMS

HERE = Path(__file__).parent
BOARD = "artificial-analysis"
SEEN_BESIDE = 2  # models of factor 1 that stand beside a developer's own
ANSWER_LATER = 1.05  # a first answer token so many times later than the first token is that of a visible thought
MONTHS_APART_DAYS = 60
PACE, FIRST, FIRST_ANSWER = (
    "output_tokens_per_second", "time_to_first_token_seconds", "time_to_first_answer_token_seconds"
)  # fmt: skip
Row = dict[str, str]


@dataclass(frozen=True)
class Seen:
    """The medians of a model's speeds on all days, and the newest of them."""

    decode_tok_s: float
    ttft_s: float | None
    newest: str


def rows_of(path: Path) -> list[Row]:
    """The rows of a CSV file."""
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def read_speeds(rows: Sequence[Row], models: Mapping[str, str]) -> dict[str, Seen]:
    """What was seen of each model of the catalogue; `models` are their ids by the board's subjects."""
    thinks = {row["slug"]: row["reasoning_model"] == "True" for row in rows if row["reasoning_model"]}
    by_model: dict[str, list[Row]] = defaultdict(list)
    for row in rows:
        if row["slug"] in models and float(row[PACE] or 0) > 0:
            by_model[models[row["slug"]]].append(row)
    return {model: _seen(own, thinks) for model, own in sorted(by_model.items())}


def _seen(rows: Sequence[Row], thinks: Mapping[str, bool]) -> Seen:
    first = [float(row[FIRST]) for row in rows if _plain(row, thinks)]
    pace = median(float(row[PACE]) for row in rows)
    return Seen(pace, median(first) if first else None, max(row["date"] for row in rows))


def later_spread(rows: Sequence[Row], quantity: str) -> float:
    """The factor within which nine of ten days of a subject lie that are two months or more apart."""
    by_subject: dict[str, dict[date, float]] = defaultdict(dict)
    for row in rows:
        if float(row[quantity] or 0) > 0:
            by_subject[row["slug"]][date.fromisoformat(row["date"])] = float(row[quantity])
    factors = [
        abs(np.log(one[1] / other[1]))
        for days in by_subject.values()
        for one, other in combinations(days.items(), 2)
        if abs((one[0] - other[0]).days) >= MONTHS_APART_DAYS
    ]
    return float(np.exp(np.quantile(factors, 0.9)))


def _plain(row: Row, thinks: Mapping[str, bool]) -> bool:
    """Whether the first token was not preceded by hidden thinking."""
    first, answer = float(row[FIRST] or 0), float(row[FIRST_ANSWER] or 0)
    return first > 0 and (thinks.get(row["slug"]) is False or answer > first * ANSWER_LATER)


@dataclass(frozen=True)
class Law:
    """The fitted power law; all but the power are natural logarithms."""

    at_30b_active: float
    active_power: float
    at_unknown_size: float
    developers: dict[str, float]

    def of(self, developer: str, active: float | None) -> float:
        """The logarithm of what is usual."""
        sized = self.at_unknown_size
        if active:
            sized = self.at_30b_active + self.active_power * float(np.log(active / REFERENCE_PARAMS))
        return sized + self.developers.get(developer, 0.0)


def fitted(values: Mapping[str, float], facts: Mapping[str, tuple[str, float | None]]) -> Law:
    """The law of some models' values; `facts` are each model's developer and active parameters."""
    models = list(values)
    logs = np.log([values[model] for model in models])
    sizes = [facts[model][1] for model in models]
    inputs = np.array([[1.0, np.log(size / REFERENCE_PARAMS), 0.0] if size else [0.0, 0.0, 1.0] for size in sizes])
    at_30b, power, unknown = np.linalg.lstsq(inputs, logs, rcond=None)[0]
    rest: dict[str, list[float]] = defaultdict(list)
    for model, value in zip(models, logs - inputs @ np.array([at_30b, power, unknown]), strict=True):
        rest[facts[model][0]].append(float(value))
    developers = {name: sum(own) / (len(own) + SEEN_BESIDE) for name, own in sorted(rest.items())}
    return Law(float(at_30b), float(power), float(unknown), developers)


def left_out(values: Mapping[str, float], facts: Mapping[str, tuple[str, float | None]]) -> NDArray[np.float64]:
    """The error of each model, as a logarithm, when it is left out of the fit."""
    errors = []
    for model, value in values.items():
        law = fitted({other: one for other, one in values.items() if other != model}, facts)
        errors.append(abs(float(np.log(value)) - law.of(*facts[model])))
    return np.array(errors)


def usual(values: Mapping[str, float], facts: Mapping[str, tuple[str, float | None]], later: float) -> dict[str, Any]:
    """The law of some models' values, as the catalogue writes it."""
    law, errors = fitted(values, facts), left_out(values, facts)
    return {
        "at_30b_active": _short(np.exp(law.at_30b_active)),
        "active_power": _short(law.active_power),
        "at_unknown_size": _short(np.exp(law.at_unknown_size)),
        "spread": _short(np.exp(np.quantile(errors, 0.9))),
        "median_error": _short(np.exp(np.median(errors))),
        "models": len(values),
        "later_spread": _short(later),
        "developers": {name: _short(np.exp(value)) for name, value in law.developers.items()},
    }


def _short(value: float) -> float:
    return float(f"{value:.3g}")


def compiled(data: Path, catalog: Catalog) -> dict[str, Any]:
    """The contents of hosted.yaml."""
    subjects = csv.reader((HERE / "score_subjects.csv").open(encoding="utf-8"))
    models = {row[1]: row[2] for row in subjects if row and row[0] == BOARD and row[2] in catalog.models}
    rows = rows_of(data / "artificial-analysis" / "speed.csv")
    seen = read_speeds(rows, models)
    facts = {id: (model.developer.value, _active(model)) for id, model in catalog.models.items()}
    pace = {model: row.decode_tok_s for model, row in seen.items()}
    first = {model: row.ttft_s for model, row in seen.items() if row.ttft_s is not None}
    return {
        "sources": yaml.safe_load((HERE / "api_speeds_sources.yaml").read_text(encoding="utf-8")),
        "usual": {
            "decode_tok_s": usual(pace, facts, later_spread(rows, PACE)),
            "ttft_s": usual(first, facts, later_spread(rows, FIRST)),
            "source": "artificial-analysis-speed",
        },
        "speeds": [*_published(seen), *_claimed(catalog)],
    }


def _active(model: Any) -> float | None:
    stated = model.parameters and model.parameters.value
    return float(stated.active) if stated else None


def _published(seen: Mapping[str, Seen]) -> Iterator[dict[str, Any]]:
    for model, row in seen.items():
        found: dict[str, Any] = {"model": model, "evidence": "published", "decode_tok_s": _short(row.decode_tok_s)}
        if row.ttft_s is not None:
            found["ttft_s"] = _short(row.ttft_s)
        yield found | {"date": row.newest, "source": "artificial-analysis-speed"}


def _claimed(catalog: Catalog) -> Iterator[dict[str, Any]]:
    for row in rows_of(HERE / "api_speeds_claimed.csv"):
        if row["model"] in catalog.models:
            stated = {"evidence": "claimed", "decode_tok_s": float(row["decode_tok_s"])}
            yield {"model": row["model"], "host": row["host"], **stated, "date": row["date"], "source": row["source"]}


def written(contents: Mapping[str, Any]) -> str:
    """The text of the file."""
    lines = [
        "# How fast hosts answer, written by tools/compile_api_speeds.py; not to be edited by hand.",
        *_block("sources", contents["sources"]),
        "usual:",
    ]
    for name, value in contents["usual"].items():
        if not isinstance(value, dict):
            lines.append(f"  {name}: {value}")
            continue
        plain = ", ".join(f"{key}: {one}" for key, one in value.items() if key != "developers")
        lines += [f"  {name}:", *(f"    {part}" for part in plain.split(", ")), "    developers:"]
        lines += [f"      {developer}: {factor}" for developer, factor in value["developers"].items()]
    lines.append("speeds:")
    lines += [f"  - {{{', '.join(f'{key}: {one}' for key, one in row.items())}}}" for row in contents["speeds"]]
    return "\n".join(lines) + "\n"


def _block(name: str, value: Any) -> list[str]:
    text = yaml.safe_dump({name: value}, sort_keys=False, allow_unicode=True, width=200)
    return text.rstrip("\n").split("\n")


def main() -> int:
    """Compile; returns the exit status."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", 1)[0])
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--catalog", type=Path, default=Path("catalog"))
    parser.add_argument("--check", action="store_true")
    arguments = parser.parse_args()
    contents = compiled(arguments.data, load(arguments.catalog))
    text, place = written(contents), arguments.catalog / "hosted.yaml"
    HostedFile.model_validate(yaml.safe_load(text))
    for name in ("decode_tok_s", "ttft_s"):
        law = contents["usual"][name]
        print(f"{name}: {law['models']} models, left out: median factor {law['median_error']}, 90 % {law['spread']}")
    if arguments.check:
        return int(not place.is_file() or place.read_text(encoding="utf-8") != text)
    place.write_text(text, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
