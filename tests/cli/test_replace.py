"""`replace`: when a model ends, what was implied, who could follow, and what the answer looks like."""

import csv
import io
from pathlib import Path

import pytest

from tests.cli.conftest import Cli

DAY = ("--as-of", "2026-11-23")
GIANT = ("replace", "giant-1", *DAY)
LOOSE = (*GIANT, "--without", "modality-in,needs", "--context-tokens", "4096", "--gpu", "Home 24GB")
ROOT = Path(__file__).parents[2]


def _opening(text: str) -> str:
    return text.partition("\n\n")[0].replace("\n", " ")


@pytest.mark.parametrize(
    ("words", "opening"),
    [
        (GIANT, "Giant 1 ends: globex ends it on 2027-06-01 and names giant-2."),
        (
            ("replace", "Giant 1", "--as-of", "2027-06-01"),
            "Giant 1 has ended: globex ended it on 2027-06-01 and names giant-2.",
        ),
        (
            ("replace", "small-7b-chat", *DAY),
            "No end of Small 7B Chat is known: its weights can still be run on your own hardware.",
        ),
        (
            ("replace", "acme/small-7b", *DAY),
            "No host is known to serve Small 7B: its weights can still be run on your own hardware.",
        ),
    ],
)
def test_the_first_line_says_when_it_ends(cli: Cli, words: tuple[str, ...], opening: str) -> None:
    assert _opening(cli(*words).out) == opening


def test_an_id_that_has_ended_is_replaced_by_what_fits(cli: Cli) -> None:
    """Of an id that has ended only that is known: its host's word leads on, and it was used by API."""
    ran = cli("replace", "giant-0", *DAY, "--json")
    data = ran.json["data"]
    assert (data["model"], data["name"], data["implied"]) == (
        "giant-0",
        "giant-0",
        {"deployment": ["api", "managed"]},
    )
    assert data["successor"] == "globex/giant-1"
    (life,) = data["lives"]
    assert (life["host"], life["status"], life["ends"], life["replacement"]) == (
        "globex", "retired", "2022-01-31", "giant-1",
    )  # fmt: skip
    assert data["old"]["model"] == "globex/giant-1"  # what its host names in its place stands for it
    assert [(one["why"], one["named_by"]) for one in data["vendor"]] == [("named", "globex")]
    assert "giant-1" in {one["recommendation"]["model"].partition("/")[2] for one in data["candidates"]}
    assert {one["price_ratio"] for one in data["candidates"]} == {None}


def test_what_wrote_no_text_is_refused(cli: Cli) -> None:
    ran = cli("replace", "initech-embed", *DAY)
    assert ran.status == 2
    assert "ended on 2024-05-01 at initech" in ran.err
    assert "It was of the kind embedding" in ran.err


def test_successors_that_ended_are_followed(real_cli: Cli) -> None:
    text = " ".join(real_cli("replace", "text-davinci-003", "--as-of", "2026-12-01").out.split())
    assert "openai ended it on 2024-01-04 and names gpt-3.5-turbo-instruct" in text
    assert "what openai names leads to GPT-5.6 Terra today" in text
    early = " ".join(real_cli("replace", "text-davinci-003", "--as-of", "2024-02-01", "--explain").out.split())
    assert "lead to GPT-3.5 Turbo" in early


def test_an_end_is_told_once_where_one_id_at_the_host_names_a_successor(real_cli: Cli) -> None:
    opening = _opening(real_cli("replace", "gpt-4-0613", "--as-of", "2026-11-26").out)
    assert opening.count("azure ended it on 2025-06-06") == 1
    assert "azure ended it on 2025-06-06 and names gpt-4o" in opening


@pytest.mark.parametrize("name", ["giant-latest", "globex/giant-1", "GIANT 1"])
def test_names_at_hosts_are_known_too(cli: Cli, name: str) -> None:
    assert _opening(cli("replace", name, *DAY).out).startswith("Giant 1 ends: ")


def test_the_exact_id_at_a_host_is_known(cli: Cli) -> None:
    assert "Small 7B Chat" in _opening(cli("replace", "acme/small-chat", *DAY).out)


