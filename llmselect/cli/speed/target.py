"""The model, host and prices of a measured server, and storing its speeds."""

from collections.abc import Iterable, Mapping
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from llmselect.catalog.names.hosts import SELF, find_host
from llmselect.errors import LlmselectError

if TYPE_CHECKING:
    from llmselect.catalog.schema import Catalog, Price
    from llmselect.estimate.own_speeds import Measurement
    from llmselect.probe.endpoint.plan import LengthTimings

TOKENS_PER_PRICE = 1e6


class Target(NamedTuple):
    """`model` is None where nothing is kept and the catalogue does not know it. `prices` are those of the day."""

    model: str | None
    host: str
    runtime: str | None
    quantization: str | None
    prices: "tuple[Price, ...]" = ()


def target_of(given: Mapping[str, Any], catalog: "Catalog", hostname: str, local: bool) -> Target:
    """The model and host that flags and an address mean; raises LlmselectError where they are not told exactly."""
    from llmselect.catalog.names.quantizations import find_level
    from llmselect.catalog.names.runtimes import find_runtime
    from llmselect.cli.speed.own import named_model

    runtime = find_runtime(given["runtime"]) if given["runtime"] is not None else None
    level = find_level(given["quantization"]) if given["quantization"] is not None else None
    host = chosen_host(given["host"], catalog) or (SELF if local else _host_of(hostname, catalog))
    if host is None:
        if not given["no_store"]:
            hint = "Name it with --host, or --host self for a server on this machine, or add --no-store."
            raise LlmselectError("unknown-host", f"which host of the catalogue {hostname} is, is not known", hint)
        host = hostname
    if host != SELF and (runtime or level):
        raise LlmselectError(
            "bad-value", "--runtime and --quantization are about a server of your own", "Leave them out."
        )
    if host == SELF and not given["no_store"]:
        _demand_option(runtime, level)
    model = _model(given, catalog, named_model)
    return Target(model, host, runtime, level, _prices(catalog, host, model, given["model"]))


def _demand_option(runtime: str | None, level: str | None) -> None:
    """Raises LlmselectError if the flags do not identify which option a self-hosted server is."""
    missing = [flag for flag, value in (("--runtime", runtime), ("--quantization", level)) if value is None]
    if missing:
        message = f"a server of your own is one option by its {' and '.join(missing)}"
        hint = "Add what it runs, such as --runtime llama.cpp --quantization Q4_K_M, or --no-store to keep nothing."
        raise LlmselectError("missing-flag", message, hint)


def chosen_host(name: str | None, catalog: "Catalog") -> str | None:
    """The host that a flag names; raises LlmselectError for an unknown host."""
    return find_host(name, catalog.hosts) if name is not None else None


def _host_of(hostname: str, catalog: "Catalog") -> str | None:
    """The only host whose id is a label of the server's domain, such as mistral in api.mistral.ai."""
    labels = set(hostname.lower().split("."))
    found = [host for host in catalog.hosts if host in labels]
    return found[0] if len(found) == 1 else None


def _model(given: Mapping[str, Any], catalog: "Catalog", find: Any) -> str | None:
    name = given["as_"] or given["model"]
    try:
        return str(find(catalog, name, "--as").id)
    except LlmselectError as error:
        if given["as_"] or not given["no_store"]:
            if not given["as_"]:
                error.hint += " Or add --no-store."
            raise
        return None


def _prices(catalog: "Catalog", host: str, model: str | None, api_id: str | None) -> "tuple[Price, ...]":
    """Current prices of the offering with this API id, or of the model's offerings if the id is unknown."""
    rows = catalog.hosts[host].offerings if host in catalog.hosts else ()
    same = [row for row in rows if row.api_id is not None and row.api_id.value == api_id]
    day = date.today()
    return tuple(
        price
        for row in same or [row for row in rows if row.model == model]
        for price in row.prices
        if not price.batch and price.from_ <= day and (price.to is None or day <= price.to)
    )


def most_usd(target: Target, input_tokens: int, output_tokens: int) -> float | None:
    """The maximum cost of these tokens at current prices; None if no price is known, 0 on the user's own machine."""
    if target.host == SELF:
        return 0.0
    bills = [
        ((price.input_usd_per_mtok or 0.0) * input_tokens + (price.output_usd_per_mtok or 0.0) * output_tokens)
        for price in target.prices
        if price.free or (price.input_usd_per_mtok is not None and price.output_usd_per_mtok is not None)
    ]
    return max(bills) / TOKENS_PER_PRICE if bills else None


def measurements(target: Target, timed: "Iterable[LengthTimings]", origin: str) -> "tuple[Measurement, ...]":
    """Timings as measurements to store; none if the model is not in the catalogue."""
    from llmselect.estimate.own_speeds import Measurement
    from llmselect.probe.store.speeds import today

    if target.model is None:
        return ()
    return tuple(
        Measurement(
            target.model,
            target.host,
            target.runtime,
            target.quantization,
            one.prompt_tokens,
            one.prompt_tokens,
            one.concurrency,
            one.decode_tok_s,
            None,
            one.ttft_ms,
            today(),
            origin,
        )
        for one in timed
    )


def kept(target: Target, rows: "tuple[Measurement, ...]", command: str) -> Path:
    """Stores rows, those of a self-hosted server with this machine. Returns the file's path."""
    from llmselect.cli.speed.own import note, store
    from llmselect.hardware.detect import detect
    from llmselect.probe.store.rows import Run
    from llmselect.probe.store.speeds import StoredSpeeds, add, today

    run = Run(command, target.runtime or "", "", {}, "", 0.0, today())
    machine = detect() if target.host == SELF else None
    add(store(), StoredSpeeds(machine, (), rows, (run,)), note)
    return store()
