"""Formats numbers for people. Unknown values are `?`, never zero or blank."""

from llmselect.render.format.wrap import NO_BREAK

UNKNOWN = "?"


def number(value: float | None) -> str:
    """Three significant digits, thousands with commas, no exponent: `0.0214`, `28.4`, `12,300`."""
    if value is None:
        return UNKNOWN
    if value == 0:
        return "0"
    if abs(value) >= 100:
        return f"{value:,.0f}"
    if abs(value) < 0.0001:
        return f"{value:.8f}".rstrip("0").rstrip(".")
    return f"{value:.3g}"


def money(value: float | None) -> str:
    """US dollars; with cents between 1 and 100 dollars."""
    if value is not None and 1 <= value < 100:
        return f"${value:.2f}"
    return UNKNOWN if value is None else f"${number(value)}"


def interval(low: float | None, high: float | None) -> str:
    """Both bounds, or one number if they are equal."""
    first, last = number(low), number(high)
    return first if first == last else f"{first}–{last}"


def percent(share: float) -> str:
    """A share of one in percent."""
    return f"{share:.0%}".replace("%", f"{NO_BREAK}%")


def decimal(value: float | None) -> str:
    """Two decimals, for scores between 0 and 1."""
    return UNKNOWN if value is None else f"{value:.2f}"


def flag(field: str, value: object) -> str:
    """A changed requirement as a command-line flag; `without --flag` for a field that is emptied or turned off."""
    name, _, key = field.partition(".")
    long = "--" + name.replace("_", "-")
    if key:
        return f"{long} {key}={_plain(value)}"
    if value is False or value is None or value == () or value == []:
        return f"without {long}"
    if value is True:
        return long
    if isinstance(value, (tuple, list)):
        return " ".join(f"{long} {item}" for item in value)
    return f"{long} {_plain(value)}{_UNITS.get(name, '')}"


_UNITS = {"vram": "GiB", "ram": "GiB"}


def _plain(value: object) -> str:
    return f"{value:.10f}".rstrip("0").rstrip(".") if isinstance(value, float) else str(value)


def shortened(text: str, width: int) -> str:
    """A text of at most so many characters: of a longer one the middle is left out."""
    if len(text) <= width:
        return text
    behind = (width - 1) // 2
    return f"{text[: width - 1 - behind]}…{text[len(text) - behind :]}"
