"""`llmselect catalog refresh`: prices, lives, rentals and scores from public files, into the user's layer."""

from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from llmselect.cli.framework.command import Command, Ending
from llmselect.cli.framework.flags import Flag
from llmselect.cli.framework.output import chosen_format, emit
from llmselect.cli.framework.streams import complain
from llmselect.cli.show import JSON
from llmselect.errors import Exit, LlmselectError

if TYPE_CHECKING:
    from llmselect.catalog.refresh.livebench import Release, ScoresReport
    from llmselect.catalog.refresh.run import Report
    from llmselect.catalog.schema import Catalog

FORMATS = ("table", "markdown", "json")
WHAT = "What to read (no other source is asked)"
FLAGS = (
    Flag("from_", WHAT, "LiteLLM's price file.", "FILE|URL", "its public address, unless another source is named"),
    Flag("seen", WHAT, "Day on which the price file was fetched; a FILE needs it.", "DATE", "today for a URL"),
    Flag("cross_check", WHAT,
         "Compares prices with the installed genai-prices; what differs is kept beside them.", kind="switch"),
    Flag("rentals", WHAT, "CSV of rental prices: provider, gpu, gpus, usd_per_gpu_hour, as_of, source.", "FILE|URL"),
    Flag("livebench", WHAT, "Table of a LiveBench release; needs the two flags that follow.", "FILE|URL"),
    Flag("livebench_categories", WHAT, "The release's categories.", "FILE|URL"),
    Flag("livebench_release", WHAT, "The release's day.", "DATE"),
    Flag("into", "Where to write", "Folder of a layer or of a catalogue.", "DIR", "your own layer"),
    Flag("dry_run", "Where to write", "Says what would change and writes nothing.", kind="switch"),
    Flag("format", "Output", "How to write the report.", "|".join(FORMATS), "table"),
    JSON,
)  # fmt: skip
_ENDING = Ending(
    (
        "llmselect catalog refresh --dry-run --cross-check",
        "llmselect catalog refresh --from prices.json --seen 2026-11-20",
    ),
    "Reads the address that is named, or LiteLLM's; writes the layer `refreshed` in your data folder, or --into, "
    "all files or none.",
    (0, 2, 4, 5),
)


class Part(NamedTuple):
    """One source of a refresh: its kind, its origin, and the changes that it makes or would make."""

    name: str
    origin: str
    run: "Callable[[Catalog, bool], Report | ScoresReport]"


def refresh(**given: Any) -> Exit:
    """Brings prices, lives, rentals and scores up to date from public files, and says what changed.

    Prices keep their history. What is suspicious (a price that moves threefold or falls to zero, an id that
    vanishes) is held back and listed. A refresh that fails leaves everything as it was.
    """
    form = chosen_format(given["format"], given["json"], FORMATS)
    _demand_flags(given)
    into = _folder(given["into"])
    catalog = _catalog(given["into"])
    parts = list(_parts(given, catalog, into))
    reports = [(part, part.run(catalog, True)) for part in parts]
    if not given["dry_run"]:
        _say(f"writing into {into}")
        if any(report.files for _, report in reports):
            reports = _written(parts, given["into"], into)
    emit(_text(reports, into, given["dry_run"], form))
    return Exit.DONE


def _demand_flags(given: dict[str, Any]) -> None:
    """Raise LlmselectError for flags that need another."""
    for name in ("seen", "livebench_release"):
        named_day(name, given[name])
    if given["from_"] and not _is_address(given["from_"]) and not given["seen"]:
        hint = "Add the day on which the file was fetched, such as --seen 2026-11-20."
        raise LlmselectError("missing-flag", "--from FILE needs --seen", hint)
    names = ("livebench", "livebench_categories", "livebench_release")
    missing = [f"--{name.replace('_', '-')}" for name in names if not given[name]]
    if 0 < len(missing) < len(names):
        hint = "A release has a table, its categories and a day."
        raise LlmselectError("missing-flag", f"the scores of a release need {', '.join(missing)} too", hint)
    others = given["rentals"] or given["livebench"]
    for name in ("seen", "cross_check"):
        if given[name] and others and not given["from_"]:
            flag = f"--{name.replace('_', '-')}"
            raise LlmselectError("missing-flag", f"{flag} is about the price file, which is not read", "Add --from.")


def _is_address(place: str) -> bool:
    return place.startswith(("http://", "https://"))


def named_day(name: str, value: str | None) -> date:
    """The date of a flag, by default today; raises LlmselectError for an invalid date."""
    from llmselect.quantities import day

    try:
        return day(value) if value is not None else date.today()
    except ValueError as error:
        raise LlmselectError("bad-value", f"--{name.rstrip('_').replace('_', '-')}: {error}", "Write it so.") from None


