"""`compare`: the document's two tables, any columns, both ways round, every format."""

import csv
import io
import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from llmselect.catalog.load import open_catalog
from llmselect.compare.build import comparison
from llmselect.compare.columns import columns_by_name
from llmselect.compare.subjects import document_subjects
from llmselect.compare.view import View
from llmselect.engine.facts import Facts
from llmselect.render.compare import comparison_blocks
from llmselect.render.format.html import html
from llmselect.render.format.markdown import markdown
from llmselect.render.phrases import Phrases
from llmselect.requirements import parse
from llmselect.results.comparison import Comparison
from tests.cli.conftest import Cli
from tests.reading import html_tables, markdown_tables

DAY = ("--as-of", "2026-11-23")
SCHEMAS = Path(__file__).parents[2] / "llmselect" / "schemas"
RAISED = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")
SIX = ["developer", "first release", "architecture", "sizes and variants", "licence", "access"]


def _expected(data: dict[str, Any]) -> list[list[str]]:
    """The cells as text with their marks, models as rows."""
    return [[row["name"], *map(_marked, row["cells"].values())] for row in data["rows"]]


def _marked(cell: dict[str, Any]) -> str:
    return " ".join([cell["text"], *(str(number).translate(RAISED) for number in cell["notes"])])


def _turned(rows: list[list[str]]) -> list[list[str]]:
    return [list(column) for column in zip(*rows, strict=True)]


