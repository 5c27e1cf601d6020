"""Where a recommended model runs: behind its name, and in the cell of a table."""

from llmselect.render.format.wrap import NO_BREAK
from llmselect.render.phrases import Phrases
from llmselect.results.recommendation import RecommendedModel


def place(row: RecommendedModel, say: Phrases) -> str:
    """Behind the model's name: `at deepinfra, high effort`, `on a rented L40S 48 GB (q8, vllm), no thinking`."""
    effort = f"{say.comma}{effort_text(row.effort, say)}" if row.effort else ""
    if row.deployment != "self-host":
        return say("place_host", host=host_text(row, say)) + effort
    if row.hardware is None:
        return say("place_self", runtime=row.runtime) + effort
    level = say("as_released") if row.quantization == "none" else row.quantization
    count, _, device = row.hardware.partition(" x ")
    key = ("place_rented" if count == "1" else "place_rented_several") if row.rented else "place_machine"
    hardware = device if count == "1" else f"{count}{NO_BREAK}x{NO_BREAK}{device}"
    return say(key, hardware=hardware, count=count, device=device, level=level, runtime=row.runtime) + effort


def host_text(row: RecommendedModel, say: Phrases) -> str:
    """The host, and the region of an offering that differs by it."""
    return say("in_region", host=row.host, region=row.region) if row.region else row.host


def effort_text(effort: str, say: Phrases) -> str:
    """How much a model thinks: `high effort`, or `no thinking`."""
    return say("effort_none") if effort == "none" else say("effort", effort=effort)


def short_place(row: RecommendedModel, say: Phrases, *, device: bool = True) -> str:
    """The same in a cell: `openai EU, high`, `here, q4`, `rented L40S, q8`; without `device` only `rented, q8`."""
    parts = [f"{row.host} {row.region}" if row.region else row.host]
    if row.deployment == "self-host":
        parts = [_machine(row, say, device)]
        parts += [row.quantization] if row.quantization not in (None, "none") else []
    if row.effort:
        parts.append(say("effort_none") if row.effort == "none" else row.effort)
    return say.comma.join(parts)


def _machine(row: RecommendedModel, say: Phrases, device: bool) -> str:
    if not row.rented:
        return say("here")
    if not device or row.hardware is None:
        return say("rented")
    count, _, name = row.hardware.partition(" x ")
    words = name.split(" ")
    name = " ".join(words[:-2] if words[-1] == "GB" and len(words) > 2 else words)  # the amount of memory can go
    return f"{say('rented')} {name if count == '1' else f'{count}{NO_BREAK}x{NO_BREAK}{name}'}"
