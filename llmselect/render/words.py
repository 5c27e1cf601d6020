"""Formats numbers for people. Unknown values are `?`, never zero or blank."""

from math import floor, log10

from llmselect.render.format.wrap import NO_BREAK, size

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


def money(value: float | None, *, listed: bool = False) -> str:
    """US dollars: whole ones from 100, else with cents, below ten cents two digits; `listed` ones keep all digits."""
    if value is None:
        return UNKNOWN
    if listed:
        return f"${_with_cents(f'{value:,.10f}')}"
    if value == 0 or round(abs(value)) >= 100:
        return f"${value:,.0f}"
    return f"${_with_cents(f'{value:.{max(2, 1 - floor(log10(abs(value))))}f}')}"


def _with_cents(text: str) -> str:
    """A number without the zeros at its end, but for two decimals."""
    whole, _, decimals = text.partition(".")
    return f"{whole}.{decimals.rstrip('0'):0<2}"


def seconds(value: float) -> str:
    """A time as people say it: 0.4 s, 12 s, 3 min, 2 h."""
    if value < 9.95:
        return f"{'<0.1' if value < 0.05 else f'{value:.1f}'}{NO_BREAK}s"
    if value < 120:
        return f"{value:.0f}{NO_BREAK}s"
    return f"{value / 60:.0f}{NO_BREAK}min" if value < 7200 else f"{value / 3600:.0f}{NO_BREAK}h"


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
    """A text of at most so many columns: of a wider one the middle is left out."""
    if size(text) <= width:
        return text
    for kept in range(len(text) - 1, 1, -1):
        behind = kept * 2 // 5  # names differ more in front
        short = f"{text[: kept - behind].rstrip()}…{text[len(text) - behind :].lstrip()}"
        if size(short) <= width:
            return short
    return "…"
