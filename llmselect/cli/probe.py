"""`llmselect probe`: measures this machine with small models, and keeps, shows and forgets own speeds."""

from typing import TYPE_CHECKING, Any

from llmselect.cli.framework.command import Command, Ending
from llmselect.cli.framework.flags import Flag
from llmselect.cli.framework.output import check_output, chosen_format, emit
from llmselect.cli.show import FORMAT, FORMATS, JSON, OUTPUT
from llmselect.errors import Exit, LlmselectError, unknown_name

if TYPE_CHECKING:
    from collections.abc import Iterable

    from llmselect.probe.probers import ProbeOptions
    from llmselect.render.format.blocks import Block

WHAT, IMPORT, KEPT = "What to time", "Results of other programs", "What is kept"
FLAGS = (
    Flag("quick", WHAT, "Under 10 seconds: dense models only.", kind="switch"),
    Flag("thorough", WHAT, "Minutes: every quantization.", kind="switch"),
    Flag("quantization", WHAT, "For llama.cpp: a level such as q4, or a file's kind such as Q4_K_M.", "Q", "Q4_K_M"),
    Flag("device", WHAT, "Where torch computes.", "cpu|cuda|mps|auto", "auto"),
    Flag("runtime", WHAT, "Times this one (repeatable).", "llama.cpp|torch", "those that are installed", "list"),
    Flag("threads", WHAT, "Threads of llama.cpp.", "N", "one for each core"),
    Flag("keep_contended", WHAT, "Keeps results although something else kept the machine busy.", kind="switch"),
    Flag("import_", IMPORT,
         "Adds what llama-bench -o json, vllm bench serve --save-result or GuideLLM measured on this machine.", "FILE"),
    Flag("model", IMPORT, "The model's id or name in the catalogue, where the file calls it something else.", "MODEL"),
    Flag("host", IMPORT, "The host's id in the catalogue, where it was not this machine.", "NAME", "self"),
    Flag("this_machine", IMPORT, "The file is of this machine, although it names another processor.", kind="switch"),
    Flag("list", KEPT, "Shows what is stored.", kind="switch"),
    Flag("forget", KEPT, "Removes what is stored of this machine, of --runtime, --quantization or --model alone where "
         "given.", kind="switch"),
    Flag("all", KEPT, "With --forget: of every machine and host.", kind="switch"),
    FORMAT,
    JSON,
    OUTPUT,
)  # fmt: skip
_ENDING = Ending(
    (
        "llmselect probe --quick",
        "llmselect probe --import llama-bench.json --model qwen3-8b",
        "llmselect probe --list",
    ),
    "Computes at full speed for half a minute; writes files of random weights into the temporary folder and removes "
    "them; stores the results in your data folder. No network.",
    (0, 2, 4, 5),
)


def probe(**given: Any) -> Exit:
    """Measures how fast this machine runs language models, with small ones made of random weights.

    Answers for this machine (--hardware auto) rest on what it finds. Nothing is downloaded.
    """
    form = chosen_format(given["format"], given["json"], FORMATS)
    path = check_output(given["output"])
    report, blocks = _done(given)
    emit(_text(report, blocks, form, to_file=path is not None), path)
    return Exit.DONE


def _done(given: dict[str, Any]) -> "tuple[Any, Iterable[Block]]":
    """What was asked for, done: its record and its text."""
    asked = [f"--{name.rstrip('_')}" for name in ("import_", "list", "forget") if given[name]]
    if len(asked) > 1:
        raise LlmselectError("bad-value", f"{asked[0]} and {asked[1]} are two different things", "Give one of them.")
    if given["all"] and not given["forget"]:
        raise LlmselectError("missing-flag", "--all goes with --forget", "Leave it out, or add --forget.")
    if given["import_"]:
        from llmselect.cli.speed.imported import import_blocks, imported

        added = imported(given)
        return added, import_blocks(added)
    if given["list"] or given["forget"]:
        from llmselect.cli.speed.stored import forgotten, stored, stored_blocks

        left = forgotten(given) if given["forget"] else stored()
        return left, stored_blocks(left)
    from llmselect.cli.speed.probed import probe_blocks, probed

    found = probed(asked_of(given), tuple(given["runtime"] or ()), given["keep_contended"])
    return found, probe_blocks(found)


def asked_of(given: dict[str, Any]) -> "ProbeOptions":
    """What flags ask of the probes; raises LlmselectError for values that are none."""
    from llmselect.catalog.names.quantizations import find_level
    from llmselect.cli.framework.inputs import whole_number
    from llmselect.probe.probers import DEVICES, Depth, ProbeOptions

    if given["quick"] and given["thorough"]:
        raise LlmselectError("bad-value", "--quick and --thorough contradict each other", "Give one of them.")
    for name in ("model", "host", "this_machine"):
        if given[name]:
            flag = f"--{name.replace('_', '-')}"
            raise LlmselectError("missing-flag", f"{flag} is about results of other programs", "Add --import FILE.")
    device = given["device"] or "auto"
    if device not in DEVICES:
        raise unknown_name("device", device, DEVICES, f"--device may be {', '.join(DEVICES)}.")
    threads = None if given["threads"] is None else whole_number("--threads", given["threads"], 4)
    level = find_level(given["quantization"]) if given["quantization"] else None
    depth: Depth = "quick" if given["quick"] else "thorough" if given["thorough"] else "default"
    return ProbeOptions(depth, device, level, threads)


def _text(report: Any, blocks: "Iterable[Block]", form: str, to_file: bool) -> str:
    if form == "json":
        from llmselect.render.format.json import envelope

        return envelope("probe", "ok", report.to_dict())
    from llmselect.cli.recommend import surface
    from llmselect.render.format.text import text

    return text(blocks, form, *surface(to_file))


COMMAND = Command(probe, FLAGS, _ENDING)
