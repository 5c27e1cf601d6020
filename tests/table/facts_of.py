"""What the engine reads of the catalogue, made from its records."""

from dataclasses import fields

import numpy as np

from llmselect.catalog.schema import Catalog, Model
from llmselect.estimate.columns.rates import Shares
from llmselect.estimate.columns.shapes import Shapes, assumed_shape, known_shape
from llmselect.table.artifacts import Artifacts, OwnFacts, QualityLosses, SpeedConstants
from llmselect.table.hardware import Device, Hardware, Preset, Rental


def own_facts(catalog: Catalog) -> OwnFacts:
    models = [catalog.models[key] for key in sorted(catalog.models)]
    rows = [_shape(model) for model in models]
    shapes = Shapes(**{field.name: np.array([row[field.name] for row in rows]) for field in fields(Shapes)})
    bits = [model.weights_bits.value if model.weights_bits else None for model in models]
    return OwnFacts(
        shapes=shapes,
        released_bits=np.array([one or 16.0 for one in bits]),
        total_params=np.array([_total(model) for model in models]),
        open_weights=np.array([model.open_weights for model in models]),
        artifacts=_artifacts(catalog),
        losses=_losses(catalog),
        constants=_constants(catalog),
    )


def _shape(model: Model) -> dict[str, float]:
    if model.architecture and model.architecture.value:
        return known_shape(model.architecture.value)
    if model.parameters and model.parameters.value:
        return assumed_shape(model.parameters.value.total, model.parameters.value.active)
    return {field.name: False if field.name == "assumed" else np.nan for field in fields(Shapes)}


def _total(model: Model) -> float:
    if model.parameters and model.parameters.value:
        return model.parameters.value.total
    row = _shape(model)
    return row["embedding_params"] + row["head_params"] + row["layer_params"]


def _artifacts(catalog: Catalog) -> Artifacts:
    rows = [
        (level, runtime, one)
        for level, row in catalog.quantizations.quantizations.items()
        for runtime, one in row.artifacts.items()
    ]
    return Artifacts(
        [row[0] for row in rows],
        [row[1] for row in rows],
        [row[2].name for row in rows],
        *(
            np.array([getattr(row[2], name) for row in rows])
            for name in ("bits_per_weight", "embedding_bits", "head_bits")
        ),
    )


def _losses(catalog: Catalog) -> QualityLosses:
    rows = [(level, loss) for level, row in catalog.quantizations.quantizations.items() for loss in row.losses]
    most = [np.nan if loss.up_to_billion is None else loss.up_to_billion for _, loss in rows]
    ends = (np.array([getattr(loss, name) for _, loss in rows]) for name in ("low", "value", "high"))
    return QualityLosses([level for level, _ in rows], np.array(most), *ends)


def _constants(catalog: Catalog) -> SpeedConstants:
    fits = catalog.speed.fits
    return SpeedConstants(
        fit_no=np.arange(len(fits)),
        runtime=[fit.runtime for fit in fits],
        kind=[fit.kind for fit in fits],
        levels=[", ".join(fit.levels) for fit in fits],
        mixture=np.array([fit.mixture for fit in fits]),
        shares=Shares(**{field.name: np.array([getattr(fit, field.name) for fit in fits]) for field in fields(Shares)}),
        sum_s=np.array([fit.sum_s for fit in fits]),
        link_gb_s=np.array([fit.link_gb_s for fit in fits]),
    )


def hardware(catalog: Catalog) -> Hardware:
    file = catalog.hardware
    own = ("name", "kind", "datacenter", "memory_gib", "bandwidth_gb_s", "power_w", "source", "aliases")
    rates = ("fp16_tflops", "bf16_tflops", "fp8_tflops")
    rented = ("device", "provider", "gpus", "managed", "usd_per_gpu_hour", "source")
    return Hardware(
        {
            key: Device(device=key, **{name: getattr(row, name) for name in (*own, *rates)})
            for key, row in file.devices.items()
        },
        {key: Preset(key, row.device, row.count, row.ram_gib) for key, row in file.presets.items()},
        tuple(
            Rental(
                rental_no=number,
                from_day=row.from_.toordinal(),
                to_day=row.to.toordinal() if row.to else None,
                checked_day=row.checked.toordinal(),
                **{name: getattr(row, name) for name in rented},
            )
            for number, row in enumerate(file.rentals)
        ),
    )
