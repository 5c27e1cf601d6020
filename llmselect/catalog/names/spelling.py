"""The ways in which one model's name is written: addresses, prefixes of clients, repositories and file formats.

`readings` peels them off one by one, so that each is tried as it stands before more is taken away.
"""

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace

from llmselect.catalog.names.hosts import OLLAMA, prefixed
from llmselect.catalog.names.quantizations import level_of
from llmselect.errors import fold

MAX_CHARACTERS = 300
_SITES = {
    "huggingface": ("huggingface.co", "hf.co", "huggingface.com", "hf-mirror.com", "modelscope.cn", "modelscope.ai"),
    "ollama": ("ollama.com", "ollama.ai", "registry.ollama.ai"),
    "other": ("openrouter.ai", "replicate.com", "deepinfra.com", "build.nvidia.com", "lmstudio.ai", "hub.docker.com"),
}
_SITE_OF = {name: site for site, names in _SITES.items() for name in names}
_URL = re.compile(r"(?:[a-z]+://)?(?:www\.)?([a-z0-9.-]+\.[a-z]{2,})/(.+)", re.IGNORECASE)
_INSIDE = re.compile(r"/(?:tree|blob|resolve|raw|commits?|discussions|files|tags|api)(?:/(.*))?$")
_COMMAND = re.compile(r"(?:ollama\s+(?:run|pull|show)|lms\s+(?:get|load)|vllm\s+serve)\s+", re.IGNORECASE)
_ARN = re.compile(r"arn:aws[\w-]*:[\w-]+:[\w-]*:\d*:[\w-]+/", re.IGNORECASE)
_AWS_REGION = re.compile(r"[a-z]{2}(?:-gov)?-[a-z]+-\d/|\d-month-commitment/")
_AWS_GROUP = re.compile(r"(?:us|eu|apac|global|us-gov|jp|au|ca|sa|ap|uk|in|me|il|mx)\.(?=[a-z0-9]+\.)")
_AWS_VENDOR = re.compile(r"[a-z0-9]{2,}\.(?=[a-z])(?=.*[-\d])")
_AWS_ENDING = re.compile(r"(?:-v\d+)?(?::\d+)?(?::\d+k|:mm)?$")
_ROUTE = re.compile(
    r"(?:[:@](?:free|nitro|floor|online|extended|thinking|beta|exacto|discounted|batch|latest|default|cloud)"
    r"|@\d[\w.-]*|-maas|\[\w+\])$"
)
_LATEST = re.compile(r"[-@:. ]latest$")
_TUNED = re.compile(r"ft:([^:]+)(?::.*)?")
_FILE = re.compile(r"(?:-\d{5}-of-\d{5})?\.(?:gguf|safetensors|bin|llamafile)$", re.IGNORECASE)
_TYPE = r"(?:ud[-_])?i?q\d(?:_[a-z0-9]+)*"
_FORMATS = (
    r"(?:gg(?:uf|ml)s?|awq|gptq)(?:-v\d)?|(?:awq|gptq)-[348]b|\d{2,3}g|exl[23]|mlx|onnx|ov|openvino|bnb|hqq|aqlm|eetq|marlin|auto-?round|torchao|coreml|imatrix|imat|"
    r"i1|qat|dwq|unsloth|dynamic|quantized|quants?|block|kv|compressed-tensors|fp4|fp8|fp?16|fp?32|bf16|nvfp4|mxfp[48]|nf4|u?int[248]|"
    r"[2-8](?:\.\d+)?-?bits?|w[48]a(?:4|8|16)|g(?:s|roup)?-?\d{2,3}|(?:\d+(?:\.\d+)?)bpw|h[68]|pv|hf|optimized|quantization"
)
_FORMAT = re.compile(rf"[-_.:\s(]+({_TYPE}|{_FORMATS})\)?$", re.IGNORECASE)
_POINT = re.compile(r"(?<=\d)p(?=\d)")  # as ids of Fireworks write it: llama-v3p1
# Sources of copies of a model under the model's own name: the uploader's name stands before it again.
_TWICE = re.compile(r"^[a-z0-9-]+_(?=[a-z])", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Reading:
    """A name with some of its wrapping taken away.

    `exact` says that it is a repository's or host's own id, where the base model is not its tuned one; `ollama` that
    it is a tag; `newest` that the newest of a line is asked for; `hosts` and `quantization` as in `Understood`.
    """

    text: str
    exact: bool = False
    ollama: bool = False
    newest: bool = False
    hosts: tuple[str, ...] = ()
    quantization: str | None = None


def readings(word: str, hosts: Collection[str], owners: Collection[str]) -> Iterator[Reading]:
    """A name as it stands, then with ever less around it. `hosts` are the ids of the catalogue's hosts.

    `owners` are those of repositories, folded: behind their names a base model is not read as its tuned one.
    """
    text = word.strip().strip("\"'`")
    reading = _addressed(_COMMAND.sub("", text))
    if text.lower().startswith("ollama "):
        reading = replace(reading, ollama=True)
    yield reading
    if "://" in reading.text:
        return  # a page that is not known to be about a model
    for peel in (_tuned, _route, _arn):
        reading = peel(reading)
    yield reading
    while (found := prefixed(reading.text, hosts)) is not None:
        first = fold(reading.text[: len(reading.text) - len(found[1]) - 1])
        ollama = reading.ollama or first in map(fold, OLLAMA)
        reading = replace(reading, text=found[1], hosts=reading.hosts or found[0], ollama=ollama, exact=first in owners)
        yield _route(reading)
    for peel in (_route, _in_region, _without_vendor, _without_version, _latest):
        reading = peel(reading)
        yield reading
    yield from _repository(reading)


def _addressed(text: str) -> Reading:
    """A name, or the part of a page's address that is one."""
    match = _URL.fullmatch(text)
    site = _SITE_OF.get(match[1].lower()) if match else None
    if match is None or site is None:
        return Reading(text)
    path = re.split(r"[?#]", match[2])[0].strip("/")
    path = re.sub(r"^(?:models|library|r)/", "", path)
    inside = _INSIDE.search(path)
    kind = _TYPE_OF_FILE.search(inside[1]) if inside and inside[1] else None
    found = path[: inside.start()] if inside else path
    return Reading(found, exact=site != "ollama", ollama=site == "ollama", quantization=kind[1] if kind else None)


_TYPE_OF_FILE = re.compile(rf"[-_.]({_TYPE})(?:-\d{{5}}-of-\d{{5}})?\.gguf$", re.IGNORECASE)


def _tuned(reading: Reading) -> Reading:
    match = _TUNED.fullmatch(reading.text)
    return replace(reading, text=match[1], exact=True) if match else reading


def _arn(reading: Reading) -> Reading:
    text = _ARN.sub("", reading.text)
    return replace(reading, text=text, hosts=("bedrock",), exact=True) if text != reading.text else reading


def _route(reading: Reading) -> Reading:
    """Without what says how a host shall serve it: `:free`, `@default`, `-maas`."""
    return replace(reading, text=_ROUTE.sub("", reading.text))


def _in_region(reading: Reading) -> Reading:
    """Without the region of Amazon Bedrock's ids."""
    text = reading.text
    while match := _AWS_REGION.match(text):
        text = text[match.end() :]
    return replace(reading, text=_AWS_GROUP.sub("", text))


def _without_vendor(reading: Reading) -> Reading:
    """Without the vendor before the dot in Amazon Bedrock's ids."""
    vendor = _AWS_VENDOR.match(reading.text)
    if vendor is None or "/" in reading.text or " " in reading.text:
        return reading
    return replace(reading, text=reading.text[vendor.end() :], exact=True, hosts=reading.hosts or ("bedrock",))


def _without_version(reading: Reading) -> Reading:
    """Without the version and the window at the end of Amazon Bedrock's ids."""
    return replace(reading, text=_AWS_ENDING.sub("", reading.text)) if "bedrock" in reading.hosts else reading


def _latest(reading: Reading) -> Reading:
    text = _LATEST.sub("", reading.text)
    return replace(reading, text=text, newest=True) if text != reading.text else reading


def _repository(reading: Reading) -> Iterator[Reading]:
    """Without the one who put it there, then without the formats of its files, one after the other."""
    name = reading.text.replace("\\", "/").rstrip("/")
    kind = reading.quantization
    if "/" in name and ":" in name.rpartition("/")[2]:
        name, _, tag = name.rpartition(":")
        kind = kind or tag
    tail = name.rpartition("/")[2]
    reading = replace(reading, text=tail, exact=reading.exact or "/" in name, quantization=kind)
    yield reading
    text = _FILE.sub("", tail)
    if text != tail:
        reading = replace(reading, text=text, exact=True)
        yield reading
    while match := _FORMAT.search(reading.text):
        text = reading.text[: match.start()]
        known = reading.quantization is not None and (level_of(reading.quantization) or level_of(match[1]) is None)
        kind = reading.quantization if known else match[1]
        reading = replace(reading, text=text, quantization=kind, exact=True)
        yield reading
    if _POINT.search(reading.text):
        reading = replace(reading, text=_POINT.sub(".", reading.text))
        yield reading
    if _TWICE.match(reading.text):
        yield replace(reading, text=_TWICE.sub("", reading.text))
