"""Compile catalog/models/<developer>/<model>.yaml for API-only models from public lists.

    python tools/compile_api_models.py --models-dev GIT_DIRECTORY --mistral-docs GIT_DIRECTORY \\
        --packages SITE_PACKAGES --litellm 1.109.1=FILE --litellm 1.83.0=FILE --data FOLDER --output catalog/models

Inputs: clones of github.com/anomalyco/models.dev (its history is read, for models that it has dropped) and of
github.com/mistralai/platform-docs-public (src/schema/models/models), installed
langchain-* packages (their data/_profiles.py), litellm's table of models as JSON (one or more versions, newest
first), and a folder that holds epoch/model_versions.csv, llm-stats/models.csv and arena.csv (the text leaderboard of
2025-08-04 from fboulnois/llm-leaderboard-csv). api_models.csv beside this file chooses the models and names their rows
in each list; a cell holds several keys apart by `;`. Its column `release` is empty (the date that most lists give),
`epoch` (trust that list), or a date and the source of it, which is one of the lists or a row of api_sources.csv.

Every fact names the lists that agree on it. Where they differ on a date or a limit, the note keeps the other values.
A capability that one list confirms and another denies is left out, and so are those in the column `drop`. A file that
somebody has edited, or that this script did not write, is left alone unless --force is given: the first line keeps a
digest of the rest.
"""

import argparse
import csv
import hashlib
import json
import re
import sys
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from api_lists import (
    MODALITIES,
    RETRIEVED,
    Choice,
    Evidence,
    Inputs,
    as_month,
    cells,
    complain,
    gather,
)

HERE = Path(__file__).parent
DEVELOPERS = {
    "ai21": "AI21 Labs", "amazon": "Amazon", "anthropic": "Anthropic", "baidu": "Baidu", "bytedance": "ByteDance",
    "cohere": "Cohere", "google": "Google", "inception": "Inception", "kwaipilot": "Kuaishou", "meta": "Meta",
    "minimax": "MiniMax", "mistral": "Mistral AI", "openai": "OpenAI", "perplexity": "Perplexity", "qwen": "Alibaba",
    "stepfun": "StepFun", "tencent": "Tencent", "upstage": "Upstage", "writer": "Writer", "xai": "xAI",
    "xiaomi": "Xiaomi", "zai": "Z.ai",
}  # fmt: skip
CAPABILITIES = ("tools", "structured-output", "reasoning", "streaming", "fine-tuning", "system-prompt")


@dataclass
class Fact:
    """One fact as it will be written."""

    value: Any
    keys: list[str]
    note: str = ""


def released(choice: Choice, evidence: list[Evidence], more: dict[str, dict[str, str]]) -> Fact | None:
    """The release date by the column `release`, else the date that most lists give; other dates go into the note."""
    dated = [(e.release, e.key) for e in evidence if e.release and len(e.release) == 10]
    pinned, _, key = choice["release"].partition(" ")
    if pinned == "epoch":
        value = next(day for day, name in dated if name == "epoch")
    elif pinned:
        value = pinned
    elif dated:
        value = Counter(day for day, _ in dated).most_common(1)[0][0]
    else:
        return None
    keys = list(dict.fromkeys([*([key] if key else []), *(name for day, name in dated if day == value)]))[:3]
    if not set(keys) <= {e.key for e in evidence} | set(more):
        complain(choice, f"unknown source in the column release: {key}")
    others = [f"{day} in {name}" for day, name in dated if day != value]
    return Fact(date.fromisoformat(value), keys, "; ".join(filter(None, [choice["note"], ", ".join(others)])))


def limits(evidence: list[Evidence]) -> dict[str, Fact]:
    """Token limits. litellm's maximum input is the context where no list states one."""
    makers = [e for e in evidence if not e.minor and (e.context or e.input)] or evidence
    if any(e.context and not e.gateway for e in makers):
        makers = [e for e in makers if not e.gateway]
    stated = [(e.context, e.key) for e in makers if e.context]
    asked = [(e.input, e.key) for e in makers if e.input]
    found: dict[str, Fact] = {}
    context = stated[0][0] if stated else None
    narrower = [(n, key) for n, key in asked if context and 0.6 * context <= n < context]
    if context:
        same = [(n, key) for n, key in [*stated, *asked] if n == context]
        odd = [(n, key) for n, key in stated if n != context and n not in {n for n, _ in narrower}]
        odd += [(n, key) for n, key in asked if n > context or n < 0.6 * context]
        printed = next((f"printed as {e.printed}" for e in makers if e.printed), "")
        odd = [(n, key) for n, key in odd if not (printed and context <= n <= context * 1.024)]
        found["context_tokens"] = agreed(same, odd, printed)
    elif asked:
        same = [pair for pair in asked if pair[0] == asked[0][0]]
        found["context_tokens"] = Fact(asked[0][0], unique(key for _, key in same), "listed as the maximum input")
    if narrower:
        first = narrower[0][0]
        found["input_tokens"] = agreed([p for p in narrower if p[0] == first], [p for p in narrower if p[0] != first])
    longest = context or (asked[0][0] if asked else 0)
    said = [(e.output, e.key) for e in makers if e.output and e.output < longest]
    if said:
        most = Counter(n for n, _ in said).most_common(1)[0][0]
        found["output_tokens"] = agreed([p for p in said if p[0] == most], [p for p in said if p[0] != most])
    return found