def _folder(into: str | None) -> Path:
    """The folder to write into."""
    from llmselect.catalog.overlay import DISABLED, REFRESHED, layer_folder

    if into is None:
        import os

        if os.environ.get(DISABLED):
            _say(f"{DISABLED} is set: other commands will not read what is written")
        return layer_folder(REFRESHED)
    folder = Path(into)
    if not folder.is_dir():
        raise LlmselectError("no-such-path", f"--into: there is no folder {folder}", "Make it first.")
    return folder


def _catalog(into: str | None) -> "Catalog":
    """The catalogue to compare with: the one that is written into, or what the user has but for own records."""
    from llmselect.catalog.load import load

    return load(Path(into)) if into is not None and (Path(into) / "tasks.yaml").is_file() else load(own=False)


def _parts(given: dict[str, Any], catalog: "Catalog", into: Path) -> Iterator[Part]:
    """The sources that are named, read; the price file where none is."""
    if given["from_"] or not (given["rentals"] or given["livebench"]):
        yield _prices(given, into)
    if given["rentals"]:
        yield _rentals(given["rentals"], into)
    if given["livebench"]:
        yield _scores(given, catalog, into)


def _prices(given: dict[str, Any], into: Path) -> Part:
    from llmselect.catalog.refresh.fetch import LITELLM_URL
    from llmselect.catalog.refresh.run import refresh as refreshed
    from llmselect.catalog.refresh.second import genai_prices

    origin = given["from_"] or LITELLM_URL
    seen = named_day("seen", given["seen"])
    second = genai_prices(seen) if given["cross_check"] else None
    raw = _read(origin)
    return Part(
        "prices",
        origin,
        lambda known, dry_run: refreshed(known, raw, origin, seen, into, dry_run=dry_run, second=second),
    )


def _rentals(origin: str, into: Path) -> Part:
    from llmselect.catalog.refresh.rentals import refresh_rentals

    raw = _read(origin)
    return Part("rentals", origin, lambda known, dry_run: refresh_rentals(known, raw, origin, into, dry_run=dry_run))


def _scores(given: dict[str, Any], catalog: "Catalog", into: Path) -> Part:
    from llmselect.catalog.refresh.livebench import refresh_scores
    from llmselect.cli.catalog.livebench import release

    table, categories = _read(given["livebench"]), _read(given["livebench_categories"])
    released = named_day("livebench_release", given["livebench_release"])
    chosen: Release = release(catalog, categories, released, shown(given["livebench"]))
    return Part(
        "scores",
        given["livebench"],
        lambda known, dry_run: refresh_scores(known, table, categories, chosen, into, dry_run=dry_run),
    )


def _read(origin: str) -> bytes:
    from llmselect.catalog.refresh.fetch import read

    _say(f"reading {shown(origin)}")
    return read(origin)


def shown(origin: str) -> str:
    """A path, or a URL without parts that may be secret."""
    from llmselect.catalog.refresh.fetch import without_secrets

    try:
        return without_secrets(origin) if _is_address(origin) else origin
    except ValueError:
        return "the address"


def _written(parts: list[Part], named: str | None, into: Path) -> "list[tuple[Part, Report | ScoresReport]]":
    """The parts' reports, written by one process at a time; raises LlmselectError (exit 5) where that cannot be.

    The catalogue is read again: another process may have refreshed it meanwhile.
    """
    from llmselect.catalog.refresh.lock import alone

    try:
        with alone(into):
            catalog = _catalog(named)
            return [(part, part.run(catalog, False)) for part in parts]
    except OSError as error:
        message = f"{error.filename or into} cannot be written: {(error.strerror or str(error)).lower()}"
        hint = "That file's part was not written. Name another folder with --into."
        raise LlmselectError("unwritable-folder", message, hint, Exit.MISSING) from error


def _say(text: str) -> None:
    complain(text)


def _text(reports: "list[tuple[Part, Report | ScoresReport]]", into: Path, dry_run: bool, form: str) -> str:
    from llmselect.render.refresh import refreshed_blocks, refreshed_data
    from llmselect.results.base import plain

    found = [{"kind": part.name, "origin": shown(part.origin), **plain(report)} for part, report in reports]
    if form == "json":
        from llmselect.render.format.json import envelope

        return envelope("catalog refresh", "ok", refreshed_data(found, str(into), dry_run))
    from llmselect.cli.recommend import surface
    from llmselect.render.format.text import text

    return text(refreshed_blocks(found, str(into), dry_run), form, *surface())


COMMAND = Command(refresh, FLAGS, _ENDING)
