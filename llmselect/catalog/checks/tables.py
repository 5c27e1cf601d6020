"""Rules for the tables: licences, hardware, quantisations, speed, tasks, abilities and the source document."""

import itertools
from collections.abc import Iterator

from llmselect.catalog.checks.files import Fault, Files
from llmselect.catalog.checks.hosts import dates, overlaps
from llmselect.catalog.checks.models import unknown
from llmselect.catalog.reader import NodePath
from llmselect.catalog.schema import (
    AbilitiesFile,
    Anchors,
    Document,
    DocumentRule,
    HardwareFile,
    LicensesFile,
    QualityLoss,
    Quantization,
    QuantizationsFile,
    SpeedFile,
    TasksFile,
    ThinkingFile,
)
from llmselect.errors import fold

WEIGHTS_TOLERANCE = 0.001
LEAST_ABOVE_AMPLE = 0.18  # a little over (1 - AMPLE_UTILITY) / AMPLE_UTILITY, at which the curve would be straight
# The source document's four questions and the answers it knows.
QUESTIONS: dict[str, tuple[str, ...]] = {
    "task": ("conversation", "content-generation", "qa", "reasoning"),
    "compute": ("high", "medium", "low"),
    "response_time": ("real-time", "batch"),
    "domain": ("general", "specific"),
}


def spdx(files: Files) -> Iterator[Fault]:
    """Licence ids are SPDX expressions."""
    from packaging.licenses import InvalidLicenseExpression, canonicalize_license_expression

    for file, table in files.of(LicensesFile):
        for name, row in table.licenses.items():
            if row.spdx is None:
                continue
            path: NodePath = ("licenses", name, "spdx")
            try:
                proper = str(canonicalize_license_expression(row.spdx))
            except InvalidLicenseExpression:
                hint = "take one from the SPDX list, or write LicenseRef- and a name"
                yield files.fault(file, path, "spdx", f"{row.spdx!r} is no SPDX licence expression", hint)
                continue
            if proper != row.spdx:
                message = f"{row.spdx!r} is not spelled as SPDX does"
                yield files.fault(file, path, "spdx", message, f"write {proper}")


def devices(files: Files) -> Iterator[Fault]:
    """A device's aliases are unique, and FP8 is at least as fast as FP16."""
    for file, table in files.of(HardwareFile):
        owners = {fold(name): name for name in table.devices}
        for name, device in table.devices.items():
            at: NodePath = ("devices", name)
            for index, alias in enumerate(device.aliases):
                owner = owners.setdefault(fold(alias), name)
                if owner != name:
                    message = f"the alias {alias!r} already stands for {owner}"
                    yield files.fault(file, (*at, "aliases", index), "duplicate-alias", message)
            if device.fp8_tflops and device.fp16_tflops and device.fp8_tflops < device.fp16_tflops:
                message = f"FP8 at {device.fp8_tflops:g} TFLOP/s is slower than FP16 at {device.fp16_tflops:g}"
                hint = "one of them may be a rate with sparsity; rates are dense here"
                yield files.fault(file, (*at, "fp8_tflops"), "fp8-rate", message, hint)


def machines(files: Files) -> Iterator[Fault]:
    """Presets and rentals name known devices; rentals do not overlap in time."""
    for file, table in files.of(HardwareFile):
        known = set(table.devices)
        for tier, preset in table.presets.items():
            yield from unknown(files, (file, ("presets", tier, "device")), "device", preset.device, known)
        for index, rental in enumerate(table.rentals):
            yield from unknown(files, (file, ("rentals", index, "device")), "device", rental.device, known)
            yield from dates(files, file, ("rentals", index), rental)
        rows = [(rental, (rental.device, rental.provider, rental.gpus)) for rental in table.rentals]
        yield from overlaps(files, file, ("rentals",), "overlapping-rentals", rows)


def quantizations(files: Files) -> Iterator[Fault]:
    """Levels have distinct orders, and a coarser level never has more bits or a smaller loss."""
    for file, table in files.of(QuantizationsFile):
        levels = sorted(table.quantizations.items(), key=lambda item: item[1].order)
        for name, level in levels:
            yield from _loss_sizes(files, file, name, level)
        for (finer_name, finer), (name, level) in itertools.pairwise(levels):
            if level.order == finer.order:
                message = f"{name} has the same order as {finer_name}"
                yield files.fault(file, ("quantizations", name, "order"), "quantization-order", message)
            yield from _coarser_than(files, file, name, level, finer)
        yield from _artifact_bits(files, file, levels)


