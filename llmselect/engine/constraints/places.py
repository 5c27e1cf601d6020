"""Places where requests are kept: countries, the EU, wider areas, and what clouds call their regions."""

from __future__ import annotations

import re

EU_MEMBERS = (
    "AT", "BE", "BG", "CY", "CZ", "DE", "DK", "EE", "ES", "FI", "FR", "GR", "HR", "HU", "IE", "IT", "LT", "LU", "LV",
    "MT", "NL", "PL", "PT", "RO", "SE", "SI", "SK",
)  # fmt: skip
_APAC = ("AU", "HK", "ID", "IN", "JP", "KR", "MY", "NZ", "PH", "SG", "TH", "TW", "VN")
_AREAS = {**dict.fromkeys(EU_MEMBERS, "EU"), **dict.fromkeys(_APAC, "APAC")}
# Regions of AWS and Google Cloud by their country. London and Zurich are called European and lie outside the EU.
_COUNTRIES = {
    "EU-CENTRAL-1": "DE", "EU-CENTRAL-2": "CH", "EU-WEST-1": "IE", "EU-WEST-2": "GB", "EU-WEST-3": "FR",
    "EU-NORTH-1": "SE", "EU-SOUTH-1": "IT", "EU-SOUTH-2": "ES", "AP-NORTHEAST-1": "JP", "AP-NORTHEAST-2": "KR",
    "AP-NORTHEAST-3": "JP", "AP-SOUTH-1": "IN", "AP-SOUTHEAST-1": "SG", "AP-SOUTHEAST-2": "AU", "CA-CENTRAL-1": "CA",
    "SA-EAST-1": "BR", "EUROPE-WEST1": "BE", "EUROPE-WEST2": "GB", "EUROPE-WEST3": "DE", "EUROPE-WEST4": "NL",
    "EUROPE-WEST6": "CH", "EUROPE-WEST8": "IT", "EUROPE-WEST9": "FR", "EUROPE-NORTH1": "FI", "EUROPE-CENTRAL2": "PL",
    "EUROPE-SOUTHWEST1": "ES", "ASIA-NORTHEAST1": "JP", "ASIA-SOUTHEAST1": "SG",
}  # fmt: skip
_BEGINNINGS = {"EU": "EU", "EUROPE": "EU", "US": "US", "CN": "CN", "AP": "APAC", "ASIA": "APAC"}


def areas_of(place: str) -> set[str]:
    """Every area in which a place lies, itself included: `eu-west-1` lies in Ireland and in the EU."""
    name = place.strip().upper().replace("_", "-")
    country = _COUNTRIES.get(name, name)
    beginning = re.split(r"[-\d]", name)[0] if country == name else ""
    return {name, country, _AREAS.get(country, country), _BEGINNINGS.get(beginning, country)}


def lies_in(place: str, wanted: str) -> bool:
    """Whether what is kept in a place is kept in the wanted one."""
    return wanted.strip().upper().replace("_", "-") in areas_of(place)
