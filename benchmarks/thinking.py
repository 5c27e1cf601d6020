"""How well the tokens that a model thinks at an effort are known where they were not measured.

    python benchmarks/thinking.py [--catalog catalog]

Every measured level is left out in turn: once with the model's other efforts known, once with the whole model
unknown. The ratios between efforts and the medians of other models are fitted without the model, the intervals come
from the other models' errors. The bars: half of the errors are below a factor of 1.6, nine in ten below 4, and the
90 % intervals hold at least 85 %. The last line says how far the two boards agree on the same models and efforts.
"""

import argparse
import sys
from collections.abc import Iterator, Sequence
from math import exp, log
from pathlib import Path
from statistics import median, quantiles

from llmselect.catalog.checks.run import catalog_of, check_files
from llmselect.catalog.schema import Catalog
from llmselect.catalog.thinking.constants import PRIORS
from llmselect.catalog.thinking.fit import Trial, held_out, spreads
from llmselect.catalog.thinking.levels import livebench_levels, measured_levels

MOST_MEDIAN, MOST_NINETIETH, LEAST_COVERED = 1.6, 4.0, 85.0
HEAD = "| known | left out | median factor | 90 % within | in the interval | spread |\n|---|---:|---:|---:|---:|---:|"
Judged = Sequence[tuple[Trial, float]]  # each with the spread of its interval


def judged(trials: Sequence[Trial]) -> list[tuple[Trial, float]]:
    """Each trial with the spread that the other models' errors give."""
    without = {
        name: spreads(other for other in trials if other.model != name) for name in {one.model for one in trials}
    }
    return [(trial, without[trial.model][trial.evidence]) for trial in trials]


def surest(rows: Judged) -> list[tuple[Trial, float]]:
    """Of the trials of a level the one that would be shown where these are all that is known."""
    found: dict[tuple[str, str], tuple[Trial, float]] = {}
    for row in rows:
        found.setdefault((row[0].model, row[0].effort), row)
    return list(found.values())


def ninetieth_of(factors: Sequence[float]) -> float:
    """What nine in ten keep within."""
    return quantiles(factors, n=10, method="inclusive")[-1]


def line(name: str, rows: Judged) -> tuple[str, bool]:
    """A row of the table, and whether it keeps the bars."""
    factors = [trial.factor for trial, _ in rows]
    ninetieth = ninetieth_of(factors)
    covered = 100 * sum(trial.factor <= spread for trial, spread in rows) / len(rows)
    keeps = median(factors) <= MOST_MEDIAN and ninetieth <= MOST_NINETIETH and covered >= LEAST_COVERED
    width = median(spread for _, spread in rows)
    return f"| {name} | {len(rows)} | {median(factors):.2f} | {ninetieth:.2f} | {covered:.0f} % | {width:.2f} |", keeps


def agreement(catalog: Catalog) -> Iterator[float]:
    """LiveBench's level over the other board's, for each model and effort that both measured."""
    for model in catalog.models.values():
        for effort, level in livebench_levels(model, catalog.thinking.skills).items():
            other = catalog.thinking.tokens.get(model.id, {}).get(effort)
            if other is not None:
                yield level / other


def main() -> int:
    """Prints the tables; 1 if a bar is missed."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", 1)[0])
    parser.add_argument("--catalog", type=Path, default=Path(__file__).parent.parent / "catalog")
    catalog = catalog_of(check_files(parser.parse_args().catalog)[0])
    measured = [(model, measured_levels(model, catalog.thinking)) for model in catalog.models.values()]
    measured = [(model, levels) for model, levels in measured if levels]
    rows = judged(held_out(measured))
    own = [row for row in rows if row[0].evidence == "other-effort"]
    others = surest([row for row in rows if row[0].evidence != "other-effort"])
    print(f"{sum(len(levels) for _, levels in measured)} levels of {len(measured)} models\n")
    print(HEAD)
    bars = [line("its other efforts", own), line("other models alone", others)]
    kinds = [line(f"its {kind}", [row for row in rows if row[0].evidence == kind]) for kind in PRIORS[1:]]
    print("\n".join(text for text, _ in (*bars, *kinds)))
    ratios = list(agreement(catalog))
    factors = [exp(abs(log(ratio))) for ratio in ratios]
    print(
        f"\nLiveBench's level over Artificial Analysis', {len(ratios)} models and efforts: "
        f"median {median(ratios):.2f}, half within {median(factors):.2f}, 90 % within {ninetieth_of(factors):.2f}"
    )
    missed = not all(keeps for _, keeps in bars)
    print("a bar is missed" if missed else "all bars are kept")
    return int(missed)


if __name__ == "__main__":
    sys.exit(main())
