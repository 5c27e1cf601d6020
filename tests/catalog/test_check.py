"""Every fault that the checks know, made in a copy of the small catalogue, is found where it stands."""

from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import yaml

from llmselect.catalog.checks.files import read_files
from llmselect.catalog.checks.run import Fault, check
from llmselect.catalog.schema import facts

TODAY = date(2026, 11, 23)
CHAT, BASE, GIANT = "models/acme/small-7b-chat.yaml", "models/acme/small-7b.yaml", "models/globex/giant-1.yaml"
GLOBEX, RENTA = "hosts/globex.yaml", "hosts/renta.yaml"
LICENSES, BENCHMARKS, HARDWARE = "licenses.yaml", "benchmarks.yaml", "hardware.yaml"
LEVELS, TASKS, DOCUMENT, SPEED = "quantizations.yaml", "tasks.yaml", "document.yaml", "speed.yaml"
ABILITIES = "abilities.yaml"
ENDED = "ended.yaml"

# file, what to replace (once), with what, the code expected, the text on whose line the fault is
EDITS = [
    (BASE, "tuning: {value: base", "tuning: {value: no", "yaml-trap", "value: no"),
    (BASE, "value: 2000000000000", "value: 2e12", "yaml-trap", "2e12"),
    (BASE, "name: Small 7B\n", "name: Small 7B\nname: Small\n", "duplicate-key", "name: Small\n"),
    (BASE, "aliases: [", "aliases: [[", "yaml-syntax", "sources:"),
    (BASE, "family: {value: Small, source: card}\n", "", "missing-key", "id: acme"),
    (BASE, "family: {value: Small, source: card}", "family: {value: Small}", "missing-key", "family:"),
    (BASE, "family: {value", "familie: {value", "unknown-key", "familie:"),
    (BASE, "total: 6738415616,", 'total: "6738415616",', "wrong-type", "total:"),
    (BASE, "total: 6738415616,", "total: true,", "wrong-type", "total:"),
    (BASE, "value: Acme", "value: 2024-01-01", "wrong-type", "developer:"),
    (BASE, "value: 2023-09-27", 'value: "2023-09-27"', "wrong-type", "release_date:"),
    (BASE, 'shots: "25"', "shots: 25", "wrong-type", "shots: 25"),
    (BASE, "languages: {value: [en]", "languages: {value: en", "wrong-type", "languages:"),
    (BASE, "value: open-weights", "value: opened", "bad-value", "opened"),
    (BASE, "layers: 32", "layers: 0", "bad-value", "layers: 0"),
    (BASE, "url: https://board.test/v1", "url: board.test", "bad-value", "url: board.test"),
    (BASE, "{value: Acme, source: card}", "{value: null, source: card}", "bad-value", "developer:"),
    (BASE, "active: 6738415616", "active: 6738415617", "bad-value", "active: 6738415617"),
    (BASE, "family: {value: Small, source: card}", "family: {value: Small, source: cart}", "missing-source", "cart"),
    (GIANT, "source: [report, board]", "source: [report, bord]", "missing-source", "bord"),
    (BASE, "sources:\n", "sources:\n  more: {url: https://a.test, title: More, kind: copy, retrieved: 2026-01-01}\n",
     "unused-source", "more:"),
    (BASE, "https://board.test/v1", "https://example.com/v1", "placeholder-url", "example.com"),
    (LICENSES, "url: https://globex.test/terms\n    osi", "url: https://localhost/\n    osi",
     "placeholder-url", "localhost"),
    (BASE, "retrieved: 2026-11-20", "retrieved: 2026-12-24", "future-date", "2026-12-24"),
    (BASE, "id: acme/small-7b", "id: acme/small", "id-path", "id: acme/small"),
    (RENTA, "id: renta", "id: rental", "id-path", "id: rental"),
    (BASE, "aliases: [small-7b-base]", "aliases: [SMALL_chat]", "duplicate-alias", "aliases:"),
    (BASE, "aliases: [small-7b-base]", "aliases: [globex/giant 1]", "duplicate-alias", "aliases:"),
    (BASE, "aliases: [small-7b-base]", "aliases: [Base, base]", "duplicate-alias", "aliases:"),
    (BASE, "license: {value: apache-2.0, source: card}\n", "", "missing-license", "access:"),
    (BASE, "license: {value: apache-2.0", "license: {value: apache", "unknown-license", "license:"),
    (BASE, "license: {value: apache-2.0", "license: {value: renta-terms", "license-kind", "license:"),
    (BASE, '"2022-09"', '"September"', "cutoff-format", "September"),
    (BASE, '"2022-09"', '"2023-10"', "cutoff-after-release", "2023-10"),
    (BASE, "benchmark: mmlu", "benchmark: mmlo", "unknown-benchmark", "mmlo"),
    (BASE, "mmlu, harness: board-v1", "mmlu, harness: board-v2", "unknown-harness", "board-v2"),
    (BASE, "date: 2024-07-13", "date: 2014-07-13", "score-date", "2014-07-13"),
    (BASE, "date: 2024-07-13", "date: 2026-11-25", "score-date", "2026-11-25"),
    (BASE, "value: 53.1", "value: 153.1", "score-range", "153.1"),
    (BASE, "value: 53.1", "value: -0.1", "score-range", "-0.1"),
    (CHAT, "value: 1037", "value: 3037", "score-range", "3037"),
    (BASE, 'mmlu, harness: board-v1, shots: "5"', 'arc-challenge, harness: board-v1, shots: "25"',
     "duplicate-score", "value: 46.9"),
    (BASE, "kv_heads: 32", "kv_heads: 24", "architecture", "kv_heads: 24"),
    (BASE, "vocabulary_size: 32000", "vocabulary_size: 32000\n    experts: 8", "architecture", "experts: 8"),
    (BASE, "ffn_size: 11008", "ffn_size: 14336", "parameters-differ", "total:"),
    (GLOBEX, "model: globex/giant-1", "model: globex/giant", "unknown-model", "model: globex/giant"),
    (GLOBEX, "terms: {value: globex-terms", "terms: {value: globex", "unknown-license", "value: globex,"),
    (GLOBEX, "terms: {value: globex-terms", "terms: {value: apache-2.0", "license-kind", "apache-2.0"),
    (GLOBEX, "aliases: [giant-latest]", "aliases: [giant-1]", "duplicate-api-id", "aliases:"),
    (GLOBEX, "offerings:\n", "moving_ids:\n  big:\n  - {from: 2024-01-01, model: globex/gaint, source: terms}\n"
     "offerings:\n", "unknown-model", "- {from: 2024-01-01"),
    (GLOBEX, "offerings:\n", "moving_ids:\n  big:\n  - {from: 2024-01-01, to: 2024-05-01, model: globex/giant-1, "
     "source: terms}\n  - {from: 2024-05-01, model: globex/giant-1, source: terms}\nofferings:\n",
     "overlapping-days", "- {from: 2024-05-01"),
    (GLOBEX, "offerings:\n", "offerings:\n  - {model: acme/small-7b, aliases: [giant-latest]}\n",
     "duplicate-api-id", "aliases: [giant-latest]\n"),
    (RENTA, "input_usd_per_mtok: 0.2", "input_usd_per_mtok: 0", "price-zero", "from:"),
    (RENTA, "source: prices, input", "source: prices, free: true, input", "price-zero", "from:"),
    (RENTA, ", output_usd_per_mtok: 0.2", "", "missing-price", "from:"),
    (RENTA, ", input_usd_per_mtok: 0.2, output_usd_per_mtok: 0.2", "", "missing-price", "from:"),
    (GLOBEX, "to: 2023-12-31", "to: 2024-01-01", "overlapping-prices", "from: 2024-01-01"),
    (GLOBEX, "        to: 2023-12-31\n", "", "overlapping-prices", "from: 2024-01-01"),
    (GLOBEX, "to: 2023-12-31", "to: 2023-03-13", "date-order", "to: 2023-03-13"),
    (GLOBEX, "checked: 2023-12-20", "checked: 2023-03-13", "date-order", "checked: 2023-03-13"),
    (GLOBEX, "checked: 2026-11-22", "checked: 2027-01-01", "future-date", "checked: 2027-01-01"),
    (GLOBEX, "announced: {value: 2026", "announced: {value: 2022", "lifecycle-order", "announced:"),
    (GLOBEX, "announced: {value: 2026-05", "announced: {value: 2026-07", "lifecycle-order", "deprecated:"),
    (GLOBEX, "deprecated: {value: 2026", "deprecated: {value: 2022", "lifecycle-order", "deprecated:"),
    (GLOBEX, "deprecated: {value: 2026-06-01", "deprecated: {value: 2027-06-02", "lifecycle-order", "shutdown:"),
    (GLOBEX, "      shutdown: {value: 2027-06-01, source: prices}\n", "", "missing-shutdown", "announced:"),
    (GLOBEX, "announced: {value: 2026-05-02", "announced: {value: 2026-12-24", "future-date", "announced:"),
    (ENDED, "ended: 2022-01-31", "ended: 2021-12-31", "lifecycle-order", "ended: 2021"),
    (ENDED, "announced: 2023-01-01, ended: 2023", "announced: 2027-01-01, ended: 2027", "future-date", "2027-01-01"),
    (ENDED, "  globex:\n", "  globes:\n", "unknown-host", "globes:"),
    (ENDED, "giant-0-mini", "giant-latest", "duplicate-api-id", "giant-latest"),
    (ENDED, "giant-0-chat", "giant-0", "duplicate-api-id", "ids: [giant-0]}"),
    (ENDED, "kind: embedding", "kind: embeddings", "bad-value", "kind: embeddings"),
    (ENDED, "source: notices, ids: [initech-embed]", "source: note, ids: [initech-embed]", "missing-source", "note,"),
    (GLOBEX, "shutdown: {value: 2027-06-01", "shutdown: {value: 2023-12-30", "price-after-shutdown", "to: 2023-12-31"),
    (LICENSES, "spdx: Apache-2.0", "spdx: Apache 2", "spdx", "spdx:"),
    (LICENSES, "spdx: Apache-2.0", "spdx: apache-2.0", "spdx", "spdx:"),
    (BENCHMARKS, "board-v1: {name", "board-v0: {name", "unknown-harness", None),
    (HARDWARE, "aliases: [Big]", "aliases: [CHIPS-home]", "duplicate-alias", "CHIPS-home"),
    (HARDWARE, "fp8_tflops: 733", "fp8_tflops: 361", "fp8-rate", "fp8_tflops: 361"),
    (HARDWARE, "low: {device: home-24gb", "low: {device: home-24", "unknown-device", "low:"),
    (HARDWARE, "- {device: home-24gb", "- {device: home-24", "unknown-device", "- {device: home-24,"),
    (HARDWARE, "0.4, from: 2024-01-01", "0.4, from: 2024-01-01, to: 2023-01-01", "date-order", "to: 2023"),
    (HARDWARE, "rentals:\n  - ", "rentals:\n  - {device: home-24gb, provider: Rent One, gpus: 1, usd_per_gpu_hour: 1, "
     "from: 2025-01-01, checked: 2026-01-01, source: rentals}\n  - ", "overlapping-rentals", "from: 2025-01-01"),
    (LEVELS, "order: 4", "order: 1", "quantization-order", "order: 1\n    name: 4 bits"),
    (LEVELS, "bits_per_weight: 4.83", "bits_per_weight: 8.6", "quantization-bits", "bits_per_weight: 8.6"),
    (LEVELS, "up_to_billion: 20, low: 0, value: 0.3", "up_to_billion: null, low: 0, value: 0.3", "loss-sizes",
     "losses:\n      - {up_to_billion: null, low: 0, value: 0.3"),
    (LEVELS, "up_to_billion: 4", "up_to_billion: 30", "loss-sizes", "losses:\n      - {up_to_billion: 30"),
    (LEVELS, "low: 0.2, value: 1,", "low: 0.2, value: 1.6,", "loss-order", "value: 1.6"),
    (LEVELS, "low: 0, value: 0, high: 0", "low: 0, value: 0.25, high: 0.25", "loss-order", "value: 0.2,"),
    (SPEED, "runtime: vllm\n    kind: gpu\n    mixture: false", "runtime: llama.cpp\n    kind: gpu\n    mixture: false",
     "duplicate-speed", None),
    (SPEED, "mixture: true\n", "mixture: true\n    levels: [q4]\n", "speed-levels", "fits:"),
    (BENCHMARKS, ", opponent_elo: 1210", "", "missing-opponent", "arena-2025:"),
    (BENCHMARKS, "opponent: globex/giant-1", "opponent: globex/giant", "unknown-model", "opponent: "),
    (BASE, "family: {value: Small, source: card}", "family: {value: Small, source: card}\npredecessor: "
     "{value: acme/small, source: card}", "unknown-model", "predecessor:"),
    (CHAT, "family: {value", "predecessor: {value: acme/small-7b-chat, source: card}\nfamily: {value",
     "predecessor-order", "predecessor:"),
    (ABILITIES, "  acme/small-7b:\n", "  acme/small-8b:\n", "unknown-model", "acme/small-8b"),
    (ABILITIES, "tests:\n", "tests:\n  mmlu@board-v0: {a: 1.0, b: 0.0, noise: 0.2, subjects: 3}\n", "unknown-harness",
     "mmlu@board-v0"),
    (TASKS, "skills: {preference: 1.0}", "skills: {preference: 0.9}", "skills-sum", "skills: {preference"),
    (TASKS, "skills: {preference: 1.0}", "skills: {charm: 1.0}", "bad-value", "charm"),
    (TASKS, "weights: {quality: 0.5", "weights: {quality: 0.6", "weights-sum", "quality: 0.6, latency"),
    (TASKS, "quality: 0.6, cost: 0.4", "quality: 1.4, cost: -0.4", "weight-negative", "cost: -0.4"),
    (TASKS, "weights: {quality: 0.5", "weights: {beauty: 0.5", "bad-value", "beauty"),
    (TASKS, "insufficient: 15", "insufficient: 75", "anchor-order", "insufficient: 75"),
    (TASKS, "ample: 75", "ample: 90", "anchor-order", "ample: 90"),
    (TASKS, "excellent: 90", "excellent: 80", "anchors-concave", "excellent: 80"),
    (TASKS, "worst: 100000", "worst: 0", "scale-range", "worst: 0"),
    (DOCUMENT, "compute: [high]", "compute: [highest]", "unknown-answer", "highest"),
    (DOCUMENT, "content-generation, qa, reasoning]}", "content-generation, qa]}", "unanswered-combination", "rules:"),
    (DOCUMENT, "rules:\n", "rules:\n  - {when: {}, answer: all, model: null}\n",
     "unreachable-rule", "when: {task: [conversation, qa]"),
    (DOCUMENT, "model: acme/small-7b\n", "model: acme/small\n", "unknown-model", "model: acme/small\n"),
    (DOCUMENT, "models: [acme/small-7b]", "models: [acme/smal]", "unknown-model", "models:"),
    (DOCUMENT, "Giant: [globex/giant-1]", "Giant: [globex/giant-2]", "unknown-model", "Giant:"),
    (DOCUMENT, "value: medium, sets", "value: middle, sets", "unknown-answer", "middle"),
    (DOCUMENT, "value: medium, sets", "value: high, sets", "duplicate-expansion", "sets: {compute: medium}"),
    (TASKS, "  qa:\n    name", "  math:\n    name", "unknown-task", None),
]  # fmt: skip


