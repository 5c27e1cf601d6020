"""Reads a usage log as traffic, with a report of the used and skipped rows."""

from collections.abc import Callable, Iterable
from pathlib import Path

from llmselect.engine.cost.logged import Logged
from llmselect.errors import LlmselectError
from llmselect.estimate.cost import Band, Tokens, Traffic
from llmselect.results.cost import UsageReport
from llmselect.usage.gather import UsageTotals
from llmselect.usage.rows import Progress, rows_of


def read_log(
    path: Path,
    thresholds: Iterable[int],
    model_of: Callable[[str], str | None],
    progress: Progress = lambda share: None,
) -> Logged:
    """The traffic of a log. `model_of` maps a logged model's name to its id, or to None if it is unknown.

    Raises LlmselectError if the file cannot be read or has no countable request.
    """
    form, rows = rows_of(path, progress)
    found = UsageTotals(thresholds)
    found.add_all(rows)
    if not found.used:
        raise _nothing_error(path, found)
    models = dict(found.models.most_common())
    known = {model_of(name) for name in models}
    traffic = found.traffic(known.pop() if len(known) == 1 else None)
    return Logged(traffic, _report(path, form, found, models), found.lengths(), found.by_model())


def _report(path: Path, form: str, found: UsageTotals, models: dict[str, int]) -> UsageReport:
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


def _nothing_error(path: Path, found: UsageTotals) -> LlmselectError:
    reasons = "; ".join(
        f"{row.reason} ({row.rows:,} rows, first in line {row.first_line})" for row in found.left_out[:3]
    )
    message = f"--usage: {path} holds no request that can be counted" + (f": {reasons}" if reasons else "")
    return LlmselectError("bad-usage", message, "docs/cost.md shows which fields are read.")


def with_shares(
    traffic: Traffic, cached: float | None, batch: float | None, peak: float | None, thinking: bool
) -> Traffic:
    """Traffic with the user's shares instead of the log's; None keeps the log's value.

    Without `thinking`, thinking tokens are dropped, and every model is billed for the logged output.
    """
    return Traffic(
        tuple(_band_with_overrides(band, cached, batch, thinking) for band in traffic.bands),
        traffic.peak_share if peak is None else peak,
        traffic.model,
    )


def _band_with_overrides(band: Band, cached: float | None, batch: float | None, thinking: bool) -> Band:
    live, later = (_with_overrides(tokens, cached, thinking) for tokens in (band.live, band.batch))
    if batch is None:
        return Band(band.above, live, later)
    both = live.plus(later)
    return Band(band.above, both.scaled(1 - batch), both.scaled(batch))


def _with_overrides(tokens: Tokens, cached: float | None, thinking: bool) -> Tokens:
    if cached is not None:
        tokens = tokens._replace(cached=tokens.prompt * cached, cache_write=0)
    return tokens if thinking else tokens._replace(thinking=0)
