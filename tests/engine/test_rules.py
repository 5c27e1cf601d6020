"""Every rule: what passes, what fails and with which words, what cannot be decided and what flags make of that."""

from typing import Any

import pytest

from llmselect.errors import LlmselectError
from llmselect.results.recommendation import Recommendation
from tests.factories import (
    TODAY,
    Record,
    ask,
    catalog,
    exam,
    fact,
    host,
    model,
    offering,
    price,
    ranked,
    reasons,
    weights,
)

GPU = {"gpu": "home-24gb"}


def served(record: Record, *prices: Record, **changes: Any) -> list[Record]:
    name = record["id"].partition("/")[2]
    return [host("cloud", offering(name, *(prices or (price(),)), **changes))]


def asked(record: Record, fields: Record, hosts: list[Record] | None = None, **tables: Any) -> Recommendation:
    return ask(catalog([record], hosts or [], **tables), **fields)


API = model("m")
OPEN = weights("m")
SLOW = weights("m", of="llama-2-13b")
BIG = weights("m", of="llama-2-70b")
ENDED = {"last_seen": fact("2024-03-01"), "shutdown": fact("2024-06-01"), "replacement": fact("m-2")}

Case = tuple[str, Record, list[Record], Record]
PASSES: list[Case] = [
    ("exists on the day itself", model("m", release_date=fact(TODAY)), served(API), {}),
    ("not released is no fault of other facts", model("m", release_date=fact(None)),
     served(API, lifecycle={"released": fact("2023-05-05"), "last_seen": fact(TODAY)}), {}),
    ("shut down tomorrow", API, served(API, lifecycle={"shutdown": fact("2024-06-02")}), {"horizon_months": 0}),
    ("weights do not end", OPEN, served(OPEN, lifecycle=ENDED), GPU),
    ("hosting asked for", OPEN, [], {**GPU, "deployment": "self-host"}),
    ("one of two", API, served(API), {"deployment": ["api", "managed"]}),
    ("named host", API, served(API), {"host": "cloud"}),
    ("host self", OPEN, [], {**GPU, "host": "self"}),
    ("offline weights", OPEN, [], {**GPU, "offline": True}),
    ("open weights served", OPEN, served(OPEN), {"open_weights": True, "host": "cloud"}),
    ("osi", OPEN, [], {**GPU, "license": "osi"}),
    ("commercial", weights("m", license=fact("community")), [], {**GPU, "license": "commercial"}),
    ("terms of the API, not of the weights", weights("m", license=fact("research")), served(OPEN),
     {"license": "commercial", "deployment": "api"}),
    ("users at the limit", weights("m", license=fact("community")), [], {**GPU, "monthly_active_users": "700M"}),
    ("base for fine-tuning", weights("m", tuning=fact("base")), [], {**GPU, "needs": "fine-tuning"}),
    ("images by the host", API, served(API, modalities_in=fact(["text", "image"])), {"modality_in": "image"}),
    ("a capability", model("m", capabilities=fact(["tools"])), served(API), {"needs": "tools"}),
    ("a capability of the host", API, served(API, capabilities=fact(["tools"])), {"needs": "tools"}),
    ("languages", model("m", languages=fact(["en", "de"])), served(API), {"language": ["de", "en"]}),
    ("score reached", model("m", 60), served(API), {"min_score": {"exam": 60}}),
    ("an independent result counts before a vendor's",
     model("m", scores=[exam(60), exam(90, harness="vendor", date="2024-05-01")]), served(API),
     {"min_score": {"exam": 60}}),
    ("context at the limit", API, served(API), {"context_tokens": 8192}),
    ("the host's limit before the model's", API, served(API, limits={"context_tokens": fact(9000)}),
     {"context_tokens": 9000}),
    ("memory", OPEN, [], GPU),
    ("memory at q4", BIG, [], {"gpu": "dc-80gb"}),
    ("memory with RAM", BIG, [], {**GPU, "ram": "64GiB"}),
    ("reading speed", OPEN, [], {**GPU, "response_time": "real-time"}),
    ("slow but nobody waits", BIG, [], {**GPU, "ram": "64GiB", "response_time": "batch"}),
    ("throughput", OPEN, [], {**GPU, "requests_per_month": 1000}),
    ("budget met", API, served(API, price(10, 30)), {"requests_per_month": 1000, "budget": 16.5}),
]  # fmt: skip