@pytest.fixture(scope="module")
def documents(test_cache: Path) -> dict[str, Comparison]:
    """The document's comparisons from the catalogue that is shipped."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_CACHE_HOME", str(test_cache))
        facts = Facts(open_catalog(Path(__file__).parents[2] / "catalog"))
    view = View(facts, parse({"as_of": "2026-11-23"}))
    tables = facts.catalog.document.tables
    return {
        name: comparison(document_subjects(facts.catalog, name), columns_by_name(table.columns), view)
        for name, table in tables.items()
    }


@pytest.mark.parametrize(
    ("table", "names"),
    [("open", ["LLaMA", "Falcon LLM", "Mistral"]), ("proprietary", ["GPT-4", "Gemini 1.5", "Claude 2"])],
)
@pytest.mark.parametrize("turned", [False, True])
def test_the_documents_tables_read_back(
    documents: dict[str, Comparison], table: str, names: list[str], turned: bool
) -> None:
    blocks = list(comparison_blocks(documents[table], Phrases(), transposed=turned))
    (read,) = markdown_tables(markdown(blocks))
    assert html_tables(html(blocks)) == [read]
    rows = read if turned else _turned(read)
    assert rows[0] == ["", *SIX]
    assert [row[0] for row in rows[1:]] == names
    assert rows[1:] == _expected(documents[table].to_dict())


CELLS = [
    ("open", "LLaMA", "developer", "Meta", None),
    ("open", "LLaMA", "variants", "7B, 13B, 70B, each base and instruct", None),
    ("open", "LLaMA", "license", "Llama 2 Community License", "completely open source and free; contradicted"),
    ("open", "Falcon LLM", "license", "Apache License 2.0", "Apache 2.0; incomplete"),
    ("open", "Falcon LLM", "release", "2023-05-26", None),
    ("open", "Falcon LLM", "architecture", "multi-query attention (7B); 8 key-value heads (40B)", None),
    ("open", "Mistral", "release", "2023-09-27", None),
    ("open", "Mistral", "variants", "7B base and instruct", "the third and last family of open models"),
    ("proprietary", "GPT-4", "release", "2023-03-14", None),
    ("proprietary", "GPT-4", "architecture", "Transformer pre-trained", "a decoder-only Transformer"),
    ("proprietary", "GPT-4", "variants", "GPT-4 32K: 32,768 tokens", "a complex model with trillions of parameters"),
    ("proprietary", "Gemini 1.5", "release", "2024-02-15", "Google released Gemini 1.5 in December 2023; contra"),
    ("proprietary", "Gemini 1.5", "variants", "1.5 Pro", "it comes as Nano, Pro and Ultra; contradicted"),
    (
        "proprietary",
        "Claude 2",
        "access",
        "ended: anthropic (2025-07-21)",
        "REST API after filling in a form; outda",
    ),
    ("proprietary", "Claude 2", "variants", "Claude 2: 100,000 tokens", None),
]


@pytest.mark.parametrize(("table", "subject", "column", "text", "said"), CELLS)
def test_the_documents_cells_are_corrected(
    documents: dict[str, Comparison], table: str, subject: str, column: str, text: str, said: str | None
) -> None:
    data = documents[table].to_dict()
    cell = next(row for row in data["rows"] if row["name"] == subject)["cells"][column]
    notes = [data["notes"][number - 1] for number in cell["notes"]]
    assert text in cell["text"]
    assert any(note["sources"] for note in notes)
    claims = [note["text"] for note in notes if note["text"].startswith("The source document says: ")]
    assert bool(claims) == (said is not None)
    assert said is None or said in claims[0]


def test_models_as_rows_or_as_columns(cli: Cli) -> None:
    words = ("compare", "small-7b-chat", "giant-1", *DAY, "--columns", "developer,context,memory_q4")
    (columns,) = markdown_tables(cli(*words, "--format", "markdown").out)
    (rows,) = markdown_tables(cli(*words, "--transpose", "--format", "markdown").out)
    assert columns == _turned(rows)
    assert columns[0] == ["", "Small 7B Chat", "Giant 1"]


def test_the_small_documents_table_is_corrected(cli: Cli) -> None:
    out = cli("compare", "--document", "OPEN", *DAY, "--format", "markdown").out
    assert "The source document says: Small is free of any licence; contradicted: it has one." in out


def test_a_ranking_is_compared_without_a_model(cli: Cli) -> None:
    ranked = cli("recommend", "--task", "qa", *DAY, "--json").json["data"]["recommendations"]
    data = cli("compare", "--task", "qa", *DAY, "--json").json["data"]
    assert [row["models"] for row in data["rows"]] == [[row["model"]] for row in ranked]
    assert [row["cells"]["score"]["value"] for row in data["rows"]] == [row["score"] for row in ranked]
    assert [row["cells"]["cost"]["value"] for row in data["rows"]] == [
        row["criteria"]["cost"]["interval"][1] for row in ranked
    ]


@pytest.mark.parametrize("form", ["json", "markdown"])
def test_a_file_of_recommend_names_models_and_request(cli: Cli, tmp_path: Path, form: str) -> None:
    file = tmp_path / "answer"
    cli("recommend", "--task", "qa", "--budget", "50", *DAY, "--format", form, "-o", str(file))
    data = cli("compare", "--from-recommend", str(file), "--json").json["data"]
    assert data["as_of"] == "2026-11-23"
    assert "--task" not in data["assumed"]
    direct = cli("compare", "--task", "qa", "--budget", "50", *DAY, "--json").json["data"]
    assert [row["models"] for row in data["rows"]] == [row["models"] for row in direct["rows"]]


def test_an_excluded_model_says_why(cli: Cli) -> None:
    data = cli("compare", "acme/small-7b", "--columns", "rank,cost", *DAY, "--json").json["data"]
    cells = data["rows"][0]["cells"]
    assert "instruct" in cells["rank"]["text"]
    assert "needs an instruction-tuned" in data["notes"][cells["rank"]["notes"][0] - 1]["text"]


def test_every_column_can_be_drawn_of_every_model(cli: Cli) -> None:
    names = [row["name"] for row in cli("compare", "--columns", "help", "--json").json["data"]["available"]]
    words = ("compare", "small-7b", "small-7b-chat", "giant-1", "--columns", ",".join(names), *DAY)
    data = cli(*words, "--json").json["data"]
    assert [column["name"] for column in data["columns"]] == names
    assert all(cell["text"] for row in data["rows"] for cell in row["cells"].values())
    assert "None" not in cli(*words).out
    (read,) = markdown_tables(cli(*words, "--format", "markdown").out)
    assert _turned([row[1:] for row in read]) == [list(row) for row in _expected(cli(*words, "--json").json["data"])]


def test_families_are_subjects(cli: Cli) -> None:
    row = cli("compare", "Giant", "small", "--json").json["data"]["rows"][1]
    assert row["models"] == ["acme/small-7b", "acme/small-7b-chat"]


def test_csv_holds_data(cli: Cli) -> None:
    words = ("compare", "small-7b-chat", "giant-1", *DAY, "--columns", "context,input_price,parameters")
    rows = list(csv.reader(io.StringIO(cli(*words, "--format", "csv", "--transpose").out)))
    assert rows[0] == ["model", "context", "input_price", "parameters"]
    assert rows[2] == ["Giant 1", "8192", "30.0", "not disclosed"]


def test_json_is_what_the_schema_says(cli: Cli) -> None:
    schema = json.loads((SCHEMAS / "compare.schema.json").read_text(encoding="utf-8"))
    for words in (("small-7b", "giant-1"), ("--document", "open"), ("--task", "qa")):
        jsonschema.Draft202012Validator(schema).validate(cli("compare", *words, "--json").json)


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("small-7b", "--columns", "licens"), "unknown column 'licens'"),
        (("smal-7b",), "unknown model 'smal-7b'"),
        (("small-7b", "--document", "open"), "MODEL and --document both say what is compared"),
        (("--document", "closed"), "unknown comparison 'closed'"),
        ((), "nothing to compare"),
        (("--from-recommend", "nowhere.json"), "nowhere.json cannot be read"),
    ],
)
def test_bad_input_is_told(cli: Cli, words: tuple[str, ...], message: str) -> None:
    ran = cli("compare", *words)
    assert (ran.status, ran.out) == (2, "")
    assert message in ran.err
    assert "hint: " in ran.err


def test_close_columns_are_named(cli: Cli) -> None:
    assert "Did you mean license" in cli("compare", "small-7b", "--columns", "licens").err


def test_a_file_that_is_no_answer_is_told(cli: Cli, tmp_path: Path) -> None:
    file = tmp_path / "x.json"
    for text in ("{}", "nothing", '{"data": null}'):
        file.write_text(text)
        assert (
            "is neither JSON of `recommend` nor a decision record" in cli("compare", "--from-recommend", str(file)).err
        )


@pytest.mark.parametrize("form", ["table", "markdown", "json", "csv", "html"])
@pytest.mark.parametrize("more", [(), ("--transpose",)])
def test_nothing_qualifies(cli: Cli, form: str, more: tuple[str, ...]) -> None:
    ran = cli("compare", "--modality-out", "video", "--format", form, *more)
    assert (ran.status, ran.err) == (3, "")
    if form == "json":
        assert (ran.json["status"], ran.json["data"]["rows"]) == ("empty", [])
    elif form == "csv":
        assert "small" not in ran.out
    else:
        assert "Nothing qualifies" in ran.out