def agreed(same: list[tuple[int, str]], others: list[tuple[int, str]], note: str = "") -> Fact:
    """A number with the lists that give it, and a note with what others say."""
    note = ", ".join(filter(None, [note, *dict.fromkeys(f"{number} in {key}" for number, key in others)]))
    return Fact(same[0][0], unique(key for _, key in same), note)


def unique(keys: Iterable[str]) -> list[str]:
    """At most three keys, each once."""
    return list(dict.fromkeys(keys))[:3]


def modalities(choice: Choice, evidence: list[Evidence], side: str) -> Fact | None:
    """Kinds of input or output by the first list that says, less the column `drop`'s `output:image` and the like."""
    said = [e for e in evidence if e.modalities.get(side)]
    if not said:
        return None
    first = said[0]
    kinds, keys = list(first.modalities[side]), [first.key]
    keys += [e.key for e in said[1:] if set(e.modalities[side]) - {"pdf"} == set(kinds) - {"pdf"}]
    reader = next((e for e in evidence if e.pdf), None)
    if side == "input" and reader and "pdf" not in kinds and first.key.startswith(("lc-", "litellm")):
        kinds.append("pdf")
        keys = [first.key, reader.key]
    dropped = cells(choice, "drop")
    return Fact([kind for kind in MODALITIES if kind in kinds and f"{side}:{kind}" not in dropped], unique(keys))


def capabilities(choice: Choice, evidence: list[Evidence]) -> dict[str, Fact]:
    """What lists confirm and what they deny; where they contradict each other or the column `drop` says so, neither."""
    dropped = cells(choice, "drop")
    found: dict[str, Fact] = {}
    for name, wanted in (("capabilities", True), ("lacks", False)):
        said = {c: {e.capabilities[c] for e in evidence if c in e.capabilities} for c in CAPABILITIES}
        kinds = [c for c in CAPABILITIES if said[c] == {wanted} and c not in dropped]
        keys = [e.key for e in evidence if any(c in e.capabilities for c in kinds)]
        if kinds:
            found[name] = Fact(kinds, list(dict.fromkeys(keys)))
    return found


def cutoff(choice: Choice, evidence: list[Evidence], release: date) -> Fact | None:
    """The knowledge cutoff by the first list that gives one before the release."""
    said = [(as_month(e.knowledge or ""), e.key) for e in sorted(evidence, key=lambda e: e.key != "arena-2025-08")]
    fitting = [(month, key) for month, key in said if month and month <= release.isoformat()[: len(month)]]
    if not fitting:
        return None
    month = fitting[0][0]
    others = [f"{other} in {key}" for other, key in fitting if other[:7] != month[:7]]
    return Fact(month, unique(key for other, key in fitting if other == month), ", ".join(others))


def compile_model(inputs: Inputs, choice: Choice, more: dict[str, dict[str, str]]) -> str | None:
    """The YAML of one model, without its first line; None where a fact that every model needs is missing."""
    evidence = gather(inputs, choice)
    lists = [e for e in evidence if e.key not in ("epoch", "llm-stats", "arena-2025-08")] or evidence
    release = released(choice, evidence, more)
    sides = {side: modalities(choice, evidence, side) for side in ("input", "output")}
    if release is None or not all(sides.values()):
        complain(choice, f"skipped: release {release and release.value}, modalities {sides['input']}")
        return None
    main = [lists[0].key]
    developer = choice["id"].split("/")[0]
    chat = [e.key for e in lists if e.chat]
    facts: dict[str, Fact | dict[str, Fact] | None] = {
        "developer": Fact(DEVELOPERS[developer], main),
        "family": Fact(choice["family"], main),
        "access": Fact("api", unique(e.key for e in evidence if e.api_only) or main),
        "tuning": Fact("instruct", chat[:1] or main),
        "release_date": release,
        "modalities_in": sides["input"], "modalities_out": sides["output"],
        "limits": limits(evidence), **capabilities(choice, evidence),
        "knowledge_cutoff": cutoff(choice, evidence, release.value),
    }  # fmt: skip
    sources = {**more, **{e.key: e.source for e in reversed(evidence)}}
    return written(choice, facts, sources)


