"""The lists that compile_api_models.py reads: what each of them says of one model."""

import csv
import json
import re
import runpy
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

RETRIEVED = "2026-11-23"
# Makers for whom models.dev's `knowledge` differs from model to model; for the others it repeats one value.
KNOWLEDGE_KNOWN = {"amazon", "anthropic", "google", "openai"}
# Hosts of others' models: they cut limits and leave flags at false, so only what they affirm counts.
GATEWAYS = ("nano-gpt", "zenmux", "openrouter", "fireworks")
MODALITIES = ("text", "image", "audio", "video", "pdf")
LISTS = {
    "mistral-docs": "Mistral AI documentation: data of the model's page",
    "models-dev": "models.dev: entry of the model",
    "litellm": "litellm {version}: table of prices and context windows",
    "lc": "{package}: profiles of models, from models.dev",
    "epoch": "Epoch AI: versions of models and their release dates",
    "llm-stats": "LLM-Stats: table of models",
    "arena-2025-08": "LMArena text leaderboard of 2025-08-04",
}
Choice = dict[str, str]
Modalities = dict[str, tuple[str, ...]]


@dataclass
class Evidence:
    """What one list says of one model; limits in tokens, dates in ISO form, capabilities as confirmed or denied."""

    key: str
    source: dict[str, str]
    release: str | None = None
    context: int | None = None
    input: int | None = None
    output: int | None = None
    modalities: Modalities = field(default_factory=dict)
    capabilities: dict[str, bool] = field(default_factory=dict)
    knowledge: str | None = None
    pdf: bool = False
    chat: bool = True
    gateway: bool = False
    api_only: bool = False
    printed: str = ""

    @property
    def rank(self) -> int:
        """How near to the maker a list is: 0 the maker's entry, then models.dev's copies of hosts, litellm, tables."""
        if self.key.startswith("litellm"):
            return 2
        return 1 if self.minor else 0 if self.modalities else 3

    @property
    def minor(self) -> bool:
        """Whether a host of others' models is known to cut limits."""
        return self.gateway and not self.key.startswith("lc-openrouter")


def source(url: str, title: str, kind: str, locator: str) -> dict[str, str]:
    """The fields of one source, in the order of the catalogue."""
    fields = {"url": url, "title": title, "kind": kind, "retrieved": RETRIEVED, "locator": locator}
    return {name: value for name, value in fields.items() if value}


@dataclass
class Inputs:
    """The lists that facts are read from."""

    models_dev: Path
    mistral_docs: Path
    packages: Path
    litellm: dict[str, Path]
    data: Path

    @staticmethod
    def git(directory: Path, *arguments: str) -> str:
        """What git prints; raises CalledProcessError where the repository lacks what is asked for."""
        command = ["git", f"--git-dir={directory}", *arguments]
        return subprocess.run(command, capture_output=True, text=True, check=True).stdout

    @cached_property
    def litellm_rows(self) -> dict[str, dict[str, Any]]:
        """litellm's tables by version."""
        return {version: json.loads(path.read_text()) for version, path in self.litellm.items()}

    def csv_rows(self, name: str, key: str) -> dict[str, dict[str, str]]:
        """The rows of a CSV file of the data folder by one of its columns."""
        with (self.data / name).open(encoding="utf-8-sig", newline="") as file:
            return {row[key]: row for row in csv.DictReader(file)}

    @cached_property
    def tables(self) -> dict[str, dict[str, dict[str, str]]]:
        """The CSV tables: Epoch's, LLM-Stats' and the arena's."""
        names = {"epoch": ("epoch/model_versions.csv", "id"), "arena": ("arena.csv", "model")}
        names["llm_stats"] = ("llm-stats/models.csv", "model_id")
        return {table: self.csv_rows(*where) for table, where in names.items()}

    @cached_property
    def commits(self) -> dict[str, str]:
        """The last commit of models.dev that wrote each file."""
        found: dict[str, str] = {}
        commit = ""
        command = ("log", "--diff-filter=AM", "--name-only", "--format=@%H", "--", "*.toml")
        for line in self.git(self.models_dev, *command).splitlines():
            if line.startswith("@"):
                commit = line[1:]
            elif line:
                found.setdefault(line, commit)
        return found

    def toml(self, path: str) -> dict[str, Any]:
        """A file of models.dev at its last commit, over the entry that it is based on."""
        entry = tomllib.loads(self.git(self.models_dev, "show", f"{self.commits[path]}:{path}"))
        base = entry.get("base_model")
        if not isinstance(base, str):
            return entry
        return {**self.toml(f"models/{base}.toml"), **entry}


