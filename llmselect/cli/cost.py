"""`llmselect cost`: what models cost at several volumes, where they break even, and what mixes of them cost."""

import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from llmselect.cli.framework.command import Argument, Command, Ending
from llmselect.cli.framework.completion import model_ids
from llmselect.cli.framework.flags import FIELDS, OUTPUTS, Flag
from llmselect.cli.framework.output import check_output, chosen_format, emit
from llmselect.cli.framework.streams import overwrite_line
from llmselect.definition import MOST
from llmselect.errors import Exit, LlmselectError

if TYPE_CHECKING:
    from llmselect.results.cost import CostPlan, LoggedBill

MIXES = "Hybrids"
_FIRST = ("requests_per_month", "requests_per_day", "task")
_NOT_ASKED = (
    "domain", "modality_in", "modality_out", "language", "needs", "optimize", "weight", "policy", "at_least",
    "min_score", "open_weights", "horizon_months",
)  # fmt: skip
_OWN = (
    Flag("usage", MOST,
         "Log of your requests (JSON lines or CSV: OpenAI-style usage objects, LiteLLM, Langfuse) in place of a "
         "workload; each request is billed at its own tier.", "FILE"),
    Flag("volumes", MOST, "Requests per month to show besides, such as 1k,100k,20M. Repeatable.", "N",
         "1k, 10k, 100k, 1M, 10M", "list"),
    Flag("api_share", MIXES, "Share of requests that a hybrid sends to the API.", "0...1", "0.2"),
    Flag("router_accuracy", MIXES,
         "How well your router finds the requests that need the API: 0 at random, 1 always.", "0...1", "0"),
)  # fmt: skip
_OUTPUT = tuple(flag for flag in OUTPUTS if flag.name in ("profile", "no_config", "format", "json", "output"))
_LIST = (
    Flag("top", "Output", "Options to list of each model.", "N", "4"),
    Flag("all_options", "Output", "Lists every option, at every provider and on every machine.", kind="switch"),
)
_ARGUMENT = Argument(
    "model", "Ids or names of models to compare. None with --usage: what the log cost, by its own models.",
    required=False, complete=model_ids, many=True, metavar="[MODELS]",
)  # fmt: skip
_OF_A_LOG = (
    *("usage", "host", "as_of", "requests_per_month", "requests_per_day", "cached_share", "batch_share"),
    *("peak_share", "profile", "no_config", "format", "json", "output"),
)
_ENDING = Ending(
    (
        "llmselect cost gpt-5-mini qwen3-8b --requests-per-month 20M",
        "llmselect cost gpt-5-mini --cached-share 0.6 --batch-share 0.5 --json",
        "llmselect cost --usage requests.jsonl",
        'llmselect cost qwen3-8b --gpu "RTX 4090" --purchase-usd 3000 --years 3 --kwh-usd 0.3',
    ),
    "Reads LLMSELECT_<FIELD> from the environment, llmselect.yaml and the file that --usage names; --output writes "
    "one file; --hardware auto runs nvidia-smi. No network.",
    (0, 2, 3, 4, 5),
)


def _flags() -> tuple[Flag, ...]:
    """What `recommend` asks of a workload, of machines and of places, and what plans ask besides."""
    fields = [flag for flag in FIELDS if flag.name not in _NOT_ASKED]
    first = [flag._replace(group=MOST) for flag in fields if flag.name in _FIRST]
    return (*first, *_OWN[:2], *(flag for flag in fields if flag.name not in _FIRST), *_OWN[2:], *_LIST, *_OUTPUT)


FLAGS = _flags()


def cost(**given: Any) -> Exit:
    """Says what models cost by the month: at their hosts, on managed endpoints, on rented and on owned machines.

    Shows several volumes, the break-even points between options, and hybrids of an API and machines. All amounts
    are in US dollars; each rests on a price with its date. A log without a model is priced as it is.
    """
    form = chosen_format(given["format"], given["json"])
    path = check_output(given["output"])
    if not given["model"]:
        bill = _bill(given)
        emit(_bill_text(bill, form, to_file=path is not None), path)
        return Exit.DONE if bill.models else Exit.NOTHING_QUALIFIES
    plan = _plan(given)
    emit(_text(plan, form, to_file=path is not None), path)
    return Exit.DONE if plan.options else Exit.NOTHING_QUALIFIES


