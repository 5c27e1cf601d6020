"""`catalog status`, `catalog refresh` and `catalog add`: what they print, write and leave alone."""

import json
import socket
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from llmselect.catalog.refresh import second
from llmselect.cli.catalog.livebench import EFFORTS
from llmselect.errors import Exit, LlmselectError
from tests.cli.conftest import Cli

KEY = "globex/giant-1"
SEEN = ("--seen", "2026-11-23")
CONFIG = {
    "model_type": "llama", "num_hidden_layers": 32, "hidden_size": 4096, "num_attention_heads": 32,
    "num_key_value_heads": 8, "intermediate_size": 14336, "vocab_size": 128256, "max_position_embeddings": 131072,
    "torch_dtype": "bfloat16",
}  # fmt: skip


@pytest.fixture
def catalog(cli: Cli, small_copy: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The small catalogue with a key of the price file; it is the one in use."""
    host = small_copy / "hosts" / "globex.yaml"
    host.write_text(host.read_text().replace("    deployment: api\n", f"    deployment: api\n    litellm_key: {KEY}\n"))
    monkeypatch.setenv("LLMSELECT_CATALOG", str(small_copy))
    return small_copy


@pytest.fixture
def prices(tmp_path: Path) -> Callable[..., str]:
    """Writes a price file with USD per million tokens and returns its path."""

    def write(input: float = 30, output: float = 60, **more: Any) -> str:
        row = {"input_cost_per_token": input / 1e6, "output_cost_per_token": output / 1e6, **more}
        path = tmp_path / "prices.json"
        path.write_text(json.dumps({KEY: row}))
        return str(path)

    return write


def _files(folder: Path) -> dict[str, str]:
    return {str(path.relative_to(folder)): path.read_text() for path in sorted(folder.rglob("*.yaml"))}


def test_status_says_what_is_old_and_what_ends(cli: Cli) -> None:
    ran = cli("catalog", "status", "--as-of", "2027-05-01")
    assert ran.status == 0
    assert "offerings that end within 90 days: 1;" in ran.out
    assert "2027-06-01 globex/giant-1 at globex (API id giant-1), in 31 days; globex names giant-2" in ran.out
    assert "\nprices " in ran.out
    assert "\nlicenses " in ran.out
    assert "Ends within" not in cli("catalog", "status", "--as-of", "2027-05-01", "--days", "30").out


def test_status_as_data(cli: Cli) -> None:
    data = cli("catalog", "status", "--as-of", "2027-05-01", "--json").json["data"]
    assert (data["as_of"], data["days"]) == ("2027-05-01", 90)
    assert [row["kind"] for row in data["ages"]] == ["prices", "lifecycle", "rentals", "scores", "licenses"]
    assert data["ending"][0]["shutdown"] == "2027-06-01"
    assert data["unrated"] == []
    assert cli("catalog", "status", "--format", "markdown").out.startswith("**Catalogue of ")


def test_a_refresh_writes_into_the_users_layer(
    cli: Cli, catalog: Path, prices: Callable[..., str], own_data: Path
) -> None:
    before = _files(catalog)
    ran = cli("catalog", "refresh", "--from", prices(20, 50), *SEEN)
    assert ran.status == 0
    assert ran.err.splitlines()[0] == f"reading {prices(20, 50)}"
    assert "30 / 60" in ran.out
    assert "20 / 50" in ran.out
    assert "- hosts/globex.yaml" in ran.out
    assert list(_files(own_data)) == ["refreshed/hosts/globex.yaml"]
    assert _files(catalog) == before
    assert "$20 per million input tokens" in cli("show", "giant-1", "--as-of", "2026-11-24").out.replace("\n", " ")
    again = cli("catalog", "refresh", "--from", prices(20, 50), *SEEN)
    assert "0 changes" in " ".join(again.out.split())
    assert "Nothing to write" in again.out


def test_a_dry_run_writes_nothing(cli: Cli, catalog: Path, prices: Callable[..., str], own_data: Path) -> None:
    ran = cli("catalog", "refresh", "--from", prices(20, 50), *SEEN, "--dry-run", "--json")
    data = ran.json["data"]
    assert data["dry_run"] is True
    assert data["parts"][0]["kind"] == "prices"
    assert len(data["parts"][0]["changes"]) == 1
    assert data["parts"][0]["files"] == ["hosts/globex.yaml"]
    assert not own_data.exists()


def test_what_is_suspicious_is_held_back(cli: Cli, catalog: Path, prices: Callable[..., str], own_data: Path) -> None:
    ran = cli("catalog", "refresh", "--from", prices(3, 6), *SEEN)
    assert ran.status == 0
    assert "Held back\n- globex/giant-1 at globex (globex/giant-1): input_usd_per_mtok moved from 30 to 3" in ran.out
    assert not own_data.exists()


def test_a_maintainer_writes_into_the_catalogue(cli: Cli, catalog: Path, prices: Callable[..., str]) -> None:
    ran = cli("catalog", "refresh", "--from", prices(20, 50), *SEEN, "--into", str(catalog))
    assert ran.status == 0
    assert "litellm-2026-11-23" in (catalog / "hosts" / "globex.yaml").read_text()
    assert cli("catalog", "check", str(catalog)).status == 0


def test_an_unreachable_address_changes_nothing(cli: Cli, catalog: Path, own_data: Path) -> None:
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        address = f"http://someone:secret@127.0.0.1:{closed.getsockname()[1]}/prices.json?key=secret"
        ran = cli("catalog", "refresh", "--from", address)
    assert ran.status == 5
    assert "cannot be fetched" in ran.err
    assert "secret" not in ran.err
    assert not own_data.exists()


def test_a_folder_that_cannot_be_written(cli: Cli, catalog: Path, prices: Callable[..., str], own_data: Path) -> None:
    own_data.mkdir(parents=True)
    (own_data / "refreshed").write_text("in the way")
    ran = cli("catalog", "refresh", "--from", prices(20, 50), *SEEN)
    assert ran.status == 5
    assert "cannot be written" in ran.err


def test_a_second_source_is_asked(
    cli: Cli, catalog: Path, prices: Callable[..., str], monkeypatch: pytest.MonkeyPatch
) -> None:
    source = {"url": "https://second.test", "title": "Second", "kind": "third-party", "retrieved": "2026-11-23"}
    other = second.Second("second", "second-1.0.0", source, lambda host, api_id: (25.0, 60.0))
    monkeypatch.setattr(second, "genai_prices", lambda day: other)
    out = cli("catalog", "refresh", "--from", prices(), *SEEN, "--cross-check", "--dry-run").out
    assert "- globex/giant-1 at globex: 30 / 60; second-1.0.0 says 25 / 60" in out


def test_without_the_second_source_it_ends_with_5(
    cli: Cli, catalog: Path, prices: Callable[..., str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def missing(_: object) -> None:
        raise LlmselectError("missing-package", "genai-prices is not installed", "Install it.", Exit.MISSING)

    monkeypatch.setattr(second, "genai_prices", missing)
    assert cli("catalog", "refresh", "--from", prices(), *SEEN, "--cross-check").status == 5


def test_rentals_alone_ask_no_other_source(cli: Cli, catalog: Path, tmp_path: Path, own_data: Path) -> None:
    table = tmp_path / "rentals.csv"
    table.write_text(
        "provider,gpu,gpus,usd_per_gpu_hour,as_of,source\n"
        "Rent One,Chips Home,1,0.35,2026-11-22,https://rent.test/prices\n"
        "Rent One,Chips Home,1,0.35,,https://rent.test/prices\n"
    )
    ran = cli("catalog", "refresh", "--rentals", str(table))
    assert ran.status == 0
    assert "Prices" not in ran.out
    assert "- 1x home-24gb at Rent One: USD per GPU and hour: 0.4 -> 0.35" in ran.out
    assert "- 1 x undated" in ran.out
    assert list(_files(own_data)) == ["refreshed/hardware.yaml"]


def _release(catalog: Path, folder: Path) -> list[str]:
    """A release of LiveBench that the catalogue knows, and the flags that name it."""
    tables = catalog / "benchmarks.yaml"
    text = tables.read_text().replace(
        "harnesses:\n", "harnesses:\n  livebench-2026-06-25: {name: LiveBench, independent: true, source: board}\n"
    )
    row = "  livebench-coding: {name: LiveBench coding, skill: coding, unit: percent, source: board}\n"
    tables.write_text(text.replace("benchmarks:\n", f"benchmarks:\n{row}"))
    (folder / "categories.json").write_text(json.dumps({"Coding": ["a", "b"], "Cooking": ["c"]}))
    (folder / "table.csv").write_text("model,a,b,c\ngiant-1-xhigh,80,60,1\nsomebody-else,1,2,3\n")
    release = ["--livebench", str(folder / "table.csv"), "--livebench-categories", str(folder / "categories.json")]
    return [*release, "--livebench-release", "2026-06-25"]


def test_scores_of_a_release(cli: Cli, catalog: Path, tmp_path: Path, own_data: Path) -> None:
    ran = cli("catalog", "refresh", *_release(catalog, tmp_path))
    assert ran.status == 0
    assert "- globex/giant-1 at livebench-2026-06-25: livebench-coding, effort max: none -> 70" in ran.out
    assert "Not models of the catalogue: somebody-else" in ran.out
    assert "https://github.com/LiveBench/new-livebench/blob/main/public/table_2026_06_25.csv" in "".join(
        _files(own_data).values()
    )
    assert "LiveBench coding" in cli("show", "giant-1").out


def test_an_unknown_release_says_what_to_do(cli: Cli, catalog: Path, tmp_path: Path) -> None:
    flags = [*_release(catalog, tmp_path)[:-1], "2026-12-24"]
    ran = cli("catalog", "refresh", *flags)
    assert ran.status == 2
    assert "release of 2026-12-24" in ran.err
    assert "benchmarks.yaml" in ran.err


def test_efforts_are_those_of_the_catalogue() -> None:
    assert set(EFFORTS.values()) == {"none", "low", "medium", "high", "max"}


def test_add_a_model(cli: Cli, tmp_path: Path, own_data: Path) -> None:
    config = tmp_path / "config.json"
    config.write_text(json.dumps(CONFIG))
    words = ("catalog", "add", "--config", str(config), "--id", "me/my-8b-chat", "--license", "apache-2.0")
    ran = cli(*words)
    path = own_data / "own" / "models" / "me" / "my-8b-chat.yaml"
    assert (ran.status, ran.out, ran.err) == (0, f"{path}\n", "")
    assert "8,030,261,248" in cli("show", "me/my-8b-chat").out
    before = path.read_text()
    again = cli(*words)
    assert again.status == 2
    assert "is a model of the catalogue already" in again.err
    assert path.read_text() == before


@pytest.mark.parametrize(
    ("content", "id", "license", "message"),
    [
        ("[]", "me/x", "apache-2.0", "is no JSON mapping"),
        ("{}", "me/x", "apache-2.0", "it does not say 'num_attention_heads'"),
        (json.dumps(CONFIG), "me/x", "apache", "unknown license 'apache'"),
        (json.dumps(CONFIG), "My Model", "apache-2.0", "is no model's id"),
    ],
)
def test_a_model_that_cannot_be_added(
    cli: Cli, tmp_path: Path, own_data: Path, content: str, id: str, license: str, message: str
) -> None:
    config = tmp_path / "config.json"
    config.write_text(content)
    ran = cli("catalog", "add", "--config", str(config), "--id", id, "--license", license)
    assert ran.status == 2
    assert message in ran.err
    assert not own_data.exists()


PRICE = ("--input-usd-per-mtok", "1", "--output-usd-per-mtok", "$2.50")


def test_add_a_price(cli: Cli, own_data: Path) -> None:
    words = ("catalog", "add", "--price", "--host", "globex", "--model", "Giant 1", *PRICE)
    ran = cli(*words, "--from", "2026-11-01", "--json")
    path = own_data / "own" / "hosts" / "globex.yaml"
    assert ran.json["data"] == {"path": str(path), "kind": "host", "id": "globex"}
    assert ran.err == ""
    shown = cli("show", "giant-1", "--as-of", "2026-11-23").out
    assert "$2.50 per million output tokens" in shown.replace("$2.5 ", "$2.50 ")
    before = path.read_text()
    assert cli(*words).status == 2
    assert path.read_text() == before


def test_a_price_where_nothing_was_offered_is_told(cli: Cli) -> None:
    ran = cli("catalog", "add", "--price", "--host", "globex", "--model", "small-7b-chat", *PRICE)
    assert ran.status == 0
    assert "knows of no Small 7B Chat at Globex" in ran.err


def test_a_record_with_a_fault_is_taken_back(cli: Cli, own_data: Path) -> None:
    words = ("catalog", "add", "--price", "--host", "globex", "--model", "small-7b-chat", *PRICE)
    ran = cli(*words, "--from", "2150-01-01")
    assert ran.status == 2
    assert "the record would have a fault" in ran.err
    assert _files(own_data) == {}
    assert cli("list").status == 0