@pytest.mark.parametrize(("name", "record", "hosts", "fields"), PASSES, ids=[case[0] for case in PASSES])
def test_passes(name: str, record: Record, hosts: list[Record], fields: Record) -> None:
    answer = asked(record, fields, hosts)
    assert ranked(answer) == ["m"]
    assert answer.excluded == ()
    assert answer.recommendations[0].unverified == () or fields.get("response_time") == "real-time"


FAILS: list[tuple[str, Record, list[Record], Record, str, str, str]] = [
    ("not yet released", model("m", release_date=fact("2024-06-02")), served(API), {}, "exists", "released by",
     "2024-06-02"),
    ("not yet at the host", API, served(API, lifecycle={"released": fact("2024-06-02"), "last_seen": fact(TODAY)}), {},
     "exists", "released by 2024-06-01", "at cloud from 2024-06-02"),
    ("shut down today", API, served(API, lifecycle=ENDED), {}, "lifecycle", "served by cloud",
     "2024-06-01; cloud names m-2"),
    ("nobody serves it", API, [], {}, "hosting", "api or managed or self-host", "no host is known"),
    ("an app", model("m", access=fact("app")), served(API, deployment="app"), {}, "hosting", "api",
     "only in cloud's app"),
    ("a device", model("m", access=fact("device")), served(API, deployment="device"), {}, "hosting", "api",
     "only on devices"),
    ("another deployment", API, served(API), {"deployment": "managed"}, "hosting", "managed", "api"),
    ("another host", API, [*served(API), host("other")], {"host": "other"}, "hosting", "host other", "host cloud"),
    ("offline API", API, served(API), {"offline": True}, "hosting", "offline", "over the network"),
    ("closed weights", API, served(API), {"open_weights": True}, "hosting", "open weights", "not published"),
    ("not osi", weights("m", license=fact("community")), [], {**GPU, "license": "osi"}, "license", "OSI", "Community"),
    ("terms are not osi", API, served(API), {"license": "osi"}, "license", "OSI", "Terms"),
    ("not commercial", weights("m", license=fact("research")), [], {**GPU, "license": "commercial"}, "license",
     "commercial use", "Research forbids"),
    ("too many users", weights("m", license=fact("community")), [], {**GPU, "monthly_active_users": 700_000_001},
     "license", "700,000,001", "allows 700,000,000"),
    ("base", weights("m", tuning=fact("base")), [], GPU, "instruct", "instruction-tuned", "a base model"),
    ("built for another task", model("m", tuning=fact("task")), served(API), {}, "instruct", "instruction-tuned",
     "one task"),
    ("no images in", API, served(API), {"modality_in": "image"}, "modality", "image in", "text in"),
    ("no audio out", API, served(API), {"modality_out": "audio"}, "modality", "audio out", "text out"),
    ("a denied capability", model("m", lacks=fact(["tools"])), served(API), {"needs": "tools"}, "capability", "tools",
     "not support"),
    ("no derivatives", weights("m", license=fact("research")), [], {**GPU, "needs": "fine-tuning"}, "capability",
     "fine-tuning", "forbids derivatives"),
    ("another language", model("m", languages=fact(["en"])), served(API), {"language": "de"}, "language", "de", "en"),
    ("score missed", model("m", 59.9), served(API), {"min_score": {"exam": 60}}, "quality", "exam of at least 60",
     "59.9"),
    ("context one over", API, served(API), {"context_tokens": 8193}, "context", "8,193 tokens of context", "8,192"),
    ("the host's limit", API, served(API, limits={"context_tokens": fact(3072)}), {"context_tokens": 4000}, "context",
     "4,000", "3,072"),
    ("input alone", API, served(API, limits={"input_tokens": fact(1000)}), {"prompt_tokens": 1001}, "context",
     "1,001 tokens of input", "1,000"),
    ("output alone", API, served(API, limits={"output_tokens": fact(200)}), {}, "context", "250 tokens of output",
     "200"),
    ("memory", BIG, [], GPU, "memory", "38.6 weights", "22.1 GiB usable on 1 x Home 24GB"),
    ("memory on the device alone", BIG, [], {**GPU, "ram": "64GiB", "gpu_only": True}, "memory", "GiB", "22.1 GiB"),
    ("memory of a CPU", BIG, [], {"hardware": "cpu", "ram": "16GiB", "bandwidth": 40}, "memory", "GiB",
     "12.0 GiB usable on RAM"),
    ("too slow to read", BIG, [], {**GPU, "ram": "64GiB", "response_time": "real-time"}, "speed", "5.29 tok/s",
     "tok/s"),
    ("too slow for the user", SLOW, [], {**GPU, "min_tok_s": 500}, "speed", "500 tok/s", "estimated"),
    ("first token", OPEN, [], {**GPU, "max_ttft_ms": 1}, "latency", "first word of the answer within 1 ms", "about"),
    ("a host far from fast enough", API, served(API), {"min_tok_s": 90}, "speed", "90 tok/s", "usual of such models"),
    ("a host far from quick enough", API, served(API), {"max_ttft_ms": 700}, "latency", "700 ms",
     "usual of such models"),
    ("whole answer", OPEN, [], {**GPU, "max_latency_s": 0.1}, "latency", "an answer within 0.1 s", "about"),
    ("throughput", OPEN, [], {**GPU, "requests_per_month": "900M"}, "throughput", "900,000,000", "on 1 x Home 24GB"),
    ("budget", API, served(API, price(10, 30)), {"requests_per_month": 1000, "budget": 16.49}, "budget", "$16.49",
     "$16.50"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("name", "record", "hosts", "fields", "rule", "needed", "had"), FAILS, ids=[case[0] for case in FAILS]
)
def test_fails(
    name: str, record: Record, hosts: list[Record], fields: Record, rule: str, needed: str, had: str
) -> None:
    for flags in ({}, {"allow_unknown": True}, {"strict": True}):
        answer = asked(record, {**fields, **flags}, hosts)
        assert ranked(answer) == []
        told = reasons(answer, "m")[rule]
        assert needed in told[0]
        assert had in told[1]
        assert not told[1].startswith("unknown")


KEPT: list[tuple[str, Record, list[Record], Record, str, str]] = [
    ("capability", API, served(API), {"needs": "tools"}, "capability", "whether it supports tools"),
    ("tuning of an API", model("m", capabilities=fact(["fine-tuning"])), served(API), {"needs": "fine-tuning"},
     "capability", "fine-tuning"),
    ("language", API, served(API), {"language": "de"}, "language", "its languages"),
    ("language not disclosed", model("m", languages=fact(None)), served(API), {"language": "de"}, "language",
     "its languages"),
    ("context", model("m", limits={}), served(API), {}, "context", "its context window"),
    ("speed of an API", API, served(API), {"min_tok_s": 45}, "speed", "its speed, usually about 50 tok/s (25 to 100)"),
    ("latency of an API", API, served(API), {"max_ttft_ms": 1700}, "latency", "its latency, usually about 1.5 s"),
]  # fmt: skip


@pytest.mark.parametrize(("name", "record", "hosts", "fields", "rule", "missing"), KEPT, ids=[case[0] for case in KEPT])
def test_unknown_is_kept_marked_unless_strict(
    name: str, record: Record, hosts: list[Record], fields: Record, rule: str, missing: str
) -> None:
    kept = asked(record, fields, hosts)
    assert ranked(kept) == ["m"]
    assert any(text.startswith(f"{rule}: ") and missing in text for text in kept.recommendations[0].unverified)
    assert any(row.rule == rule and row.options >= 1 for row in kept.unverified)
    strict = asked(record, {**fields, "strict": True}, hosts)
    assert ranked(strict) == []
    assert reasons(strict, "m")[rule][1].startswith("unknown: ")
    assert strict.admitting_flag == "without --strict"


EXCLUDED: list[tuple[str, Record, list[Record], Record, str, str]] = [
    ("release date", model("m", release_date=fact(None)), served(API), {}, "exists", "its release date"),
    ("still served?", API, [host("cloud", offering("m", price(), lifecycle={}))], {}, "lifecycle", "still served"),
    ("price", API, [host("cloud", offering("m"))], {}, "price", "its price"),
    ("free tier", API, [host("cloud", offering("m", price(None, None, free=True)))], {}, "price", "its free tier"),
    ("seen long ago", API,
     [host("cloud", offering("m", price(), lifecycle={"last_seen": fact("2023-06-01")}), offering("other", price()))],
     {}, "lifecycle", "2023-06-01"),
    ("deprecated, end unknown", API,
     served(API, lifecycle={"last_seen": fact("2024-05-20"), "deprecated": fact("2024-05-01")}),
     {}, "lifecycle", "when it ends"),
    ("no licence", weights("m", license=None), [], {**GPU, "license": "osi"}, "license", "its licence"),
    ("osi undisclosed", weights("m", license=fact("unclear")), [], {**GPU, "license": "osi"}, "license", "Unclear"),
    ("commercial undisclosed", weights("m", license=fact("unclear")), [], {**GPU, "license": "commercial"}, "license",
     "Unclear"),
    ("no terms", API, [host("cloud", offering("m", price()), terms=None)], {"monthly_active_users": 10}, "license",
     "its licence"),
    ("what it takes is not disclosed", model("m", modalities_in=fact(None)), served(API), {"modality_in": "image"},
     "modality", "what it takes"),
    ("what it gives is not disclosed", model("m", modalities_out=fact(None)), served(API), {}, "modality",
     "what it gives"),
    ("no such score", weights("m"), [], {**GPU, "min_score": {"exam": 50}}, "quality", "its exam score"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("name", "record", "hosts", "fields", "rule", "missing"), EXCLUDED, ids=[case[0] for case in EXCLUDED]
)
def test_unknown_excludes_unless_allowed(
    name: str, record: Record, hosts: list[Record], fields: Record, rule: str, missing: str
) -> None:
    if rule == "quality":
        record = {**record, "scores": []}
        fields = {**fields, "weight": {"quality": 0}}
    excluded = asked(record, fields, hosts)
    assert ranked(excluded) == []
    assert missing in reasons(excluded, "m")[rule][1]
    assert reasons(excluded, "m")[rule][1].startswith("unknown: ")
    assert excluded.admitting_flag == "--allow-unknown"
    allowed = asked(record, {**fields, "allow_unknown": True}, hosts)
    assert ranked(allowed) == ["m"]
    assert any(text.startswith(f"{rule}: ") for text in allowed.recommendations[0].unverified)


def test_a_floor_that_is_missed_excludes_whatever_is_unknown_of_another() -> None:
    """The score that is asked for first is missing, but the model is known to be too weak."""
    records = [model("m", scores=[exam(50, benchmark="other")]), model("best", 80)]
    hosts = [host("cloud", offering("m", price()), offering("best", price()))]
    answer = ask(catalog(records, hosts), min_score={"exam": 10}, at_least="acme/best", allow_unknown=True)
    assert ranked(answer) == ["best"]
    assert reasons(answer, "m")["quality"] == ("no weaker than Best (80.0 %)", "50.0 %")


def test_one_kind_of_unknown_that_any_option_needs_is_the_flag_that_is_named() -> None:
    """The first model needs both flags, the second only that of the user's own making."""
    records = [weights("a", license=None), weights("b")]
    answer = ask(catalog(records), **GPU, license="osi", language="de", strict=True)
    assert ranked(answer) == []
    assert answer.admitting_flag == "without --strict"


def test_weights_of_unknown_size_cannot_be_placed() -> None:
    record = weights("m", architecture=None, parameters=None)
    assert reasons(asked(record, GPU), "m")["memory"][1] == "unknown: its size"
    assert ranked(asked(record, {**GPU, "allow_unknown": True})) == ["m"]


def test_both_kinds_of_unknown_need_both_flags() -> None:
    record = weights("m", license=None)
    fields = {**GPU, "license": "osi", "language": "de", "strict": True}
    answer = asked(record, fields)
    assert set(reasons(answer, "m")) == {"license", "language"}
    assert answer.admitting_flag == "--allow-unknown without --strict"
    assert ranked(asked(record, {**fields, "strict": False, "allow_unknown": True})) == ["m"]


def test_all_reasons_are_kept() -> None:
    record = model("m", 50, release_date=fact("2024-06-02"), tuning=fact("base"), languages=fact(["en"]))
    hosts = served(record, price(100, 100), lifecycle=ENDED, lacks=fact(["tools"]))
    fields = {
        "deployment": "self-host", "license": "osi", "modality_in": "image", "needs": "tools", "language": "de",
        "min_score": {"exam": 60}, "context_tokens": 9000, "budget": 1, "requests_per_month": 1000,
    }  # fmt: skip
    assert set(reasons(asked(record, fields, hosts), "m")) == {
        "exists", "lifecycle", "hosting", "license", "instruct", "modality", "capability", "language", "quality",
        "context", "budget",
    }  # fmt: skip


def test_all_reasons_of_a_machine_are_kept_but_time_where_it_does_not_fit() -> None:
    fields = {**GPU, "max_ttft_ms": 1, "min_tok_s": 500, "requests_per_month": "900M", "budget": 1}
    assert {"memory", "throughput", "budget"} <= set(reasons(asked(BIG, fields), "m"))
    assert {"speed", "latency"}.isdisjoint(reasons(asked(BIG, fields), "m"))
    assert {"speed", "latency", "throughput", "budget"} <= set(reasons(asked(OPEN, fields), "m"))


def test_reasons_name_their_sources() -> None:
    answer = asked(BIG, {**GPU, "license": "osi", "context_tokens": 9000})
    for row in answer.excluded:
        for reason in row.reasons:
            assert [citation.url for citation in reason.source] == ["https://facts.test"]


def test_real_time_keeps_its_own_limit_beside_the_users() -> None:
    """An additional limit never admits what real time alone excludes."""
    fields = {**GPU, "response_time": "real-time", "ram": "64GiB"}
    assert "speed" in reasons(asked(BIG, fields), "m")
    assert "speed" in reasons(asked(BIG, {**fields, "max_ttft_ms": 1e6}), "m")


def test_a_prompt_waits_for_the_weights_in_ram_to_be_copied() -> None:
    """A first token takes longer with layers in RAM than on the device alone."""
    fields = {**GPU, "prompt_tokens": 3500, "output_tokens": 10, "max_ttft_ms": 500, "ram": "64GiB"}
    assert "first word of the answer" in reasons(asked(BIG, fields), "m")["latency"][0]
    assert "an answer" in reasons(asked(BIG, {**fields, "max_ttft_ms": None, "max_latency_s": 2}), "m")["latency"][0]


def test_nobody_waits_longer_than_is_usual_for_the_task_but_who_says_so() -> None:
    task = {"latency": {"max_ttft_ms": 2000, "min_tok_s": 10, "patience_s": 20, "source": "s"}}
    fields = {**GPU, "prompt_tokens": 3500, "output_tokens": 400, "ram": "64GiB", "deployment": "self-host"}
    told = reasons(asked(BIG, fields, task=task), "m")["latency"]
    assert told[0] == "a wait of at most 20 s, usual for conversation"
    for more in ({"max_latency_s": 5000}, {"response_time": "batch"}):
        assert ranked(asked(BIG, {**fields, **more}, task=task)) == ["m"]


def test_an_excluded_offering_does_not_exclude_the_model() -> None:
    record = weights("m")
    answer = asked(record, {**GPU, "license": "osi"}, served(record))
    assert [row.host for row in answer.recommendations] == ["self"]
    assert answer.excluded == ()
    assert answer.recommendations[0].also_at
    assert {row.host for row in answer.recommendations[0].also_at} == {"self"}


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"host": "nowhere"}, "unknown-host"),
        ({"min_score": {"exams": 3}}, "unknown-benchmark"),
        ({"gpu": "home 42gb"}, "unknown-device"),
        ({"gpu": "home-24gb", "hardware": "soc"}, "bad-value"),
        ({"gpu": "home-24gb", "hardware": "cpu", "ram": "8GiB"}, "bad-value"),
        ({"gpu": "home-24gb", "hardware": "auto"}, "bad-value"),
        ({"hardware": "cpu"}, "missing-memory"),
        ({"hardware": "auto"}, "no-hardware"),
        ({"policy": "document"}, "missing-flag"),
        ({"weight": dict.fromkeys(("quality", "latency", "cost", "context", "safety", "openness"), 0)}, "bad-value"),
    ],
)
def test_names_that_are_unknown_are_errors(fields: Record, code: str) -> None:
    with pytest.raises(LlmselectError) as caught:
        asked(API, fields, served(API))
    assert caught.value.code == code
    assert caught.value.hint


@pytest.mark.parametrize("name", ["home-24gb", "Home 24GB", "HOME_24gb", "homer"])
def test_device_names_ignore_what_people_vary(name: str) -> None:
    assert asked(OPEN, {"gpu": name}).recommendations[0].hardware == "1 x Home 24GB"


def test_an_unknown_device_may_be_described() -> None:
    row = asked(OPEN, {"gpu": "Odd 12GB", "vram": "12GiB", "bandwidth": 300}).recommendations[0]
    assert row.hardware == "1 x Odd 12GB"
    assert row.memory is not None
    assert row.memory.available_gib == pytest.approx(12 * 0.92)


def test_gpus_count_without_a_name_too() -> None:
    row = asked(BIG, {"gpus": 2, "deployment": "self-host", "allow_unknown": True}).recommendations[0]
    assert row.hardware == "2 x DC 48GB"