def from_models_dev(inputs: Inputs, cell: str, number: int, choice: Choice) -> Evidence:
    """The entry of models.dev that a cell names: `<provider>/<file>`, or `models/<maker>/<file>`."""
    provider, _, rest = cell.partition("/")
    path = f"{cell}.toml" if provider == "models" else f"providers/{provider}/models/{rest}.toml"
    entry, limit = inputs.toml(path), inputs.toml(path).get("limit", {})
    if entry.get("open_weights"):
        complain(choice, f"models.dev says that {cell} has open weights")
    url = f"https://github.com/anomalyco/models.dev/blob/{inputs.commits[path][:12]}/{path}"
    names = {"tools": "tool_call", "structured-output": "structured_output", "reasoning": "reasoning"}
    modalities = {side: tuple(entry["modalities"][side]) for side in ("input", "output")}
    return Evidence(
        "models-dev" if number == 0 else f"models-dev-{number + 1}",
        source(url, LISTS["models-dev"], "third-party", ""),
        release=entry.get("release_date"),
        context=limit.get("context"), input=limit.get("input"), output=limit.get("output"),
        modalities=modalities,
        capabilities={ours: entry[theirs] for ours, theirs in names.items() if theirs in entry},
        gateway=provider in GATEWAYS, api_only=entry.get("open_weights") is False,
        knowledge=entry.get("knowledge") if choice["id"].split("/")[0] in KNOWLEDGE_KNOWN else None,
    )  # fmt: skip


def from_mistral_docs(inputs: Inputs, name: str, choice: Choice) -> Evidence:
    """What Mistral's documentation keeps of a model in src/schema/models/models/<name>.ts."""
    path = f"src/schema/models/models/{name}.ts"
    commit = inputs.git(inputs.mistral_docs, "rev-parse", "HEAD").strip()[:12]
    text = inputs.git(inputs.mistral_docs, "show", f"HEAD:{path}")
    quoted = {key: match[1] for key in ("releaseDate", "contextLength")
              if (match := re.search(rf"{key}: '([^']+)'", text))}  # fmt: skip
    listed = {key: re.findall(r"'([^']+)'", match[1]) for key in ("input", "output", "features")
              if (match := re.search(rf"{key}: \[((?:\s*'[^']*',?)+)\s*\]", text))}  # fmt: skip
    if not re.search(r"weights: \[\s*\]", text):
        complain(choice, f"Mistral's documentation lists weights of {name}")
    names = {"tools": "function-calling", "structured-output": "structured-outputs", "reasoning": "reasoning"}
    context = quoted["contextLength"]
    url = f"https://github.com/mistralai/platform-docs-public/blob/{commit}/{path}"
    return Evidence(
        "mistral-docs",
        source(url, LISTS["mistral-docs"], "primary", ""),
        release=quoted["releaseDate"],
        context=int(context.removesuffix("k")) * 1000, printed=context,
        modalities={side: tuple(kind for kind in listed[side] if kind in MODALITIES) for side in ("input", "output")},
        capabilities={ours: True for ours, theirs in names.items() if theirs in listed.get("features", [])},
        api_only=True,
    )  # fmt: skip


def from_profile(inputs: Inputs, cell: str, choice: Choice) -> Evidence:
    """A langchain package's profile: `<package>/<model>`."""
    package, _, model = cell.partition("/")
    module = runpy.run_path(str(inputs.packages / f"langchain_{package}" / "data" / "_profiles.py"))
    profile = next(value for name, value in module.items() if name.isupper() and isinstance(value, dict) and value)
    row = profile.get(model) or next(v[model] for v in module.values() if isinstance(v, dict) and model in v)
    distribution = next(inputs.packages.glob(f"langchain_{package}-*.dist-info")).name.removesuffix(".dist-info")
    name, version = distribution.replace("_", "-").rsplit("-", 1)
    if row.get("open_weights"):
        complain(choice, f"{name} says that {model} has open weights")
    names = {"tools": "tool_calling", "structured-output": "structured_output", "reasoning": "reasoning_output"}
    modalities: Modalities = {}
    for side in ("input", "output"):
        modalities[side] = tuple(kind for kind in MODALITIES[:4] if row.get(f"{kind}_{side}s"))
    output = row.get("max_output_tokens")
    guessed = package == "openrouter" and (output or 0) >= 0.7 * row["max_input_tokens"]
    return Evidence(
        f"lc-{package.replace('_', '-')}",
        source(f"pkg:pypi/{name}@{version}", LISTS["lc"].format(package=name), "third-party", f"{model}"),
        release=row.get("release_date"),
        context=row.get("max_input_tokens"), output=None if guessed else output,
        modalities=modalities if any(modalities.values()) else {},
        capabilities={ours: row[theirs] for ours, theirs in names.items() if theirs in row},
        gateway=package in GATEWAYS, api_only=row.get("open_weights") is False,
    )  # fmt: skip


