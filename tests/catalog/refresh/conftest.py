"""A catalogue of real offerings in the small catalogue's frame, and the price file that it is refreshed from."""

import json
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from llmselect.catalog.load import load
from llmselect.catalog.overlay import REFRESHED, layer_folder
from llmselect.catalog.schema import Catalog
from llmselect.catalog.writer import text

EXCERPT = Path(__file__).parent / "prices.json"
SEEN = date(2026, 11, 17)
BEFORE = date(2026, 10, 1)
# model, API id, aliases, key in the price file, USD per million tokens in and out
OFFERINGS = (
    ("acme/four", "gpt-4-0613", (), "gpt-4-0613", 30, 60),
    ("acme/four-o", "gpt-4o-2024-08-06", ("gpt-4o",), "gpt-4o", 2.5, 10),
    ("acme/five", "gpt-5", (), "gpt-5", 1.0, 10),
    ("acme/five-four", "gpt-5.4", (), "gpt-5.4", 2.5, 15),
    ("acme/mini", "gpt-4o-mini", (), "gpt-4o-mini", 0.15, 0.6),
)
MODEL = """\
id: {id}
name: {id}
sources:
  card: {{url: "https://acme.test/card", title: A card, kind: primary, retrieved: 2026-01-01}}
developer: {{value: Acme, source: card}}
family: {{value: Acme, source: card}}
access: {{value: api, source: card}}
tuning: {{value: instruct, source: card}}
release_date: {{value: 2023-06-13, source: card}}
modalities_in: {{value: [text], source: card}}
modalities_out: {{value: [text], source: card}}
"""


def offering(model: str, api_id: str, aliases: tuple[str, ...], key: str, price_in: float, price_out: float) -> Any:
    """An offering with one open-ended price."""
    price = {"from": BEFORE, "checked": BEFORE, "source": "list"}
    return {
        "model": model,
        "api_id": {"value": api_id, "source": "list"},
        "aliases": list(aliases),
        "limits": {"context_tokens": {"value": 128000, "source": "list"}},
        "litellm_key": key,
        "prices": [{**price, "input_usd_per_mtok": price_in, "output_usd_per_mtok": price_out}],
    }


def host(offerings: list[Any], **more: Any) -> dict[str, Any]:
    """The host `acme` with offerings."""
    source = {"url": "https://acme.test/prices", "title": "A price list", "kind": "primary", "retrieved": BEFORE}
    return {"id": "acme", "name": "Acme", "sources": {"list": source, **more}, "offerings": offerings}


@pytest.fixture
def folder(small_copy: Path) -> Path:
    """A catalogue's folder with the host `acme`, whose offerings the price file names."""
    for model in {row[0] for row in OFFERINGS}:
        (small_copy / f"models/{model}.yaml").write_text(MODEL.format(id=model))
    (small_copy / "hosts/acme.yaml").write_text("# Acme's offerings\n" + text(host([offering(*r) for r in OFFERINGS])))
    return small_copy


@pytest.fixture
def catalog(folder: Path) -> Catalog:
    return load(folder)


@pytest.fixture
def raw() -> bytes:
    """The excerpt of the real price file."""
    return EXCERPT.read_bytes()


@pytest.fixture
def changed() -> Callable[[dict[str, Any]], bytes]:
    """Makes a price file in which keys' values are merged into rows; None removes a row or a value."""

    def make(changes: dict[str, Any]) -> bytes:
        data = json.loads(EXCERPT.read_text())
        for key, row in changes.items():
            if row is None:
                del data[key]
            elif isinstance(row, dict):
                merged = {**data.get(key, {}), **row}
                data[key] = {name: value for name, value in merged.items() if value is not None}
            else:
                data[key] = row
        return json.dumps(data).encode()

    return make


@pytest.fixture
def user(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, folder: Path) -> Path:
    """A user's `refreshed` layer (not made yet), the catalogue being the folder's."""
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    monkeypatch.setenv("APPDATA", str(tmp_path / "data"))
    monkeypatch.setenv("LLMSELECT_CATALOG", str(folder))
    return layer_folder(REFRESHED)
