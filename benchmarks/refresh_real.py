"""A refresh of the whole catalogue from the whole price file: what it would do, and whether the result holds.

    python benchmarks/refresh_real.py PRICES.json [--seen 2026-11-17] [--catalog FOLDER] [--cross-check]

PRICES.json is LiteLLM's `model_prices_and_context_window.json`. The catalogue is copied first; where its
offerings name no key in the price file, those keys are tried that LiteLLM forms from host and API id. Checked
are: the result passes the catalogue's checks, a second run changes no byte, and the same for a user's layer.
"""

import argparse
import json
import os
import shutil
import tempfile
import time
from collections import Counter
from datetime import date
from pathlib import Path

from llmselect.catalog.checks.run import check
from llmselect.catalog.load import load
from llmselect.catalog.overlay import REFRESHED, layer_folder
from llmselect.catalog.reader import read
from llmselect.catalog.refresh.run import Report, refresh
from llmselect.catalog.refresh.second import Second, genai_prices
from llmselect.catalog.writer import text

PREFIXES = {
    "openai": ("",), "anthropic": ("",), "azure": ("azure/",), "bedrock": ("", "bedrock/"), "gemini-api": ("gemini/",),
    "vertex": ("", "vertex_ai/"), "mistral": ("mistral/",), "groq": ("groq/",), "xai": ("xai/",),
    "cohere": ("", "cohere/", "cohere_chat/"), "deepseek": ("deepseek/",), "together": ("together_ai/",),
    "fireworks": ("fireworks_ai/",), "deepinfra": ("deepinfra/",), "openrouter": ("openrouter/",),
    "cerebras": ("cerebras/",), "moonshot": ("moonshot/",), "zai": ("zai/",), "minimax": ("minimax/",),
    "perplexity": ("perplexity/",), "cloudflare": ("cloudflare/",), "replicate": ("replicate/",),
}  # fmt: skip


def main() -> None:
    """Refresh a copy of the catalogue twice, then a user's layer twice; print what happened."""
    options = _options()
    raw = Path(options.prices).read_bytes()
    seen = date.fromisoformat(options.seen)
    second = genai_prices(seen) if options.cross_check else None
    work = Path(tempfile.mkdtemp(prefix="llmselect-refresh-"))
    try:
        os.environ |= {"XDG_DATA_HOME": str(work / "data"), "XDG_CACHE_HOME": str(work / "cache")}
        folder = work / "catalog"
        shutil.copytree(options.catalog, folder)
        print(f"{_with_keys(folder, set(json.loads(raw)))} offerings with a key in the price file")
        os.environ["LLMSELECT_CATALOG"] = str(folder)
        _twice("layer", layer_folder(REFRESHED), raw, seen, second)
        shutil.rmtree(work / "data")
        _twice("catalogue", folder, raw, seen, second)
        faults = check(folder)
        print(f"{len(faults)} faults after the refresh")
        for fault in faults[:10]:
            print(f"  {fault.file}:{fault.line}: {fault.message}")
    finally:
        shutil.rmtree(work)


def _twice(what: str, into: Path, raw: bytes, seen: date, second: Second | None) -> None:
    first = _refresh(what, into, raw, seen, second)
    before = {path: path.read_bytes() for path in into.rglob("*.yaml")}
    again = _refresh(f"{what}, again", into, raw, seen, second)
    same = before == {path: path.read_bytes() for path in into.rglob("*.yaml")} and not again.files
    print(f"  a second run changes {'nothing' if same else 'SOMETHING: ' + ', '.join(again.files)}")
    width = max((len(line) for file in first.files for line in (into / file).read_text().splitlines()), default=0)
    print(f"  the longest line written has {width} characters")


def _refresh(what: str, into: Path, raw: bytes, seen: date, second: Second | None) -> Report:
    catalog = load(own=False)
    start = time.perf_counter()
    report = refresh(catalog, raw, "prices.json", seen, into, dry_run=False, second=second)
    seconds = time.perf_counter() - start
    print(f"{what}: {report.checked} checked, {len(report.changes)} changes, {len(report.held)} held back, ", end="")
    print(f"{len(report.disagreements)} disagreements, {len(report.files)} files, {seconds:.1f} s")
    if not what.endswith("again"):
        for kind, number in Counter(held.why.partition(" from ")[0] for held in report.held).most_common(8):
            print(f"  {number:4} held: {kind}")
        for change in report.changes[:8]:
            print(f"  {change.host} {change.model}: {change.what}: {change.before} -> {change.after}")
        for one in report.disagreements[:8]:
            print(f"  {one.host} {one.model}: {one.ours}, {one.source} says {one.theirs}")
    return report


def _with_keys(folder: Path, known: set[str]) -> int:
    """Give offerings without a key the one that LiteLLM forms; returns how many have one."""
    number = 0
    for path in sorted((folder / "hosts").glob("*.yaml")):
        written = path.read_text()
        data = read(written).data
        for row in data["offerings"]:
            api_id = (row.get("api_id") or {}).get("value")
            keys = [f"{prefix}{api_id}" for prefix in PREFIXES.get(path.stem, ())]
            found = row.get("litellm_key") or next((key for key in keys if key in known), None)
            if found is not None:
                row["litellm_key"] = found
                number += 1
        path.write_text(text(data, written))
    return number


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("prices")
    parser.add_argument("--seen", default=date.today().isoformat(), help="day of the price file")
    parser.add_argument("--catalog", default=Path(__file__).parent.parent / "catalog")
    parser.add_argument("--cross-check", action="store_true", help="ask the installed genai-prices too")
    return parser.parse_args()


if __name__ == "__main__":
    main()
