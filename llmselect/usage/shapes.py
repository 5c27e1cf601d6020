"""Schemas of the token counts of one request, one per kind of program; invalid counts are rejected.

Each yields the same five numbers: prompt, cached, cache-written, output and thinking tokens. The prompt includes cached
and cache-written tokens, the output includes thinking.
"""

from collections.abc import Mapping
from typing import Annotated, Any, ClassVar

from pydantic import BaseModel, BeforeValidator, ConfigDict, model_validator
from pydantic_core import PydanticCustomError

from llmselect.quantities import number

MAX_TOKENS = 10**9  # no request is larger
Counts = tuple[int, int, int, int, int]


def _count(value: Any) -> int:
    """A count of tokens, also as text; the error's message continues the field's name."""
    if type(value) is int and 0 <= value <= MAX_TOKENS:
        return value
    try:
        found = number(value)
    except ValueError:
        raise PydanticCustomError("count", "is no number") from None
    if found < 0:
        raise PydanticCustomError("count", "is negative")
    if found > MAX_TOKENS or found != int(found):
        raise PydanticCustomError("count", "is no count of tokens")
    return int(found)


Count = Annotated[int, BeforeValidator(_count)]
OptionalCount = Annotated[int, BeforeValidator(lambda value: _count(value) if value else 0)]  # null and "" mean none


class Shape(BaseModel):
    """The counts of one kind of program; `marks` are the fields by which it is recognised."""

    model_config = ConfigDict(frozen=True, extra="ignore")
    marks: ClassVar[tuple[str, str]]

    @property
    def counts(self) -> Counts:
        """Prompt, cached, cache-written, output and thinking tokens."""
        raise NotImplementedError


class _PromptDetails(BaseModel):
    cached_tokens: OptionalCount = 0
    cache_write_tokens: OptionalCount = 0


class _OutputDetails(BaseModel):
    reasoning_tokens: OptionalCount = 0


def _mapping(value: Any) -> Any:
    return value if isinstance(value, dict) else {}


_Prompt = Annotated[_PromptDetails, BeforeValidator(_mapping)]
_Output = Annotated[_OutputDetails, BeforeValidator(_mapping)]


class ChatCompletion(Shape):
    """OpenAI's Chat Completions and compatible formats; prompt tokens include cached ones."""

    marks = ("prompt_tokens", "completion_tokens")
    prompt_tokens: Count
    completion_tokens: Count
    prompt_tokens_details: _Prompt = _PromptDetails()
    completion_tokens_details: _Output = _OutputDetails()
    cache_read_input_tokens: OptionalCount = 0
    cache_creation_input_tokens: OptionalCount = 0
    prompt_cache_hit_tokens: OptionalCount = 0  # DeepSeek
    cached_tokens: OptionalCount = 0
    reasoning_tokens: OptionalCount = 0
    total_tokens: OptionalCount = 0

    @property
    def counts(self) -> Counts:
        """The counts; cached tokens come from the first name that has any, separate thinking is added to the output."""
        prompt, output = self.prompt_tokens, self.completion_tokens
        cached = self.prompt_tokens_details.cached_tokens or self.cache_read_input_tokens
        cached = cached or self.prompt_cache_hit_tokens or self.cached_tokens
        written = self.cache_creation_input_tokens or self.prompt_tokens_details.cache_write_tokens
        thinking = self.completion_tokens_details.reasoning_tokens or self.reasoning_tokens
        separate = thinking and self.total_tokens == prompt + output + thinking  # some hosts count it separately
        return prompt, cached, written, output + thinking if separate else output, thinking


class Response(Shape):
    """OpenAI's Responses, and Anthropic's Messages, whose input tokens exclude cache reads and writes."""

    marks = ("input_tokens", "output_tokens")
    input_tokens: Count
    output_tokens: Count
    input_tokens_details: _Prompt = _PromptDetails()
    output_tokens_details: _Output = _OutputDetails()
    cache_read_input_tokens: OptionalCount = 0
    cache_creation_input_tokens: OptionalCount = 0
    cached_tokens: OptionalCount = 0
    input_cached_tokens: OptionalCount = 0

    @property
    def counts(self) -> Counts:
        """The counts; cache reads and writes are added to the prompt if it excludes them."""
        read, written = self.cache_read_input_tokens, self.cache_creation_input_tokens
        thinking = self.output_tokens_details.reasoning_tokens
        if read or written:
            return self.input_tokens + read + written, read, written, self.output_tokens, thinking
        cached = self.input_tokens_details.cached_tokens or self.cached_tokens or self.input_cached_tokens
        return self.input_tokens, cached, 0, self.output_tokens, thinking


class Langfuse(Shape):
    """Langfuse splits its counts: names that begin with input make up the prompt, those with output the answer."""

    marks = ("input", "output")
    model_config = ConfigDict(frozen=True, extra="allow")
    __pydantic_extra__: dict[str, OptionalCount]
    input: Count
    output: Count

    @model_validator(mode="before")
    @classmethod
    def _counts_alone(cls, usage: Mapping[str, Any]) -> dict[str, Any]:
        if usage.get("unit") not in (None, "TOKENS"):
            raise PydanticCustomError("unit", "usage in another unit than tokens")
        return {name: value for name, value in usage.items() if _is_split(name)}

    @property
    def counts(self) -> Counts:
        """The counts, summed over the parts by their names."""
        parts = {"input": self.input, "output": self.output, **(self.__pydantic_extra__ or {})}
        output = {name: count for name, count in parts.items() if name.startswith("output")}
        given = {name: count for name, count in parts.items() if name not in output}
        written = {name: count for name, count in given.items() if "creation" in name or "write" in name}
        cached = sum(count for name, count in given.items() if "cache" in name and name not in written)
        thinking = sum(count for name, count in output.items() if "reasoning" in name)
        return sum(given.values()), cached, sum(written.values()), sum(output.values()), thinking


def _is_split(name: str) -> bool:
    return name.startswith(("input", "output", "cache_")) and not name.endswith(("Cost", "_cost"))


class CamelCase(Shape):
    """Older versions of the AI SDK, and others that write the two counts in camel case."""

    marks = ("promptTokens", "completionTokens")
    promptTokens: Count  # noqa: N815 (theirs)
    completionTokens: Count  # noqa: N815

    @property
    def counts(self) -> Counts:
        """The two counts."""
        return self.promptTokens, 0, 0, self.completionTokens, 0


class Gemini(Shape):
    """Gemini counts thoughts separately from the answer, and cached content as part of the prompt."""

    marks = ("promptTokenCount", "candidatesTokenCount")
    promptTokenCount: Count  # noqa: N815
    candidatesTokenCount: OptionalCount = 0  # noqa: N815
    thoughtsTokenCount: OptionalCount = 0  # noqa: N815
    cachedContentTokenCount: OptionalCount = 0  # noqa: N815

    @property
    def counts(self) -> Counts:
        """The counts, with thoughts added to the answer."""
        output = self.candidatesTokenCount + self.thoughtsTokenCount
        return self.promptTokenCount, self.cachedContentTokenCount, 0, output, self.thoughtsTokenCount


SHAPES: tuple[type[Shape], ...] = (ChatCompletion, Response, Langfuse, CamelCase, Gemini)