def _edit(directory: Path, file: str, old: str, new: str) -> str:
    path = directory / file
    text = path.read_text(encoding="utf-8")
    assert old in text, f"the small catalogue has no {old!r} in {file}"
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    return text.replace(old, new, 1)


def _in(faults: list[Fault], directory: Path, file: str) -> list[Fault]:
    return [fault for fault in faults if fault.file == (directory / file).as_posix()]


def test_the_small_catalogue_is_valid(small_catalog: Path) -> None:
    assert check(small_catalog, TODAY) == []


@pytest.mark.parametrize(("file", "old", "new", "code", "needle"), EDITS, ids=lambda value: str(value)[:24])
def test_each_fault_is_found_on_its_line(
    small_copy: Path, file: str, old: str, new: str, code: str, needle: str | None
) -> None:
    text = _edit(small_copy, file, old, new)
    faults = check(small_copy, TODAY)
    assert code in {fault.code for fault in faults}
    assert faults == sorted(faults)
    if needle is not None:
        line = text[: text.index(needle)].count("\n") + 1
        assert line in {fault.line for fault in _in(faults, small_copy, file) if fault.code == code}
    assert all(fault.message and fault.message[0] != " " for fault in faults)


def test_all_faults_are_told_at_once(small_copy: Path) -> None:
    _edit(small_copy, BASE, "benchmark: mmlu", "benchmark: mmlo")
    _edit(small_copy, RENTA, "input_usd_per_mtok: 0.2", "input_usd_per_mtok: 0")
    _edit(small_copy, TASKS, "insufficient: 15", "insufficient: 75")
    _edit(small_copy, LICENSES, "spdx: Apache-2.0", "spdx: no")
    assert {fault.code for fault in check(small_copy, TODAY)} == {
        "unknown-benchmark", "price-zero", "anchor-order", "yaml-trap",
    }  # fmt: skip


