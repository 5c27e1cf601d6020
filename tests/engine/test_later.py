"""Rows that are found when somebody reads them behave as the rows do."""

import copy
import pickle
from dataclasses import asdict

from llmselect.engine.citations import Citation
from llmselect.engine.later import Later
from llmselect.engine.result import Reason
from llmselect.render.json import plain


def test_rows_of_later_are_what_is_found() -> None:
    found = (Citation("https://a.test", "A", None, "2026-01-02"),)
    cited = Later(lambda: found)
    assert cited == found
    assert (len(cited), cited[0], list(cited)) == (1, found[0], list(found))
    assert copy.deepcopy(cited) == pickle.loads(pickle.dumps(cited)) == found
    reason = Reason("license", "a", "b", cited)
    assert asdict(reason)["source"] == found
    assert plain(reason)["source"] == [asdict(found[0])]