def _bill(given: dict[str, Any]) -> "LoggedBill":
    """The bill of a log as it is."""
    from llmselect.catalog.load import open_catalog
    from llmselect.cli.framework.inputs import requirements
    from llmselect.engine.facts import Facts
    from llmselect.usage.workload import read_usage, usage_bill

    if given["usage"] is None:
        hint = "Name models, or a log of your requests with --usage FILE. See `llmselect cost --help`."
        raise LlmselectError("missing-argument", "missing argument MODELS", hint)
    strange = [flag.spellings[0] for flag in FLAGS if given[flag.name] and flag.name not in _OF_A_LOG]
    if strange:
        message = f"{', '.join(strange)} says nothing of a log that is billed as it is"
        raise LlmselectError("bad-value", message, "Name the models that it is about, or leave it out.")
    needs, facts = requirements(given, given["profile"]), Facts(open_catalog())
    return usage_bill(read_usage(Path(given["usage"]), needs, facts.catalog, progress()), needs, facts)


def _bill_text(bill: "LoggedBill", form: str, to_file: bool) -> str:
    if form == "json":
        from llmselect.render.format.json import envelope

        return envelope("cost", "ok" if bill.models else "empty", bill.to_dict())
    from llmselect.render.bill import bill_blocks, bill_csv

    if form == "csv":
        return bill_csv(bill)
    from llmselect.cli.recommend import surface
    from llmselect.render.format.text import text

    return text(bill_blocks(bill), form, *surface(to_file))


def _plan(given: dict[str, Any]) -> "CostPlan":
    from llmselect.catalog.load import open_catalog
    from llmselect.cli.framework.inputs import detected, requirements, whole_number
    from llmselect.cli.framework.named import models_of
    from llmselect.engine.cost.plan import DEFAULT_TOP, Asked, cost_plan
    from llmselect.engine.facts import Facts

    needs = requirements(given, given["profile"])
    top = None if given["all_options"] else whole_number("--top", given["top"], DEFAULT_TOP)
    share, accuracy = (_share(name, given[name]) for name in ("api_share", "router_accuracy"))
    asked = Asked(_volumes(given["volumes"] or []), top, share, accuracy or 0.0)
    facts, logged = Facts(open_catalog()), None
    if given["usage"] is not None:
        from llmselect.usage.workload import read_usage, with_usage

        logged = read_usage(Path(given["usage"]), needs, facts.catalog, progress())
        needs = with_usage(logged, needs)
    models = [model.id for model in models_of(facts.catalog, given["model"], needs.as_of)]
    return cost_plan(models, needs, facts, asked, detected(needs), logged)


def _share(name: str, text: str | None) -> float | None:
    from llmselect.quantities import share

    if text is None:
        return None
    flag = "--" + name.replace("_", "-")
    try:
        found = share(text)
    except ValueError as error:
        raise LlmselectError("bad-value", f"{flag}: {error}", f"Write it like {flag} 0.2.") from None
    if not 0 <= found <= 1:
        raise LlmselectError("bad-value", f"{flag}: {text} is not between 0 and 1", f"Write it like {flag} 0.2.")
    return found


def _volumes(words: list[str]) -> tuple[int, ...]:
    from llmselect.quantities import count

    found = []
    for word in (part for item in words for part in item.split(",")):
        try:
            number = count(word)
        except ValueError as error:
            raise LlmselectError("bad-value", f"--volumes: {error}", "Write it like --volumes 1k,100k,20M.") from None
        if number < 1:
            raise LlmselectError("bad-value", f"--volumes: {word} is no volume", "The smallest is 1.")
        found.append(number)
    return tuple(found)


def progress() -> Callable[[float], None]:
    """A callback that shows the progress of reading a log on a terminal, after a short delay."""
    started, shown = time.monotonic(), [False]

    def tell(share: float) -> None:
        if sys.stderr.isatty() and (shown[0] or time.monotonic() - started > 1):
            shown[0] = True
            overwrite_line(f"reading the log: {share:.0%}" if share < 1 else "")

    return tell


def _text(plan: "CostPlan", form: str, to_file: bool) -> str:
    if form == "json":
        from llmselect.render.format.json import envelope

        return envelope("cost", "ok" if plan.options else "empty", plan.to_dict())
    if form == "csv":
        from llmselect.render.cost_csv import plan_csv

        return plan_csv(plan)
    from llmselect.cli.recommend import surface
    from llmselect.render.cost import plan_blocks
    from llmselect.render.format.text import text

    width, terminal = surface(to_file)
    return text(plan_blocks(plan, chart=terminal and form == "table"), form, width, terminal)


COMMAND = Command(cost, FLAGS, _ENDING, _ARGUMENT)
