"""Layers: own records win over refreshed ones, these over the catalogue; faults name file and line."""

import subprocess
import sys
from datetime import date
from functools import partial
from pathlib import Path

import pytest

from llmselect.catalog import load as loading
from llmselect.catalog.add import price, write_own
from llmselect.catalog.compiled import FILE, write_file
from llmselect.catalog.load import compile_folder, load
from llmselect.catalog.overlay import LAYERS, layer_folder, layers
from llmselect.catalog.refresh.run import refresh
from llmselect.errors import Exit, LlmselectError

SOURCE = 'sources:\n  own: {url: "https://me.test/", title: My contract, kind: primary, retrieved: 2026-11-20}\n'


@pytest.fixture
def home(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, small_copy: Path) -> Path:
    """A user whose catalogue is the small one; returns the folder of the own layer."""
    for name, folder in (
        ("XDG_DATA_HOME", "data"),
        ("APPDATA", "data"),
        ("XDG_CACHE_HOME", "c"),
        ("LOCALAPPDATA", "c"),
    ):
        monkeypatch.setenv(name, str(tmp_path / folder))
    monkeypatch.setenv("LLMSELECT_CATALOG", str(small_copy))
    return layer_folder("own")


def _write(path: Path, text: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    return path


def _own_host(home: Path, rows: str, name: str = "globex") -> Path:
    return _write(home / f"hosts/{name}.yaml", f"id: {name}\nname: Mine\n{SOURCE}offerings:\n{rows}")


def test_no_layers(home: Path) -> None:
    assert layers() == []
    assert len(load().models) == 3
    home.mkdir(parents=True)
    (home / ".hidden").mkdir()
    (home / ".hidden/x.yaml").touch()
    assert layers() == []


def test_own_models_replace_and_join(home: Path, small_copy: Path) -> None:
    text = (small_copy / "models/acme/small-7b.yaml").read_text()
    _write(home / "models/acme/small-7b.yaml", text.replace("name: Small 7B", "name: My 7B"))
    mine = text.replace("acme/small-7b", "me/mine").replace("aliases: [small-7b-base]\n", "")
    _write(home / "models/me/mine.yaml", mine)
    catalog = load()
    assert catalog.models["acme/small-7b"].name == "My 7B"
    assert sorted(catalog.models) == ["acme/small-7b", "acme/small-7b-chat", "globex/giant-1", "me/mine"]
    assert layers() == [home]
    assert "me/mine" not in load(own=False).models
    assert "me/mine" not in load(small_copy).models


def test_an_own_price_wins_from_its_day_on(home: Path) -> None:
    write_own("hosts", price("globex", "globex/giant-1", 20, 40, date(2026, 7, 1)))
    (giant,) = load().hosts["globex"].offerings
    assert giant.api_id is not None
    assert giant.limits.context_tokens is not None
    plain = sorted((row.from_, row.to, row.input_usd_per_mtok) for row in giant.prices if not row.batch)
    assert plain == [
        (date(2023, 3, 14), date(2023, 12, 31), 40),
        (date(2024, 1, 1), date(2026, 6, 30), 30),
        (date(2026, 7, 1), None, 20),
    ]
    assert [row.input_usd_per_mtok for row in giant.prices if row.batch] == [15]


def test_an_own_price_with_an_end_leaves_what_follows(home: Path) -> None:
    price_row = "{from: 2024-06-01, to: 2024-12-31, checked: 2024-06-01, source: own, input_usd_per_mtok: 1,"
    _own_host(home, f"  - model: globex/giant-1\n    prices:\n      - {price_row} output_usd_per_mtok: 2}}\n")
    (giant,) = load().hosts["globex"].offerings
    plain = sorted((row.from_, row.to, row.input_usd_per_mtok) for row in giant.prices if not row.batch)[1:]
    assert plain == [
        (date(2024, 1, 1), date(2024, 5, 31), 30),
        (date(2024, 6, 1), date(2024, 12, 31), 1),
        (date(2025, 1, 1), None, 30),
    ]


def test_own_wins_over_refreshed_over_base(home: Path, small_copy: Path) -> None:
    host = small_copy / "hosts/globex.yaml"
    host.write_text(host.read_text().replace("    deployment: api\n", "    deployment: api\n    litellm_key: giant\n"))
    host.write_text(host.read_text().replace("checked: 2026-11-22", "checked: 2026-10-01"))
    raw = b'{"giant": {"input_cost_per_token": 25e-6, "output_cost_per_token": 50e-6}}'
    refresh(load(own=False), raw, "x.json", date(2026, 11, 1), layer_folder("refreshed"), dry_run=False)
    assert max(row.from_ for row in load().hosts["globex"].offerings[0].prices) == date(2026, 11, 1)
    write_own("hosts", price("globex", "globex/giant-1", 20, 40, date(2026, 7, 1)))
    newest = max(
        (row for row in load().hosts["globex"].offerings[0].prices if not row.batch), key=lambda row: row.from_
    )
    assert newest.input_usd_per_mtok == 20
    refreshed = load(own=False).hosts["globex"].offerings[0].prices
    assert max(refreshed, key=lambda row: row.from_).input_usd_per_mtok == 25


def test_an_own_host_and_own_table_rows(home: Path) -> None:
    _own_host(home, "  - model: acme/small-7b\n    api_id: {value: small, source: own}\n", "mine")
    _write(home / "hardware.yaml", SOURCE + "presets: {}\ndevices:\n  my-gpu: {name: My GPU, kind: gpu, vendor: Me, "
           "memory_gib: 12, bandwidth_gb_s: 300, source: own}\n  home-24gb: {name: Faster, kind: gpu, vendor: Me, "
           "memory_gib: 24, bandwidth_gb_s: 1000, source: own}\nrentals:\n"
           "  - {device: home-24gb, provider: Rent One, gpus: 1, usd_per_gpu_hour: 0.2, from: 2026-01-01,\n"
           "     checked: 2026-01-01, source: own}\n")  # fmt: skip
    catalog = load()
    assert [row.model for row in catalog.hosts["mine"].offerings] == ["acme/small-7b"]
    assert catalog.hardware.devices["my-gpu"].memory_gib == 12
    assert catalog.hardware.devices["home-24gb"].bandwidth_gb_s == 1000
    rents = [row.usd_per_gpu_hour for row in catalog.hardware.rentals if row.device == "home-24gb"]
    assert rents == [0.2]
    assert len(catalog.hardware.rentals) == 3


def test_equal_keys_of_other_sources_do_not_mix(home: Path) -> None:
    path = _own_host(home, "  - model: globex/giant-1\n    rate_limit: {value: 5 a day, source: prices}\n")
    path.write_text(path.read_text().replace("  own:", "  prices:"))
    host = load().hosts["globex"]
    (giant,) = host.offerings
    assert giant.rate_limit is not None
    assert host.sources[giant.rate_limit.source[0]].url == "https://me.test/"
    assert host.sources["prices"].url == "https://globex.test/prices"


@pytest.mark.parametrize(
    ("rows", "line", "message"),
    [
        ("  - model: globex/giant-1\n    prices: no\n", 7, "may be read as true or false"),
        ("  - model: globex/giant-1\n    prices:\n      - {from: 2026-01-01}\n", 8, "is missing"),
        ("  - model: acme/small-7b\n\n  - model: globex/giant-2\n", 8, "there is no model 'globex/giant-2'"),
        ("  - model: globex/giant-1\n    api_id: {value: x, source: mine}\n", 7, "the source 'mine' is not declared"),
        (
            "  - model: acme/small-7b\n    prices:\n      - {from: 2026-01-01, checked: 2026-01-01, source: own,\n"
            "         input_usd_per_mtok: 1}\n",
            8,
            "is given without `output_usd_per_mtok`",
        ),
        (
            "  - model: acme/small-7b\n  - model: acme/small-7b-chat\n    aliases: [other, giant-1]\n",
            8,
            "stands at this host",
        ),
        (
            "  - model: globex/giant-1\n    lifecycle:\n      shutdown: {value: 2020-01-01, source: own}\n",
            8,
            "after the shutdown",
        ),
    ],
)
def test_a_fault_names_file_and_line(home: Path, rows: str, line: int, message: str) -> None:
    path = _own_host(home, rows)
    with pytest.raises(LlmselectError) as caught:
        load()
    assert caught.value.exit is Exit.INVALID_CATALOG
    assert f"{path.as_posix()}:{line}:" in caught.value.message
    assert message in caught.value.message
    assert "LLMSELECT_NO_OVERLAY=1" in caught.value.hint


def test_a_strange_file_and_an_empty_one(home: Path) -> None:
    path = _write(home / "prices.yaml", "a: 1\n")
    with pytest.raises(LlmselectError, match=r"prices\.yaml:1:1: this file is no part"):
        load()
    path.unlink()
    _write(home / "hosts/globex.yaml", "")
    with pytest.raises(LlmselectError, match=r"globex\.yaml:1:1: the file says nothing"):
        load()


def test_the_environment_disables_layers(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    _own_host(home, "  - model: nobody/nothing\n")
    monkeypatch.setenv("LLMSELECT_NO_OVERLAY", "1")
    assert layers() == []
    assert len(load().models) == 3


def test_layers_over_a_compiled_catalogue(
    home: Path, small_copy: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    package = tmp_path / "installed" / "llmselect"
    package.mkdir(parents=True)
    write_file(package / FILE, partial(compile_folder, small_copy))
    monkeypatch.delenv("LLMSELECT_CATALOG")
    monkeypatch.setattr(loading, "_package", str(package))
    assert load().hosts["globex"].name == "Globex"
    write_own("hosts", price("globex", "globex/giant-1", 20, 40, date(2026, 7, 1)))
    newest = max(load().hosts["globex"].offerings[0].prices, key=lambda row: row.from_)
    assert newest.input_usd_per_mtok == 20
    assert load() == load()


def _modules(code: str) -> list[str]:
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    return done.stdout.split()


def test_yaml_is_read_once(home: Path, small_copy: Path) -> None:
    code = "import sys; from llmselect.catalog.load import load; load(); print('yaml' in sys.modules)"
    load()
    assert _modules(code) == ["False"]
    write_own("hosts", price("globex", "globex/giant-1", 20, 40, date(2026, 7, 1)))
    assert _modules(code) == ["True"]
    assert _modules(code) == ["False"]
    off = "import os; os.environ['LLMSELECT_NO_OVERLAY'] = '1'; " + code
    assert _modules(off) == ["False"]
    assert _modules(code) == ["False"]  # neither has thrown the other's entry away


def test_where_layers_lie(home: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    assert LAYERS == ("refreshed", "own")
    assert home == tmp_path / "data/llmselect/catalog/own"
    if sys.platform != "win32":
        monkeypatch.setenv("XDG_DATA_HOME", "relative")  # the standard says to ignore it
        assert layer_folder("own") == Path.home() / ".local/share/llmselect/catalog/own"


def test_own_scores_place_a_model(home: Path, small_copy: Path) -> None:
    text = (small_copy / "models/acme/small-7b-chat.yaml").read_text()
    mine = text.replace("acme/small-7b-chat", "me/tuned").replace("value: 52.9", "value: 88.0").replace("48.3", "79.0")
    mine = "\n".join(line for line in mine.splitlines() if not line.startswith("aliases"))
    _write(home / "models/me/tuned.yaml", mine)
    models = load().abilities.models
    own, base = models["me/tuned"]["default"], models["acme/small-7b-chat"]["default"]
    assert (own.tests, own.independent) == (3, 3)
    assert all(mine > other + 0.5 for mine, other in zip(own.level[:2], base.level[:2], strict=True))
    assert all(0 < error < 1 for error in own.error)
    again = text.replace("acme/small-7b-chat", "me/same")
    again = "\n".join(line for line in again.splitlines() if not line.startswith("aliases"))
    _write(home / "models/me/same.yaml", again)
    same = load().abilities.models["me/same"]["default"]
    assert same.level == pytest.approx(base.level, abs=0.25)  # placed where the fit had put the same scores
