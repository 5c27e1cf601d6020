"""Write into catalog/hosts/*.yaml in which regions hosts keep which offerings, and what that costs: `regional`.

Azure's data zones and OpenAI's regional processing are read from LiteLLM's price table: the ratio of `azure/eu/X` to
`azure/X`, and `regional_processing_uplift_multiplier_*`. Mistral's documentation states one factor for its regional
endpoints (`DOCUMENTED`). Only offerings that have not ended get one. What stands there already is left alone. To be run
again after `compile_offerings.py`, which writes offerings anew.

    pip download --no-deps litellm==1.109.1
    python tools/fill_regions.py litellm-1.109.1-py3-none-any.whl
"""

import json
import re
import sys
import zipfile
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import Any, NamedTuple

from offerings_yaml import parsed, resealed

HOSTS = Path(__file__).parents[1] / "catalog" / "hosts"
TODAY = date(2026, 11, 23)
TABLE_IN_WHEEL = "litellm/model_prices_and_context_window_backup.json"
Raw = dict[str, Any]


class Kept(NamedTuple):
    """A region in which an offering is kept, by what factor its prices rise, and the key of the source."""

    region: str
    price_factor: float
    source: str


# Hosts whose own documentation states one factor for all that they serve in a region.
DOCUMENTED = {"mistral": (Kept("EU", 1.1, "mistral-regional"),)}
LITELLM = "litellm-2026-11"


def _azure(names: list[str], table: dict[str, Raw]) -> Iterator[Kept]:
    """Azure's data zones: the ratio of both prices, where input and output agree on it."""
    for region in ("EU", "US"):
        for name in names:
            zone, globally = table.get(f"azure/{region.lower()}/{name}", {}), table.get(f"azure/{name}", {})
            if not zone.get("input_cost_per_token") or not globally.get("input_cost_per_token"):
                continue
            ratios = [zone[key] / globally[key] for key in ("input_cost_per_token", "output_cost_per_token")]
            if abs(ratios[0] - ratios[1]) < 0.005:
                yield Kept(region, round(ratios[0], 2), LITELLM)
                break


def _openai(names: list[str], table: dict[str, Raw]) -> Iterator[Kept]:
    """OpenAI's regional processing: the factor that the table states for each region."""
    for region in ("EU", "US"):
        factors = (table.get(name, {}).get(f"regional_processing_uplift_multiplier_{region.lower()}") for name in names)
        factor = next((factor for factor in factors if factor), None)
        if factor:
            yield Kept(region, factor, LITELLM)


READERS: dict[str, Callable[[list[str], dict[str, Raw]], Iterator[Kept]]] = {"azure": _azure, "openai": _openai}


def regions_of(host: str, offering: Raw, table: dict[str, Raw]) -> list[Kept]:
    """The regions in which a host keeps an offering; none of one that has ended or has regions of its own."""
    end = ((offering.get("lifecycle") or {}).get("shutdown") or {}).get("value")
    if (end and end <= TODAY) or offering.get("regions") or offering.get("deployment", "api") != "api":
        return []
    if host in DOCUMENTED:
        return list(DOCUMENTED[host])
    names = [(offering.get("api_id") or {}).get("value"), offering.get("litellm_key"), *offering.get("aliases", ())]
    bare = [name.partition("azure/")[2] or name for name in names if name]
    return list(READERS[host](bare, table))


def filled(text: str, host: str, table: dict[str, Raw], counts: Counter[str]) -> str:
    """A part of a host's file with its offerings' regions."""
    blocks = re.split(r"(?m)^(?=  - model: )", text)
    for number, block in enumerate(blocks[1:], 1):
        offering = parsed("offerings:\n" + block)["offerings"][0]
        kept = [] if "regional" in offering else regions_of(host, offering, table)
        if kept:
            lines = "".join(
                f"      - {{region: {one.region}, price_factor: {one.price_factor:g}, source: {one.source}}}\n"
                for one in kept
            )
            start = re.search(r"(?m)^    (?:prices|lifecycle):", block)
            at = start.start() if start else len(block.rstrip("\n")) + 1
            blocks[number] = f"{block[:at]}    regional:\n{lines}{block[at:]}"
            counts.update(f"{host} {one.region} x {one.price_factor:g}" for one in kept)
    return "".join(blocks)


def main() -> int:
    """Fill the hosts' files and count what was written."""
    with zipfile.ZipFile(sys.argv[1]) as wheel:
        table = json.loads(wheel.read(TABLE_IN_WHEEL))
    counts: Counter[str] = Counter()
    for host in sorted({*READERS, *DOCUMENTED}):
        path = HOSTS / f"{host}.yaml"
        text = resealed(path.read_text(), lambda part, host=host: filled(part, host, table, counts))
        path.write_text(text)
    for name, count in sorted(counts.items()):
        print(f"{name}: {count}", file=sys.stderr)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
