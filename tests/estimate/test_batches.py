"""Batches and bills of machines, by hand."""

import numpy as np
import pytest

from llmselect.estimate import batches
from llmselect.estimate.bills import MachineBills, unit_requests, units_for


def test_the_largest_batch_is_found_in_each_row_alone() -> None:
    low, high, most = np.array([1, 1, 3, 8, 2]), np.array([256, 1, 40, 256, 256]), np.array([17, 99, 1, 1000, 128])
    found = batches.largest(low, high, lambda rows, batch: batch <= most[rows])
    assert found.tolist() == [17, 1, 3, 256, 128]


def test_room_for_sequences() -> None:
    spare, each = np.array([10.0, 9.9, -5.0, np.nan, 4.0]), np.array([5.0, 5.0, 5.0, 1.0, 0.0])
    assert batches.room(spare, each).tolist() == [2, 1, -1, 0, 0]


def test_a_batch_shares_its_steps_and_reads_each_prompt_alone() -> None:
    """101 tokens at 20 ms a step of 4, after a prompt of 0.3 s; a single token takes no step of its own."""
    step, prompt, batch = np.array([[0.02], [0.02], [0.04]]), np.array([[0.3], [0.3], [0.6]]), np.array([4])
    found = batches.busy_s(step, prompt, np.array([[1.0], [101.0], [101.0]]), batch)
    assert found[:, 0].tolist() == pytest.approx([0.3, 0.8, 1.6])
    pace, answer = batches.pace_and_answer_s(step[1], prompt[1], np.array([101.0]), batch)
    assert pace == pytest.approx(0.02 + 3 * 0.3 / 100)
    assert answer == pytest.approx(4 * 0.3 + 100 * 0.02)


def test_units_are_whole_and_there_is_always_one() -> None:
    assert units_for(2500, np.array([1000.0, 2500.0, 833.3333333333334, 1e9, np.inf])).tolist() == [3, 1, 3, 1, 1]
    assert np.isnan(units_for(1, np.array([np.nan]))[0])


def test_a_bill_is_fixed_by_request_and_by_unit() -> None:
    """10 USD, 2 for 1,000 requests and 300 for each machine that serves 1,000."""
    columns = [np.array([[number]] * 3) for number in (10.0, 0.002, 300.0, 1000.0)]
    assert MachineBills(*columns).usd(2500)[1] == pytest.approx(10 + 5 + 900)


def test_who_takes_longest_serves_fewest() -> None:
    assert unit_requests(np.array([[1.0], [2.0], [4.0]]), 100)[:, 0].tolist() == [25, 50, 100]