def test_two_missing_keys_of_one_mapping_are_two_faults(small_copy: Path) -> None:
    _edit(small_copy, BASE, "    layers: 32\n    hidden_size: 4096\n", "")
    assert [fault.message for fault in check(small_copy, TODAY)] == ["`hidden_size` is missing", "`layers` is missing"]


def _unreadable(folder: Path) -> None:
    (folder / BASE).write_bytes(b"id: acme/small-7b\nname: caf\xe9\n")


def _folder_for_file(folder: Path) -> None:
    (folder / "models/acme/tiny.yaml").mkdir()


def _file_for_table(folder: Path) -> None:
    (folder / TASKS).unlink()
    (folder / TASKS).mkdir()


@pytest.mark.parametrize(
    ("change", "code", "file", "line"),
    [
        (_unreadable, "unreadable-file", BASE, 2),
        (_folder_for_file, "unreadable-file", "models/acme/tiny.yaml", 1),
        (_file_for_table, "unreadable-file", TASKS, 1),
        (lambda folder: (folder / LEVELS).unlink(), "missing-file", LEVELS, 1),
        (lambda folder: (folder / LEVELS).write_text("# later\n"), "empty-file", LEVELS, 1),
        (lambda folder: (folder / LEVELS).write_text("[]\n"), "wrong-type", LEVELS, 1),
        (lambda folder: (folder / "notes.txt").write_text("x"), "unknown-file", "notes.txt", 1),
        (lambda folder: (folder / "hosts/more.yml").write_text("x"), "unknown-file", "hosts/more.yml", 1),
        (lambda folder: (folder / "models/loose.yaml").write_text("x"), "unknown-file", "models/loose.yaml", 1),
        (lambda folder: (folder / RENTA).rename(folder / "hosts/Renta_1.yaml"), "file-name", "hosts/Renta_1.yaml", 1),
    ],
)
def test_files_that_cannot_be_read_or_do_not_belong(
    small_copy: Path, change: Callable[[Path], Any], code: str, file: str, line: int
) -> None:
    change(small_copy)
    found = [fault for fault in _in(check(small_copy, TODAY), small_copy, file) if fault.code == code]
    assert [fault.line for fault in found] == [line]