def written(choice: Choice, facts: dict[str, Any], sources: dict[str, dict[str, str]]) -> str:
    """The lines of a file, in the catalogue's order."""
    body: list[str] = []
    used: list[str] = []
    for name, fact in facts.items():
        parts = list(fact.values()) if isinstance(fact, dict) else [fact] if fact else []
        used += [key for part in parts for key in part.keys]
        if isinstance(fact, dict) and fact:
            body += [f"{name}:", *(line for key, part in fact.items() for line in fact_lines(key, part, "  "))]
        elif isinstance(fact, Fact):
            body += fact_lines(name, fact, "")
    names = dict.fromkeys([*cells(choice, "aliases"), *cells(choice, "livebench")])
    short = choice["id"].partition("/")[2]
    aliases = distinct([short, choice["name"], *names])
    head = [f"id: {choice['id']}", f"name: {scalar(choice['name'])}", *wrapped("aliases: [", map(scalar, aliases))]
    head.append("sources:")
    for key in dict.fromkeys(used):
        head += [f"  {key}:", *(f"    {name}: {scalar(value)}" for name, value in sources[key].items())]
    return "\n".join([*head, *body]) + "\n"


def distinct(names: Iterable[str]) -> list[str]:
    """Names that differ by more than case, spaces, underscores and dashes."""
    return list({re.sub(r"[ _-]", "", name).lower(): name for name in reversed(list(names))}.values())[::-1]


def wrapped(start: str, items: Iterable[str]) -> list[str]:
    """A flow list on lines of at most 130 characters."""
    lines = [start]
    for item in items:
        if len(lines[-1]) + len(item) > 126:
            lines.append("  ")
        lines[-1] += f"{item}, "
    return [*(line.rstrip() for line in lines[:-1]), lines[-1].removesuffix(", ") + "]"]


def fact_lines(name: str, fact: Fact, indent: str) -> list[str]:
    """One fact in flow style, or in block style where the line would be long."""
    value = f"[{', '.join(fact.value)}]" if isinstance(fact.value, list) else scalar(fact.value)
    keys = fact.keys[0] if len(fact.keys) == 1 else f"[{', '.join(fact.keys)}]"
    parts = {"value": value, "source": keys} | ({"note": scalar(fact.note, flow=True)} if fact.note else {})
    line = f"{indent}{name}: {{{', '.join(f'{key}: {text}' for key, text in parts.items())}}}"
    if len(line) <= 130:
        return [line]
    return [f"{indent}{name}:", *(f"{indent}  {key}: {text}" for key, text in parts.items())]


def scalar(value: object, flow: bool = False) -> str:
    """A plain YAML scalar where that is safe, else a quoted one."""
    text = str(value)
    if isinstance(value, int | date) or text == RETRIEVED:
        return text
    plain = re.fullmatch(r"[A-Za-z][\w .@/()+:-]*" if not flow else r"[A-Za-z][\w .@/()+-]*", text)
    if plain and ": " not in text and not text.endswith((":", " ")) and text.lower() not in ("yes", "no", "on", "off"):
        return text
    return json.dumps(text, ensure_ascii=False)


def save(path: Path, text: str, force: bool) -> bool:
    """Write a file under a first line with its digest, unless it was made or changed by hand."""
    mark = "# compiled by tools/compile_api_models.py, "
    if path.exists() and not force:
        first, _, rest = path.read_text().partition("\n")
        if first != mark + digest(rest):
            print(f"{path}: left alone, it was not written by this script or was edited since", file=sys.stderr)
            return False
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"{mark}{digest(text)}\n{text}")
    return True


def digest(text: str) -> str:
    """Twelve characters that tell whether a text was changed."""
    return hashlib.sha256(text.encode()).hexdigest()[:12]


def options() -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--models-dev", type=Path, required=True, help="git directory of models.dev")
    parser.add_argument("--mistral-docs", type=Path, required=True, help="git directory of platform-docs-public")
    parser.add_argument("--packages", type=Path, required=True, help="site-packages with the langchain packages")
    parser.add_argument("--litellm", action="append", required=True, metavar="VERSION=FILE", help="newest first")
    parser.add_argument("--data", type=Path, required=True, help="folder of the CSV tables")
    parser.add_argument("--output", type=Path, required=True, help="folder of the models")
    parser.add_argument("--only", default="", help="compile ids that begin so")
    parser.add_argument("--force", action="store_true", help="overwrite files that were edited")
    return parser.parse_args()


def main() -> None:
    """Compile every chosen model."""
    chosen = options()
    folders = (chosen.models_dev, chosen.mistral_docs, chosen.packages)
    litellm = {version: Path(path) for version, _, path in (item.partition("=") for item in chosen.litellm)}
    inputs = Inputs(*folders, litellm, chosen.data)
    with (HERE / "api_sources.csv").open(newline="") as file:
        more = {row.pop("key"): {**row, "retrieved": RETRIEVED} for row in csv.DictReader(file)}
    with (HERE / "api_models.csv").open(newline="") as file:
        choices = [row for row in csv.DictReader(file) if row["id"].startswith(chosen.only)]
    texts = {choice["id"]: compile_model(inputs, choice, more) for choice in choices}
    count = sum(save(chosen.output / f"{name}.yaml", text, chosen.force) for name, text in texts.items() if text)
    print(f"{count} files written")


if __name__ == "__main__":
    main()
