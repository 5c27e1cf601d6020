"""A usage log as traffic to be billed, with a report of what was used and what was left out."""

from collections.abc import Callable, Iterable
from pathlib import Path

from llmselect.errors import LlmselectError
from llmselect.estimate.cost import Band, Tokens, Traffic
from llmselect.results.cost import UsageReport
from llmselect.table.logged import Logged
from llmselect.usage.gather import Gathered
from llmselect.usage.rows import Progress, rows_of


def read_log(
    path: Path,
    thresholds: Iterable[int],
    model_of: Callable[[str], str | None],
    progress: Progress = lambda share: None,
) -> Logged:
    """The traffic of a log. `model_of` gives the catalogue's id of a logged model, None for one that it lacks.

    Raises LlmselectError for a file that cannot be read or holds no request that can be counted.
    """
    form, rows = rows_of(path, progress)
    found = Gathered(thresholds)
    found.add_all(rows)
    if not found.used:
        raise _nothing(path, found)
    models = dict(found.models.most_common())
    known = {model_of(name) for name in models}
    traffic = found.traffic(known.pop() if len(known) == 1 else None)
    return Logged(traffic, _report(path, form, found, models), found.lengths(), found.by_model())


def _report(path: Path, form: str, found: Gathered, models: dict[str, int]) -> UsageReport:
    return UsageReport(
        file=path.name,
        format=form,
        used=found.used,
        left_out=found.left_out,
        models={name or "not named": count for name, count in models.items()},
        prompt_tokens=found.spread("prompt"),
        cached_tokens=found.spread("cached"),
        output_tokens=found.spread("output"),
        thinking_tokens=found.spread("thinking"),
        batch_requests=found.batch_requests,
        days=found.days,
        peak_to_mean=found.peak_to_mean,
    )


def _nothing(path: Path, found: Gathered) -> LlmselectError:
    reasons = "; ".join(
        f"{row.reason} ({row.rows:,} rows, first in line {row.first_line})" for row in found.left_out[:3]
    )
    message = f"--usage: {path} holds no request that can be counted" + (f": {reasons}" if reasons else "")
    return LlmselectError("bad-usage", message, "docs/cost.md shows which fields are read.")


def with_shares(
    traffic: Traffic, cached: float | None, batch: float | None, peak: float | None, thinking: bool
) -> Traffic:
    """Traffic with the shares that the user states in place of the log's; None leaves what the log says.

    Without `thinking` each answer counts as it was logged, whoever gives it.
    """
    return Traffic(
        tuple(_shared(band, cached, batch, thinking) for band in traffic.bands),
        traffic.peak_share if peak is None else peak,
        traffic.model,
    )


def _shared(band: Band, cached: float | None, batch: float | None, thinking: bool) -> Band:
    live, later = (_stated(tokens, cached, thinking) for tokens in (band.live, band.batch))
    if batch is None:
        return Band(band.above, live, later)
    both = live.plus(later)
    return Band(band.above, both.scaled(1 - batch), both.scaled(batch))


def _stated(tokens: Tokens, cached: float | None, thinking: bool) -> Tokens:
    if cached is not None:
        tokens = tokens._replace(cached=tokens.prompt * cached, cache_write=0)
    return tokens if thinking else tokens._replace(thinking=0)