def _artifact_bits(files: Files, file: str, levels: list[tuple[str, Quantization]]) -> Iterator[Fault]:
    """For each runtime, no level has more bits per weight than a finer one."""
    finest: dict[str, tuple[float, str]] = {}
    for name, level in levels:
        for runtime, artifact in level.artifacts.items():
            bits, finer_name = finest.get(runtime, (artifact.bits_per_weight, name))
            if artifact.bits_per_weight > bits:
                message = f"{artifact.bits_per_weight:g} bits per weight, more than the {bits:g} of {finer_name}"
                path = ("quantizations", name, "artifacts", runtime, "bits_per_weight")
                yield files.fault(file, path, "quantization-bits", message, "a coarser level cannot have more bits")
            finest[runtime] = (artifact.bits_per_weight, name)


def _loss_sizes(files: Files, file: str, name: str, level: Quantization) -> Iterator[Fault]:
    """A level's losses cover all model sizes in increasing order, and larger models never lose more."""
    sizes = [loss.up_to_billion for loss in level.losses]
    at: NodePath = ("quantizations", name, "losses")
    numbers = [size for size in sizes[:-1] if size is not None]
    if not sizes or sizes[-1] is not None or len(numbers) != len(sizes) - 1 or numbers != sorted(set(numbers)):
        message = "`up_to_billion` must rise from row to row and end with null"
        yield files.fault(file, at, "loss-sizes", message, key=True)
        return
    for index, (smaller, larger) in enumerate(itertools.pairwise(level.losses), start=1):
        if larger.value > smaller.value:
            message = f"larger models lose {larger.value:g} %, more than the {smaller.value:g} % of smaller ones"
            yield files.fault(file, (*at, index, "value"), "loss-order", message)


def _coarser_than(files: Files, file: str, name: str, level: Quantization, finer: Quantization) -> Iterator[Fault]:
    for index, loss in enumerate(level.losses):
        other = _loss_at(finer, loss.up_to_billion)
        if other and other.value > loss.value:
            message = f"loses {loss.value:g} %, less than the {other.value:g} % of the finer level {finer.name}"
            yield files.fault(file, ("quantizations", name, "losses", index, "value"), "loss-order", message)


def _loss_at(level: Quantization, billion: float | None) -> QualityLoss | None:
    """The row for models with this many billion parameters; None means the largest models."""
    size = float("inf") if billion is None else billion
    return next((loss for loss in level.losses if loss.up_to_billion is None or size <= loss.up_to_billion), None)


def speeds(files: Files) -> Iterator[Fault]:
    """Speed constants name known levels, appear once per case, and every case has a row for all levels."""
    levels = files.names("quantizations.yaml", "quantizations")
    for file, table in files.of(SpeedFile):
        seen: set[tuple[str, str, bool, str]] = set()
        for index, fit in enumerate(table.fits):
            case = (fit.runtime, fit.kind, fit.mixture)
            for level in fit.levels:
                where = (file, ("fits", index, "levels"))
                yield from unknown(files, where, "quantization", level, levels)
            for level in fit.levels or ("",):
                if (*case, level) in seen:
                    message = f"{fit.runtime} on {fit.kind} has these constants twice"
                    yield files.fault(file, ("fits", index), "duplicate-speed", message)
                seen.add((*case, level))
        for runtime, kind, mixture, _ in sorted(seen):
            if (runtime, kind, mixture, "") not in seen:
                message = f"{runtime} on {kind} has constants for some levels only"
                yield files.fault(file, ("fits",), "speed-levels", message, "add a row without `levels`", key=True)


def tasks(files: Files) -> Iterator[Fault]:
    """Weights and skills are not negative and sum to 1, anchors are ordered, and scales are valid."""
    for file, table in files.of(TasksFile):
        for name, task in table.tasks.items():
            at: NodePath = ("tasks", name)
            if abs(sum(task.skills.values()) - 1) > WEIGHTS_TOLERANCE or min(task.skills.values()) < 0:
                message = f"the skills add up to {sum(task.skills.values()):g}, not to 1"
                yield files.fault(file, (*at, "skills"), "skills-sum", message, key=True)
            for criterion, weight in task.weights.items():
                if weight < 0:
                    message = f"the weight of {criterion} is negative"
                    yield files.fault(file, (*at, "weights", criterion), "weight-negative", message)
            total = sum(task.weights.values())
            if abs(total - 1) > WEIGHTS_TOLERANCE:
                message = f"the weights add up to {total:g}, not to 1"
                yield files.fault(file, (*at, "weights"), "weights-sum", message, key=True)
            yield from _anchors(files, file, name, task.anchors)
        for scale_name, scale in table.scales.items():
            if scale.worst == scale.best or (scale.log and min(scale.worst, scale.best) <= 0):
                message = "worst and best must differ, and both be positive on a logarithmic scale"
                yield files.fault(file, ("scales", scale_name), "scale-range", message, key=True)