def from_litellm(inputs: Inputs, cell: str, choice: Choice) -> Evidence | None:
    """litellm's row in the newest version that has it; a row `ft:…` says that the model can be fine-tuned."""
    version = next((version for version, rows in inputs.litellm_rows.items() if cell in rows), "")
    if not version:
        complain(choice, f"no version of litellm has {cell}")
        return None
    row = inputs.litellm_rows[version][cell]
    newest = version == next(iter(inputs.litellm_rows))
    title = LISTS["litellm"].format(version=version)
    names = {
        "tools": "function_calling", "structured-output": "response_schema", "reasoning": "reasoning",
        "streaming": "native_streaming", "system-prompt": "system_messages",
    }  # fmt: skip
    said = {ours: bool(row[f"supports_{theirs}"]) for ours, theirs in names.items() if f"supports_{theirs}" in row}
    if row.get("litellm_provider") == "anthropic":  # for older models `response_schema` means a forced tool
        said.pop("structured-output", None)
        if row.get("supports_native_structured_output"):
            said["structured-output"] = True
    if row.get("mode") == "responses" and not said.get("system-prompt"):  # that API calls them instructions
        said.pop("system-prompt", None)
    flags = (("image", "vision"), ("audio", "audio_input"), ("video", "video_input"))
    flagged = ["text", *(kind for kind, name in flags if row.get(f"supports_{name}"))]
    evidence = Evidence(
        "litellm" if newest else f"litellm-{version}",
        source(f"pkg:pypi/litellm@{version}", title, "third-party", cell),
        input=row.get("max_input_tokens"), output=row.get("max_output_tokens"),
        modalities={
            "input": tuple(row.get("supported_modalities", flagged)),
            "output": tuple(row.get("supported_output_modalities", ["text"])),
        },
        capabilities=said, pdf=bool(row.get("supports_pdf_input")),
        chat=row.get("mode") in ("chat", "responses"),
    )  # fmt: skip
    if cell.startswith("ft:"):
        evidence.input = evidence.output = None
        evidence.modalities, evidence.capabilities = {}, {"fine-tuning": True}
    return evidence


def from_tables(inputs: Inputs, choice: Choice) -> Iterator[Evidence]:
    """Release dates and knowledge cutoffs of Epoch, LLM-Stats and the arena."""
    repositories = {
        "epoch": ("https://github.com/epoch-research/benchmark-stitching", "commit f87d3cc, model_versions.csv: {}"),
        "llm_stats": ("https://github.com/JonathanChavezTamales/llm-leaderboard", "{}"),
        "arena": ("https://github.com/fboulnois/llm-leaderboard-csv/blob/e964e25/csv/lmarena_text.csv", "{}"),
    }
    keys = {"epoch": "epoch", "llm_stats": "llm-stats", "arena": "arena-2025-08"}
    for table, (url, locator) in repositories.items():
        if not choice[table]:
            continue
        row = inputs.tables[table].get(choice[table])
        if row is None:
            complain(choice, f"{table} has no row {choice[table]}")
            continue
        key = keys[table]
        kind = "copy" if table == "arena" else "third-party"
        release = row.get("Version release date") or row.get("release_date")
        evidence = Evidence(key, source(url, LISTS[key], kind, locator.format(choice[table])), release=release or None)
        evidence.knowledge = as_month(row.get("knowledge_cutoff", ""))
        yield evidence


def as_month(text: str) -> str | None:
    """`2023/8` and `2023-08-31` as "2023-08" and "2023-08-31"; None for words such as Online."""
    match = re.fullmatch(r"(\d{4})[/-](\d{1,2})(-\d\d)?", text)
    return f"{match[1]}-{int(match[2]):02d}{match[3] or ''}" if match else None


def complain(choice: Choice, message: str) -> None:
    """One line on stderr about a row of api_models.csv."""
    print(f"{choice['id']}: {message}", file=sys.stderr)


def cells(choice: Choice, column: str) -> list[str]:
    """The keys in one cell."""
    return [part.strip() for part in choice[column].split(";") if part.strip()]


def gather(inputs: Inputs, choice: Choice) -> list[Evidence]:
    """Everything that the lists say of a model, the closest to the maker first."""
    found: list[Evidence | None] = [from_mistral_docs(inputs, cell, choice) for cell in cells(choice, "mistral_docs")]
    found += [from_models_dev(inputs, cell, number, choice) for number, cell in enumerate(cells(choice, "models_dev"))]
    found += [from_profile(inputs, cell, choice) for cell in cells(choice, "profiles")]
    found += [from_litellm(inputs, cell, choice) for cell in cells(choice, "litellm")]
    found += from_tables(inputs, choice)
    known = [evidence for evidence in found if evidence]
    for evidence in known:
        if evidence.gateway:
            evidence.capabilities = {name: True for name, said in evidence.capabilities.items() if said}
    known.sort(key=lambda evidence: evidence.rank)
    for number, evidence in enumerate(known):
        same = sum(earlier.key.split("-row-")[0] == evidence.key for earlier in known[:number])
        evidence.key += f"-row-{same + 1}" if same else ""
    return known
