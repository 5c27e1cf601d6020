"""`llmselect catalog fit`: computes abilities.yaml from a catalogue's scores; fit.py has the numerics."""

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, get_args

from llmselect.catalog.abilities.gaps import gaps
from llmselect.catalog.abilities.languages import language_tests
from llmselect.catalog.abilities.readings import Reading, readings
from llmselect.catalog.abilities.scale import AbilitiesFile
from llmselect.catalog.checks.files import Files, read_files
from llmselect.catalog.schema import BenchmarksFile, Model, ScoresFile
from llmselect.catalog.words import Skill
from llmselect.errors import Exit, LlmselectError

if TYPE_CHECKING:
    from llmselect.catalog.abilities.fit_layout import FittedScale

SKILLS: tuple[str, ...] = get_args(Skill)
# The reference test of each skill; if it is not in the catalogue, the skill's most frequent test.
LIVEBENCH = "livebench-2026-06-25"
ANALYSIS = "artificial-analysis-2026-07"
REFERENCES = {
    "reasoning": f"livebench-reasoning@{LIVEBENCH}",
    "coding": f"livebench-coding@{LIVEBENCH}",
    "agentic-coding": f"livebench-agentic-coding@{LIVEBENCH}",
    "mathematics": f"livebench-mathematics@{LIVEBENCH}",
    "data-analysis": f"livebench-data-analysis@{LIVEBENCH}",
    "wordplay": f"livebench-language@{LIVEBENCH}",
    "instruction-following": f"livebench-if@{LIVEBENCH}",
    "knowledge": "gpqa-diamond@epoch",
    "preference": "lmarena-text@lmarena-text-2025-12",
    "factuality": "faithful-summaries@vectara-2026-03",
    "multilingual": f"global-mmlu-lite@{ANALYSIS}",
    "vision": f"mmmu-pro@{ANALYSIS}",
    "long-context": f"aa-lcr@{ANALYSIS}",
    "tool-use": f"tau2-bench@{ANALYSIS}",
    "translation": "wmt25-xcomet@wmt25",
}
FILE = "abilities.yaml"
ROUNDING = 0.003
HEAD = """\
# Written by `llmselect catalog fit` from the scores of models/ and scores/: see docs/catalog.md. Not for editing.
"""


def fit_catalog(directory: Path) -> str:
    """The text of a catalogue's abilities.yaml, fitted from its scores; deterministic.

    Raises LlmselectError `missing-package` if numpy is not installed, `invalid-catalog` if a file with scores cannot be
    read.
    """
    try:
        import numpy  # noqa: F401
    except ImportError as error:
        hint = "pip install 'llmselect[fit]'"
        raise LlmselectError("missing-package", "fitting abilities needs numpy", hint, Exit.MISSING) from error
    files = read_files(directory)
    bad = [fault for fault in files.faults if fault.code != "missing-file" and not fault.file.endswith(FILE)]
    if bad:
        message = f"{bad[0].file}:{bad[0].line}: {bad[0].message}"
        raise LlmselectError("invalid-catalog", message, "run `llmselect catalog check`", Exit.INVALID_CATALOG)
    models = [model for _, model in files.of(Model)]
    scale = fit_scale(catalog_readings(files), models)
    tables = next((record for _, record in files.of(BenchmarksFile)), None)
    if tables is not None:
        scale = scale.model_copy(update={"languages": language_tests(scale, models, tables)})
    return scale_yaml(scale)


def is_current(path: Path, text: str) -> bool:
    """Whether a file agrees with a new fit, up to rounding differences between processors."""
    import re

    try:
        before = path.read_text(encoding="utf-8")
    except OSError:
        return False
    number = re.compile(r"-?\d+\.\d+(?:e-?\d+)?")
    if number.sub("#", before).replace("-#", "#") != number.sub("#", text).replace("-#", "#"):
        return before == text
    pairs = zip(number.findall(before), number.findall(text), strict=True)
    return all(abs(float(a) - float(b)) <= ROUNDING for a, b in pairs)


def catalog_readings(files: Files) -> list[Reading]:
    """All readings of a catalogue's files, in an order independent of the files' order."""
    tables = next((record for _, record in files.of(BenchmarksFile)), None)
    if tables is None:
        return []
    models = [record for _, record in sorted(files.of(Model), key=lambda row: row[0])]
    extra = [record for _, record in sorted(files.of(ScoresFile), key=lambda row: row[0])]
    return sorted(readings(models, extra, tables))


