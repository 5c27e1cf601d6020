"""`llmselect estimate`: how fast one model is on one machine, with the arithmetic."""

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from llmselect.catalog.names.runtimes import RUNTIMES
from llmselect.cli.framework.command import REQUEST_SIDE_EFFECTS, Argument, Command, Ending
from llmselect.cli.framework.completion import model_ids
from llmselect.cli.framework.flags import FIELDS, OUTPUT, OUTPUTS, Flag
from llmselect.cli.framework.output import check_output, chosen_format, finish
from llmselect.errors import Exit, LlmselectError

if TYPE_CHECKING:
    from llmselect.catalog.schema import Catalog, Model
    from llmselect.engine.machine.machines import Machine
    from llmselect.results.estimate import Estimate

LEVELS = ("none", "q8", "q6", "q5", "q4", "q3", "q2")
OWN = "A model that is not in the catalogue"
HOW = "How it runs"
MACHINE = "The machine"
REQUEST = "The request"
_OURS: dict[str, dict[str, Any]] = {
    "hardware": {"group": MACHINE},
    "gpu": {"group": MACHINE},
    "compute": {"group": MACHINE},
    **{name: {"group": MACHINE} for name in ("gpus", "vram", "ram", "bandwidth", "usable_memory_share")},
    "prompt_tokens": {"group": REQUEST, "default": "what fills the context, or as in a conversation"},
    "output_tokens": {"group": REQUEST, "default": "as in a conversation"},
    "context_tokens": {
        "group": REQUEST,
        "help": "Tokens in the context when the answer ends; --prompt-tokens says how many of them are read anew.",
        "default": "prompt and answer",
    },
    "concurrency": {"group": REQUEST, "help": "Requests at the same time, all alike."},
}
FLAGS: tuple[Flag, ...] = (
    Flag("runtime", HOW, "What runs it.", "|".join(RUNTIMES), "vllm on data-centre GPUs, else llama.cpp"),
    Flag("quantization", HOW, "Level of the weights; none is as released.", "|".join(LEVELS),
         "q4 with llama.cpp, else none"),
    Flag("tensor_parallel", HOW,
         "GPUs that share every layer (vllm); of more GPUs than that, groups share the requests.", "N", "all GPUs"),
    *(flag._replace(**_OURS[flag.name]) for flag in FIELDS if flag.name in _OURS),
    Flag("config", OWN, "Its config.json, as Hugging Face has it.", "FILE"),
    Flag("gguf", OWN, "Its GGUF file; only the header is read.", "FILE"),
    Flag("params", OWN, "Its number of weights, such as 8B; a usual shape is assumed.", "N"),
    Flag("active_params", OWN, "Weights that one token uses, of a mixture of experts.", "N", "all"),
    *(flag for flag in OUTPUTS if flag.name in ("no_config", "format", "json", "output")),
    Flag("explain", OUTPUT, "Adds the arithmetic step by step and all sources.", kind="switch"),
)  # fmt: skip
_ARGUMENT = Argument("model", "Id, name or alias of a model.", required=False, complete=model_ids)
_ENDING = Ending(
    (
        "llmselect estimate qwen3-30b-a3b --gpu h100 --concurrency 16",
        "llmselect estimate --params 8B --hardware rtx-4090 --quantization q4 --context-tokens 16k",
    ),
    REQUEST_SIDE_EFFECTS,
    (0, 2, 3, 4, 5),
    {3: "3 it does not fit in memory"},
)


def estimate(**given: Any) -> Exit:
    """Estimates decoding speed, time to the first token and memory, step by step, as 90 % intervals.

    Where this machine was probed or the model measured on it, that goes before the catalogue's constants.
    """
    form = chosen_format(given["format"], given["json"])
    path = check_output(given["output"])
    answer = _answer(given)
    return finish(lambda form: _text(answer, form, path is not None, given["explain"]), form, path, answer.memory.fits)


def _answer(given: dict[str, Any]) -> "Estimate":
    from llmselect.catalog.load import open_catalog
    from llmselect.catalog.names.quantizations import level_of
    from llmselect.cli.framework.inputs import detected, requirements
    from llmselect.cli.speed.own_model import own_model
    from llmselect.engine.facts import Facts
    from llmselect.engine.machine.machines import machine_of
    from llmselect.engine.single import single

    level, typed = single.chosen_level(given["quantization"]), given["quantization"]
    own = own_model(given)
    needs, facts = requirements({**given, "quantization": None}), Facts(open_catalog())
    model, format = (own.model, None) if own else _catalog_model(facts.catalog, given["model"])
    machine = machine_of(needs, facts.hardware, detected(needs))
    runtime = single.chosen_runtime(given["runtime"], machine)
    machine, groups = _grouped(given["tensor_parallel"], machine, runtime)
    usual = single.DEFAULT_LEVEL[runtime] if own is None or own.artifact is None else "none"
    level, typed = level or level_of(format or "") or usual, typed or format
    placed = single.Placed(needs, machine, level, runtime, groups, typed)
    if own is None:
        return single.estimate_single(facts, model.id, placed)
    return single.estimate_described(facts, own.model, placed, own.artifact)


def _catalog_model(catalog: "Catalog", name: str | None) -> "tuple[Model, str | None]":
    """The model with a name and the weight format that the name implies, such as AWQ.

    Raises LlmselectError for a model whose weights or size are not published.
    """
    from llmselect.cli.framework.named import understood
    from llmselect.engine.single.single import with_open_weights

    if name is None:
        hint = "Name one of the catalogue, or give --config, --gguf or --params."
        raise LlmselectError("missing-argument", "no model is named", hint)
    found = understood(catalog, name)
    return with_open_weights(catalog.models[found.id]), found.quantization


def _grouped(text: str | None, machine: "Machine", runtime: str) -> "tuple[Machine, int]":
    """The machine of one tensor-parallel group of GPUs, and the number of groups that share the requests."""
    from llmselect.cli.framework.inputs import whole_number

    if text is None:
        return machine, 1
    together = whole_number("--tensor-parallel", text, 1)
    if together > 1 and runtime != "vllm":
        message = f"{runtime} runs layers one after the other: --tensor-parallel is for vllm"
        raise LlmselectError("bad-value", message, "Leave it out, or add --runtime vllm.")
    if together > machine.count and machine.count == 1:
        return replace(machine, count=together), 1
    if machine.count % together:
        message = f"--tensor-parallel {together} does not divide {machine.count} GPUs"
        raise LlmselectError("bad-value", message, "Give a divisor of --gpus.")
    if runtime != "vllm":
        return machine, 1
    return replace(machine, count=together), machine.count // together


def _text(answer: "Estimate", form: str, to_file: bool, explain: bool) -> str:
    if form == "json":
        from llmselect.render.format.json import envelope

        return envelope("estimate", "ok" if answer.memory.fits else "empty", answer.to_dict())
    if form == "csv":
        from llmselect.render.estimate import estimate_csv

        return estimate_csv(answer)
    from llmselect.cli.recommend import surface
    from llmselect.render.estimate import estimate_blocks, estimate_screen
    from llmselect.render.format.text import text

    width, terminal = surface(to_file)
    blocks = estimate_blocks(answer) if explain or form != "table" else estimate_screen(answer, width)
    return text(blocks, form, width, terminal)


COMMAND = Command(estimate, FLAGS, _ENDING, _ARGUMENT)
