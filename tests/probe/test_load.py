"""What is made of two looks at a machine's counters."""

import pytest

from llmselect.probe.load import Load, Process, Snapshot, combined_load, load_between, own_cpu_s, process_tree

OWN = 100


def _snapshot(at_s: float, busy_s: float | None, **more: object) -> Snapshot:
    processes = {
        1: Process("init", 0, 1.0),
        OWN: Process("llmselect", 1, 0.0),
    }
    return Snapshot(at_s, cpus=4, own=OWN, busy_s=busy_s, processes={**processes, **more.pop("processes", {})}, **more)  # type: ignore[arg-type, dict-item]


def test_work_of_this_process_and_of_all_it_started_is_no_contention() -> None:
    before = _snapshot(0.0, 10.0, processes={OWN: Process("llmselect", 1, 1.0)})
    after = _snapshot(
        10.0,
        50.1,
        processes={
            OWN: Process("llmselect", 1, 11.0, 5.0),
            101: Process("llama-bench", OWN, 20.0),
            102: Process("its child", 101, 5.0),
        },
    )
    assert own_cpu_s(after) - own_cpu_s(before) == 40.0
    load = load_between(before, after)
    assert load.others_cpus == pytest.approx(0.01)
    assert load.contended is False
    assert load.description() == ""


def test_another_busy_process_is_named_and_measured() -> None:
    before = _snapshot(0.0, 10.0, processes={7: Process("tar", 1, 3.0), 8: Process("cc", 1, 0.0)})
    after = _snapshot(2.0, 13.0, processes={7: Process("tar", 1, 3.1), 8: Process("cc", 1, 2.0)})
    load = load_between(before, after)
    assert load.others_cpus == pytest.approx(1.5)
    assert load.busiest == "cc"
    assert load.contended is True
    assert load.description() == "other processes kept 1.5 of 4 processors busy (most: cc)"


def test_threads_of_the_kernel_may_work_for_us() -> None:
    before = _snapshot(0.0, 10.0, processes={30: Process("kworker/0:1", 2, 1.0)})
    after = _snapshot(2.0, 12.0, processes={30: Process("kworker/0:1", 2, 3.0)})
    load = load_between(before, after)
    assert (load.others_cpus, load.busiest, load.contended) == (0.0, "", False)


def test_a_step_of_the_counters_is_no_contention() -> None:
    assert load_between(_snapshot(0.0, 10.0), _snapshot(0.1, 10.04)).contended is False


def test_a_large_machine_is_never_quite_still() -> None:
    quiet = Load(10.0, 64, 1.0, "", 0.0, 0.0, 0)
    assert quiet.contended is False
    assert quiet._replace(cpus=8).contended is True


@pytest.mark.parametrize(
    ("after", "words"),
    [
        ({"stolen_s": 1.4}, "the virtual machine's host took 10% of the processors' time"),
        ({"throttled_s": 0.5}, "a CPU limit held this process back 50% of the time"),
        ({"heat_events": 9}, "the processor was slowed by heat 2 times"),
    ],
)
def test_other_disturbances(after: dict[str, float], words: str) -> None:
    start = {"stolen_s": 1.0, "throttled_s": 0.0, "heat_events": 7}
    load = load_between(_snapshot(0.0, 10.0, **start), _snapshot(1.0, 10.0, **{**start, **after}))
    assert load.contended is True
    assert load.description() == words


def test_what_is_not_told_is_unknown() -> None:
    load = load_between(_snapshot(0.0, None), _snapshot(1.0, None))
    assert (load.others_cpus, load.stolen_share, load.throttled_share, load.heat_events) == (None, None, None, None)
    assert load.contended is None
    assert load.description() == "this system does not say what else it does"


def test_a_family_ends_where_processes_do_not_descend() -> None:
    tree = {5: Process("child", OWN, 0.0), 6: Process("grandchild", 5, 0.0), 9: Process("stranger", 1, 0.0)}
    assert process_tree(_snapshot(0.0, 0.0, processes=tree)) == {OWN, 5, 6}


def test_stretches_add_up() -> None:
    one = Load(1.0, 4, 2.0, "cc", 0.0, None, 1)
    other = Load(3.0, 4, 0.0, "", 0.04, None, None)
    assert combined_load([one, other]) == Load(4.0, 4, 0.5, "cc", 0.03, None, 1)
    assert combined_load([]) is None
