"""Columns: what is shared is said once, what differs stands behind its model, every fact leads to its source."""

from pathlib import Path
from typing import Any

import pytest
import yaml

from llmselect.catalog.schema import Catalog
from llmselect.compare.build import comparison
from llmselect.compare.columns import COLUMNS, columns_by_name
from llmselect.compare.subjects import Subject, subjects_by_name
from llmselect.compare.view import View
from llmselect.errors import LlmselectError
from llmselect.requirements import parse
from llmselect.results.comparison import Comparison
from tests import factories as make

A_DAY = "2024-06-01"


def _compared(catalog: Catalog, names: list[str], *columns: str, together: bool = False, **fields: Any) -> Comparison:
    subjects = subjects_by_name(catalog, names)
    if together:
        subjects = [Subject("All", tuple(model for subject in subjects for model in subject.models))]
    return comparison(
        subjects, columns_by_name(columns), View(make.facts_of(catalog), parse({"as_of": A_DAY, **fields}))
    )


def _texts(found: Comparison) -> list[list[str]]:
    return [[cell.text for cell in row.cells.values()] for row in found.rows]


def _family() -> Catalog:
    sizes = {"llama-7b": "llama-2-7b", "llama-7b-chat": "llama-2-7b", "llama-13b": "llama-2-13b"}
    designs = {"llama-7b": "decoder, swiglu, plain", "llama-7b-chat": "decoder, swiglu, plain"}
    rows = [
        make.weights(
            name, of=of, design=make.fact(designs.get(name, "decoder, swiglu, grouped")),
            tuning=make.fact("instruct" if "chat" in name else "base"),
            release_date=make.fact("2023-05-01" if "13b" in name else "2023-07-01", document_says="June"),
        )
        for name, of in sizes.items()
    ]  # fmt: skip
    return make.catalog(rows)


def test_several_models_share_a_cell() -> None:
    found = _compared(
        _family(),
        ["acme/llama-7b", "acme/llama-7b-chat", "acme/llama-13b"],
        "variants",
        "architecture",
        "release",
        together=True,
    )
    assert _texts(found) == [
        [
            "7B base and instruct; 13B base",
            "decoder, swiglu; plain (7B); grouped (13B)",
            "2023-05-01",
        ]
    ]


def test_what_the_document_says_is_a_footnote() -> None:
    found = _compared(_family(), ["llama-13b"], "release")
    assert [note.text for note in found.notes] == ["The source document says: June.", ""]
    assert found.notes[1].sources[0].url == "https://facts.test"
    assert next(iter(found.rows[0].cells.values())).notes == (1, 2)


def test_footnotes_are_numbered_as_one_reads_and_shared() -> None:
    found = _compared(_family(), ["llama-7b", "llama-13b"], "developer", "license")
    assert [cell.notes for row in found.rows for cell in row.cells.values()] == [(1,), (1,), (1,), (1,)]


@pytest.fixture
def served() -> Catalog:
    cheap, dear = make.price(1, 2), make.price(0.5, 9)
    over = {"shutdown": make.fact("2024-01-01"), "last_seen": make.fact("2023-12-01")}
    soon = {"shutdown": make.fact("2025-01-01"), "last_seen": make.fact(make.TODAY)}
    hosts = [
        make.host("one", make.offering("m", cheap, lifecycle=soon)),
        make.host("two", make.offering("m", dear)),
        make.host("gone", make.offering("m", make.price(0.1, 0.1), lifecycle=over)),
    ]
    return make.catalog([make.model("m")], hosts)


@pytest.mark.parametrize(
    ("fields", "text"),
    [
        ({"prompt_tokens": 1000, "output_tokens": 100}, "$1.00 in, $2.00 out (one)"),
        ({"prompt_tokens": 100_000, "output_tokens": 1}, "$0.50 in, $9.00 out (two)"),
    ],
)
def test_the_price_is_that_of_the_cheapest_living_host(served: Catalog, fields: dict[str, Any], text: str) -> None:
    found = _compared(served, ["m"], "price", "input_price", "output_price", **fields)
    assert _texts(found)[0][0] == text
    assert "--prompt-tokens" not in found.assumed
    assert any("checked on 2024-06-01" in note.text for note in found.notes)


def test_the_day_decides_on_access_and_ends(served: Catalog) -> None:
    assert _texts(_compared(served, ["m"], "access", "ends", "hosts")) == [
        ["API: one, two; ended: gone (2024-01-01)", "2025-01-01 (one)", "one, two"]
    ]
    earlier = _compared(served, ["m"], "access", "ends", as_of="2023-06-01")
    assert _texts(earlier) == [["API: gone, one, two", "2024-01-01 (gone), 2025-01-01 (one)"]]


def test_memory_follows_the_quantisation_and_the_context() -> None:
    catalog = make.catalog([make.weights("w"), make.model("m")])
    values = [
        cell.value for cell in _compared(catalog, ["w"], "memory_none", "memory_q8", "memory_q4").rows[0].cells.values()
    ]
    assert values[0] > values[1] > values[2] > 3
    longer = (
        _compared(catalog, ["w"], "memory_q4", prompt_tokens=4000, output_tokens=96).rows[0].cells["memory_q4"].value
    )
    assert longer > values[2]
    assert _texts(_compared(catalog, ["m"], "memory_q4")) == [["-"]]


def test_quality_names_what_it_is() -> None:
    catalog = make.catalog([make.model("m", score=70.0), make.model("n", score=None)])
    found = _compared(catalog, ["m", "n"], "quality", "knowledge", "tests")
    assert _texts(found) == [["70 (70–70)", "70 (70–70)", "1, 1 independent"], ["?", "?", "none"]]
    assert any("expected score on Exam" in note.text for note in found.notes)
    assert found.assumed == {"--task": "conversation"}


def test_unknown_columns_and_models_are_told() -> None:
    with pytest.raises(LlmselectError, match="unknown column 'contxt'") as told:
        columns_by_name(["contxt"])
    assert "context" in told.value.hint
    with pytest.raises(LlmselectError, match="unknown model 'z'"):
        subjects_by_name(_family(), ["z"])


def test_a_model_named_twice_stands_once() -> None:
    assert [subject.name for subject in subjects_by_name(_family(), ["llama-13b", "acme/llama-13b"])] == ["Llama-13B"]


def test_every_column_says_what_it_is() -> None:
    assert all(column.label and column.help.endswith(".") for column in COLUMNS.values())


def test_the_documents_columns_are_known() -> None:
    document = yaml.safe_load((Path(__file__).parents[2] / "catalog" / "document.yaml").read_text(encoding="utf-8"))
    claimed = {claim["column"] for claim in document["claims"] if "column" in claim}
    compared = {column for table in document["tables"].values() for column in table["columns"]}
    assert claimed | compared <= COLUMNS.keys()
    assert {"license", "release", "access", "variants"} <= claimed
