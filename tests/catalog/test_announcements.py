"""The list of announcements is what the hosts' files say, so that compiling them anew loses none."""

import csv
from pathlib import Path

from llmselect.catalog.load import load

LIST = Path(__file__).parents[2] / "tools" / "announcements.csv"


def test_every_announcement_stands_in_the_catalogue() -> None:
    with LIST.open(newline="") as file:
        listed = {
            (row["host"], row["api_id"]): (row["announced"], row["shutdown"], row["source"])
            for row in csv.DictReader(file)
        }
    found = {}
    for host in load().hosts.values():
        for offering in host.offerings:
            life = offering.lifecycle
            if offering.api_id is not None and life.announced is not None and life.shutdown is not None:
                days = str(life.announced.value), str(life.shutdown.value)
                found[host.id, offering.api_id.value] = (*days, ", ".join(life.announced.source))
    assert len(listed) > 100
    assert found == listed