def _anchors(files: Files, file: str, task: str, anchors: Anchors) -> Iterator[Fault]:
    """Insufficient, ample and excellent rise, and a point above ample is worth less than one below."""
    for lower, upper in (("insufficient", "ample"), ("ample", "excellent")):
        low, high = getattr(anchors, lower), getattr(anchors, upper)
        if low >= high:
            message = f"{lower} ({low:g}) must be below {upper} ({high:g})"
            yield files.fault(file, ("tasks", task, "anchors", lower), "anchor-order", message)
    least = anchors.ample + LEAST_ABOVE_AMPLE * (anchors.ample - anchors.insufficient)
    if anchors.ample < anchors.excellent < least:
        message = f"excellent ({anchors.excellent:g}) must be {least:.4g} or more, or more than ample is worth more"
        yield files.fault(file, ("tasks", task, "anchors", "excellent"), "anchors-concave", message)


def abilities(files: Files) -> Iterator[Fault]:
    """The scale names known models and tests; `catalog fit --check` tests whether it follows from the scores."""
    benchmarks, harnesses = (files.names("benchmarks.yaml", name) for name in ("benchmarks", "harnesses"))
    for file, scale in files.of(AbilitiesFile):
        for test in scale.tests:
            benchmark, _, harness = test.partition("@")
            where = (file, ("tests", test))
            yield from unknown(files, where, "benchmark", benchmark, benchmarks)
            yield from unknown(files, where, "harness", harness, (harnesses or set()) | {"vendors"})
        for model in scale.models:
            yield from unknown(files, (file, ("models", model)), "model", model, files.model_ids())


def thinking(files: Files) -> Iterator[Fault]:
    """What thinks is a model of the catalogue."""
    for file, table in files.of(ThinkingFile):
        for model in table.tokens:
            yield from unknown(files, (file, ("tokens", model)), "model", model, files.model_ids())


def document_tree(files: Files) -> Iterator[Fault]:
    """The document's rules answer every combination of its questions, and each rule is reachable."""
    for file, document in files.of(Document):
        left = [dict(zip(QUESTIONS, values, strict=True)) for values in itertools.product(*QUESTIONS.values())]
        for index, rule in enumerate(document.rules):
            yield from _rule_words(files, file, ("rules", index), rule)
            answered = [combination for combination in left if _holds(rule, combination)]
            if not answered:
                message = "no combination reaches this rule: earlier ones answer all that it names"
                yield files.fault(file, ("rules", index), "unreachable-rule", message)
            left = [combination for combination in left if combination not in answered]
        if left:
            example = ", ".join(left[0].values())
            message = f"{len(left)} combinations have no answer, such as {example}"
            yield files.fault(file, ("rules",), "unanswered-combination", message, key=True)


def _rule_words(files: Files, file: str, at: NodePath, rule: DocumentRule) -> Iterator[Fault]:
    for question, values in rule.when.items():
        for index, value in enumerate(values):
            where = (file, (*at, "when", question, index))
            yield from unknown(files, where, "answer", value, set(QUESTIONS[question]))
    if rule.model is not None:
        yield from unknown(files, (file, (*at, "model")), "model", rule.model, files.model_ids())


def _holds(rule: DocumentRule, combination: dict[str, str]) -> bool:
    return all(combination[question] in values for question, values in rule.when.items())


def document_tables(files: Files) -> Iterator[Fault]:
    """The document's comparison tables name known models."""
    for file, document in files.of(Document):
        for name, table in document.tables.items():
            for subject, models in table.subjects.items():
                for index, model in enumerate(models):
                    where = (file, ("tables", name, "subjects", subject, index))
                    yield from unknown(files, where, "model", model, files.model_ids())


def document_words(files: Files) -> Iterator[Fault]:
    """Claims name known models; expansions name the document's answers, known presets and known tasks."""
    known_tasks, presets = files.names("tasks.yaml", "tasks"), files.names("hardware.yaml", "presets")
    for file, document in files.of(Document):
        for index, claim in enumerate(document.claims):
            for number, model in enumerate(claim.models):
                where = (file, ("claims", index, "models", number))
                yield from unknown(files, where, "model", model, files.model_ids())
        seen: set[tuple[str, str]] = set()
        for index, expansion in enumerate(document.expansions):
            at: NodePath = ("expansions", index, "value")
            yield from unknown(files, (file, at), "answer", expansion.value, set(QUESTIONS[expansion.question]))
            named = {"task": known_tasks, "compute": presets}.get(expansion.question)
            if expansion.value in QUESTIONS[expansion.question]:
                kind = "preset" if expansion.question == "compute" else expansion.question
                yield from unknown(files, (file, at), kind, expansion.value, named)
            if (expansion.question, expansion.value) in seen:
                message = f"{expansion.question} {expansion.value} is expanded twice"
                yield files.fault(file, at, "duplicate-expansion", message)
            seen.add((expansion.question, expansion.value))


RULES = (
    spdx, devices, machines, quantizations, speeds, tasks, abilities, thinking, document_tree, document_tables,
    document_words,
)  # fmt: skip