def test_what_the_model_can_do_is_asked_of_a_successor(cli: Cli) -> None:
    ran = cli(*GIANT)
    assert ran.status == 3
    assert "Nothing qualifies" in ran.out
    text = cli(*GIANT, "--explain").out.replace("\n ", "")
    assert "Implied: --context-tokens 8192; --modality-in text --modality-in image; " in text
    assert "--needs tools --needs structured-output; --deployment api --deployment managed; --without NAME" in text
    assert "What binds (models): " in ran.out
    assert "Where Giant 1 may still be had\nhost" in cli(*GIANT, "--explain").out


def test_candidates_differ_in_figures(cli: Cli) -> None:
    ran = cli(*LOOSE, "--json")
    assert ran.status == 0
    data = ran.json["data"]
    assert data["lives"][0]["ends"] == "2027-06-01"
    (candidate,) = data["candidates"]
    assert candidate["recommendation"]["model"] == "acme/small-7b-chat"
    assert candidate["quality_points"] < 0
    assert candidate["context_ratio"] == 0.5
    assert candidate["gained"] == ["fine-tuning"]
    assert candidate["lost"] == ["structured-output", "system-prompt", "tools"]
    out = cli(*LOOSE, "--explain").out
    assert "In its place: Small 7B Chat, self-hosted at " in out
    assert "+fine-tuning" in out
    assert "-tools" in out
    assert "--modality-in" not in out
    assert "--without NAME drops one" in out  # what it gives is still implied


def test_a_price_is_compared_at_hosts(cli: Cli) -> None:
    (candidate,) = cli(*LOOSE, "--deployment", "managed", "--json").json["data"]["candidates"]
    assert candidate["price_ratio"] == pytest.approx(0.4 / 90)


def test_the_model_itself_is_no_successor(cli: Cli) -> None:
    data = cli(*LOOSE, "--at-least", "giant-1", "--json").json["data"]
    assert all(row["recommendation"]["model"] != "globex/giant-1" for row in data["candidates"])


def test_flags_and_environment_go_before_what_is_implied(cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LLMSELECT_CONTEXT_TOKENS", "2k")
    data = cli(*GIANT, "--needs", "streaming", "--json").json["data"]
    assert data["requirements"]["context_tokens"] == 2000
    assert data["requirements"]["needs"] == ["streaming"]
    assert data["implied"]["context_tokens"] == 8192


def test_open_weights_are_asked_for_and_can_be_dropped(cli: Cli) -> None:
    assert cli("replace", "small-7b-chat", *DAY, "--json").json["data"]["requirements"]["open_weights"] is True
    ran = cli("replace", "small-7b-chat", *DAY, "--without", "open-weights", "--json")
    assert ran.status == 0
    assert ran.json["data"]["candidates"][0]["recommendation"]["model"] == "globex/giant-1"


def test_keys_are_documented(cli: Cli) -> None:
    page = (ROOT / "docs" / "json.md").read_text(encoding="utf-8")
    data = cli(*LOOSE, "--json").json["data"]
    assert "recommendations" not in data
    for key in (*data, *data["candidates"][0], *data["lives"][0], *data["old"], *data["near"]):
        assert key in page, key


def test_csv_has_a_row_for_each_candidate(cli: Cli) -> None:
    (row,) = csv.DictReader(io.StringIO(cli(*LOOSE, "--format", "csv").out))
    assert row["model"] == "acme/small-7b-chat"
    assert row["rank"] == "1"
    assert row["lost"] == "structured-output system-prompt tools"
    assert float(row["quality_points"]) < 0


def test_markdown_and_chinese(cli: Cli) -> None:
    assert cli(*LOOSE, "--format", "markdown").out.startswith("**Giant 1 ends: ")
    out = cli(*LOOSE, "--lang", "zh-TW").out
    assert out.startswith("Giant 1 即將終止：globex 將於 2027-06-01 終止")
    assert "建議  Small 7B Chat 在 Home 24GB 上" in out


def test_output_goes_into_a_file(cli: Cli, tmp_path: Path) -> None:
    target = tmp_path / "answer.md"
    assert cli(*LOOSE, "--format", "markdown", "-o", str(target)).out == ""
    assert target.read_text(encoding="utf-8").startswith("**Giant 1 ends")