def fit_scale(rows: Sequence[Reading], models: Iterable[Model]) -> AbilitiesFile:
    """The scale fitted to some readings."""
    from llmselect.catalog.abilities.fit import fit
    from llmselect.catalog.abilities.fit_layout import make_layout

    if not rows:
        return AbilitiesFile()
    skills = [skill for skill in SKILLS if any(row.skill == skill for row in rows)]
    fitted = fit(make_layout(rows, skills))
    abilities = _abilities(fitted, rows)
    plain: dict[str, Any] = {
        "skills": tuple(skills),
        "reference": {skill: _reference(skill, rows) for skill in skills},
        "likeness": fitted.priors.likeness,
        "spread": tuple(_rounded(row) for row in fitted.spread),
        "tests": _tests(fitted),
        "models": abilities,
    }
    scale = AbilitiesFile.model_validate(plain)
    return scale.model_copy(update={"gaps": gaps(scale, models)})


def _reference(skill: str, rows: Sequence[Reading]) -> str:
    counts: dict[str, int] = {}
    for row in rows:
        if row.skill == skill:
            counts[row.test] = counts.get(row.test, 0) + 1
    wanted = REFERENCES.get(skill, "")
    return wanted if wanted in counts else min(counts, key=lambda test: (-counts[test], test))


def _rounded(values: Iterable[float]) -> tuple[float, ...]:
    return tuple(round(float(value), 3) for value in values)


def _tests(fitted: "FittedScale") -> dict[str, dict[str, float]]:
    found = {}
    counts = [0] * len(fitted.layout.tests)
    for test in fitted.layout.test:
        counts[test] += 1
    for j, name in enumerate(fitted.layout.tests):
        slope = float(fitted.slope[j])
        found[name] = {
            "a": round(slope, 3),
            "b": round(-float(fitted.offset[j]) / slope, 3),
            "noise": round(float(fitted.scatter[j]) ** 0.5, 3),
            "subjects": counts[j],
        }
    return found


def _abilities(fitted: "FittedScale", rows: Sequence[Reading]) -> dict[str, dict[str, Any]]:
    """Levels and errors of the catalogue's models, without the subjects that only link tests."""
    from llmselect.catalog.abilities.fit_predict import error_factors

    tests: dict[tuple[str, str], list[bool]] = {}
    for row in rows:
        tests.setdefault((row.model, row.effort), []).append(row.independent)
    wide, found = error_factors(fitted), {}  # type: Any, dict[str, dict[str, Any]]
    for i, (model, effort) in enumerate(fitted.layout.subjects):
        if model.startswith("~"):
            continue
        kinds = tests[model, effort]
        found.setdefault(model, {})[effort] = {
            "level": _rounded(fitted.level[i]),
            "error": _rounded(fitted.variance[i] ** 0.5 * wide[i]),
            "tests": len(kinds),
            "independent": sum(kinds),
        }
    return found


def scale_yaml(scale: AbilitiesFile) -> str:
    """A scale as the text of abilities.yaml."""
    lines = [HEAD.rstrip(), f"skills: [{', '.join(scale.skills)}]", "reference:"]
    lines += [f"  {skill}: {test}" for skill, test in scale.reference.items()]
    lines += [f"likeness: {scale.likeness}", "spread:"]
    lines += [f"  - {_numbers(row)}" for row in scale.spread]
    lines += ["tests:" if scale.tests else "tests: {}"]
    for name, test in scale.tests.items():
        lines.append(
            f"  {name}: {{a: {test.a:.3f}, b: {test.b:.3f}, noise: {test.noise:.3f}, subjects: {test.subjects}}}"
        )
    lines.append("gaps:" if scale.gaps else "gaps: {}")
    for name, gap in scale.gaps.items():
        lines += [f"  {name}:", f"    mean: {_numbers(gap.mean)}", f"    spread: {_numbers(gap.spread)}"]
        lines.append(f"    successions: {gap.successions}")
    lines.append("languages:" if scale.languages else "languages: {}")
    for name, language in scale.languages.items():
        shape = f"a: {language.a:.3f}, b: {language.b:.3f}, spread: {language.spread:.3f}, left: {language.left:.3f}"
        lines += [f"  {name}:", f"    skill: {language.skill}", *(f"    {part}" for part in shape.split(", "))]
        lines.append("    deviations:" if language.deviations else "    deviations: {}")
        lines += [f"      {model}: {deviation:.3f}" for model, deviation in language.deviations.items()]
    lines.append("models:" if scale.models else "models: {}")
    for name, efforts in scale.models.items():
        lines.append(f"  {name}:")
        for effort, row in efforts.items():
            lines.append(f"    {effort}: {{level: {_numbers(row.level)},")
            lines.append(f"      error: {_numbers(row.error)}, tests: {row.tests}, independent: {row.independent}}}")
    return "\n".join(lines) + "\n"


def _numbers(values: Iterable[float]) -> str:
    return f"[{', '.join(f'{value:.3f}' for value in values)}]"
