"""Times one file with xllamacpp: reads a request as JSON from stdin and writes the answer as JSON to stdout.

Runs as `python -m llmselect.probe.llamacpp.worker`, so that llama.cpp's memory and crashes do not affect the caller.
"""

import json
import os
import random
import sys
import time
from collections.abc import Iterator
from typing import Any

from llmselect.probe.pace import pace_s

SPARE_TOKENS = 16
FIRST_WORD, LAST_WORD = 300, 2000  # tokens of the made-up vocabulary that are plain words
WARM_TOKENS = 4
MIN_PROMPT, MIN_STEPS = 16, 3  # tokens, however short the time


def main() -> None:
    """Answers one request."""
    request = json.load(sys.stdin)
    with os.fdopen(os.dup(1), "w") as answer:
        os.dup2(2, 1)  # keeps llama.cpp's output out of the answer
        json.dump(_time(request), answer)


def _time(request: dict[str, Any]) -> dict[str, Any]:
    start = time.monotonic()
    import xllamacpp

    server = xllamacpp.Server(_parameters(xllamacpp, request))
    warm = _complete(server, _prompt(0, WARM_TOKENS), WARM_TOKENS)
    end, tasks = start + request["max_s"], request["tasks"]
    rows = []
    for done, asked in enumerate(tasks):
        now = time.monotonic()
        share_s = max(0.0, end - now) / (len(tasks) - done)
        task = shorten_task(asked, warm, share_s)
        found = list(_repeats(server, task, now + share_s))
        rows.append([*task[:3], *map(list, zip(*found, strict=True))])
    return {"timings": rows, "build": _build(xllamacpp), "device": _device(xllamacpp)}


def shorten_task(task: list[int], warm: dict[str, float], share_s: float) -> list[int]:
    """The task, with fewer tokens if one repeat would take longer than `share_s`.

    `warm` are the timings of a first, short request; in longer prompts a token takes about half as long.
    """
    prompt_tokens, decode_tokens, depth_tokens, repeats = task
    step_s, token_s = warm["predicted_ms"] / warm["predicted_n"] / 1e3, warm["prompt_ms"] / warm["prompt_n"] / 2e3
    return [
        min(prompt_tokens, max(MIN_PROMPT, int(share_s / token_s))),
        min(decode_tokens, max(MIN_STEPS, int(share_s / step_s))),
        min(depth_tokens, max(MIN_PROMPT, int(share_s / token_s))),
        repeats,
    ]


def _parameters(xllamacpp: Any, request: dict[str, Any]) -> Any:
    parameters = xllamacpp.CommonParams()
    parameters.model.path = request["model"]
    parameters.n_ctx = max(sum(task[:3]) for task in request["tasks"]) + SPARE_TOKENS
    parameters.n_parallel = 1
    parameters.fit_params = False  # the file is known to fit, and checking takes a second
    parameters.cpuparams.n_threads = parameters.cpuparams_batch.n_threads = request["threads"]
    return parameters


def _repeats(server: Any, task: list[int], end: float) -> Iterator[tuple[float, float]]:
    """Seconds of each repeat and the pace at that time; only the first repeat may start after `end`."""
    before_s = pace_s()
    for seconds in _seconds(server, task, end):
        after_s = pace_s()
        yield seconds, (before_s + after_s) / 2
        before_s = after_s


def _seconds(server: Any, task: list[int], end: float) -> Iterator[float]:
    prompt_tokens, decode_tokens, depth_tokens, repeats = task
    for repeat in range(repeats):
        if repeat and time.monotonic() > end:
            return
        if prompt_tokens:
            yield _complete(server, _prompt(repeat, prompt_tokens), 1)["prompt_ms"] / 1e3
        else:
            found = _complete(server, _prompt(0, max(1, depth_tokens)), decode_tokens + 1, keep=True)
            yield found["predicted_ms"] / 1e3 / (found["predicted_n"] - 1)


def _prompt(seed: int, tokens: int) -> list[int]:
    source = random.Random(f"{seed} of {tokens}")
    return [source.randrange(FIRST_WORD, LAST_WORD) for _ in range(tokens)]


def _complete(server: Any, prompt: list[int], tokens: int, keep: bool = False) -> Any:
    """Timings of one request. The first token comes with the prompt, so n tokens take n - 1 steps.

    Tokens are sampled: with greedy decoding a network of random weights repeats itself and reuses the same experts.
    """
    asked = {"prompt": prompt, "n_predict": tokens, "temperature": 1.0, "samplers": ["temperature"]}
    answer = server.handle_completions({**asked, "ignore_eos": True, "cache_prompt": keep})
    answer = json.loads(answer) if isinstance(answer, str | bytes) else answer
    if "timings" not in answer:
        raise SystemExit(f"xllamacpp: {answer}")
    return answer["timings"]


def _build(xllamacpp: Any) -> str:
    """The wheel's version and the CPU instructions that it was built for."""
    parts = (part.strip() for part in xllamacpp.get_system_info().split("|"))
    flags = " ".join(part.removesuffix("= 1").split()[-1] for part in parts if part.endswith("= 1"))
    return f"xllamacpp {xllamacpp.__version__}, prebuilt ({flags})"


def _device(xllamacpp: Any) -> str:
    gpus = [one["description"] for one in xllamacpp.get_device_info() if "GPU" in str(one["type"])]
    return gpus[0] if gpus else "cpu"


if __name__ == "__main__":
    main()
