"""The published scores that stand for quality at a task."""

from statistics import fmean

from llmselect.catalog.schema import Model, Yardstick
from llmselect.engine.cite import Ref


def yardstick_score(model: Model, yardstick: Yardstick) -> tuple[float, Ref] | None:
    """A model's value on a task's yardstick in percent, or None when it did not sit all of its tests.

    Several tests of one harness are averaged, of each the newest result; an Elo rating becomes the expected
    share of wins against the named opponent, 1 / (1 + 10 ** ((opponent - rating) / 400)).
    """
    found = {
        score.benchmark: score
        for score in sorted(model.scores, key=lambda score: (score.date, score.value))
        if score.harness == yardstick.harness and score.effort == "default" and score.benchmark in yardstick.benchmarks
    }
    if len(found) < len(yardstick.benchmarks):
        return None
    keys = tuple(dict.fromkeys(key for score in found.values() for key in score.source))
    mean = fmean(found[name].value for name in yardstick.benchmarks)
    if yardstick.opponent_elo is not None:
        mean = 100 / (1 + 10 ** ((yardstick.opponent_elo - mean) / 400))
    return mean, Ref(model.sources, keys)