def test_hidden_files_are_ignored(small_copy: Path) -> None:
    (small_copy / ".DS_Store").write_bytes(b"\xff")
    (small_copy / "models" / ".small.yaml.swp").write_bytes(b"\xff")
    assert check(small_copy, TODAY) == []


def test_a_missing_folder_is_one_fault(tmp_path: Path) -> None:
    assert [fault.code for fault in check(tmp_path / "nowhere", TODAY)] == ["no-catalog"]


def test_paths_start_at_the_working_directory(small_copy: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (small_copy / LEVELS).unlink()
    monkeypatch.chdir(small_copy.parent)
    assert check(Path("catalog"), TODAY)[0].file == "catalog/quantizations.yaml"
    monkeypatch.chdir(small_copy)
    assert check(Path("."), TODAY)[0].file == "quantizations.yaml"


def test_a_broken_table_does_not_make_its_names_unknown(small_copy: Path) -> None:
    _edit(small_copy, LICENSES, "spdx: Apache-2.0", "spdx: [")
    assert {fault.code for fault in check(small_copy, TODAY)} == {"yaml-syntax"}


def _without(data: Any, path: tuple[str | int, ...]) -> Any:
    node = data
    for step in path[:-1]:
        node = node[step]
    del node[path[-1]]
    return data


def test_no_fact_passes_without_its_source(small_copy: Path) -> None:
    removed = 0
    for file, record in read_files(small_copy, TODAY).records.items():
        text = (small_copy / file).read_text(encoding="utf-8")
        for path, _ in facts(record):
            (small_copy / file).write_text(yaml.safe_dump(_without(yaml.safe_load(text), path)), encoding="utf-8")
            found = _in(check(small_copy, TODAY), small_copy, file)
            assert ("missing-key", "`source` is missing") in {(fault.code, fault.message) for fault in found}, path
            removed += 1
        (small_copy / file).write_text(text, encoding="utf-8")
    assert removed > 120
