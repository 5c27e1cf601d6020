"""Tables of flags: those of the requirements' fields, and others that several commands share."""

from typing import NamedTuple

from llmselect.definition import HARDWARE, PREFERENCE, Field, Kind
from llmselect.languages import LANGUAGES
from llmselect.requirements import FIELDS as DEFINITIONS

OUTPUT = "Output"


class Flag(NamedTuple):
    """One flag. `name` is the field's name, `default` describes the default, `short` is a second spelling.

    The underscore after a Python keyword, as in `from_`, is not part of the flag.
    """

    name: str
    group: str
    help: str
    metavar: str = ""
    default: str = ""
    kind: Kind = "text"
    short: str = ""

    @property
    def spellings(self) -> tuple[str, ...]:
        """The spellings, such as `--max-ttft-ms`."""
        long = "--" + self.name.rstrip("_").replace("_", "-")
        return (long, self.short) if self.short else (long,)


def of_field(field: Field) -> Flag:
    """The flag of a field of the requirements."""
    return Flag(field.name, field.group, field.help, field.metavar, field.otherwise, field.kind)


FIELDS: tuple[Flag, ...] = tuple(map(of_field, DEFINITIONS.values()))
OUTPUTS: tuple[Flag, ...] = (
    Flag("probe", HARDWARE, "Runs `probe --quick` first, and judges on this machine (--hardware auto).", kind="switch"),
    Flag("profile", PREFERENCE,
         "YAML file with any of these fields, names with underscores; flags and environment go before it.", "FILE"),
    Flag("no_config", PREFERENCE,
         "Leaves out llmselect.yaml, which is otherwise read from here or your config folder, below all others.",
         kind="switch"),
    Flag("top", OUTPUT, "Models to rank.", "N", "5"),
    Flag("all_options", OUTPUT, "Lists every option of each ranked model, not the best alone.", kind="switch"),
    Flag("format", OUTPUT, "How to write the answer.", "table|markdown|json|csv|html", "table"),
    Flag("json", OUTPUT, "Short for --format json.", kind="switch"),
    Flag("output", OUTPUT, "Writes the answer into a file, whole or not at all.", "FILE", short="-o"),
    Flag("explain", OUTPUT, "Adds every criterion, the memory arithmetic and all sources.", kind="switch"),
    Flag("lang", OUTPUT, "Language of the labels.", "|".join(LANGUAGES), "the locale's"),
)  # fmt: skip

RECOMMEND: tuple[Flag, ...] = FIELDS + OUTPUTS
