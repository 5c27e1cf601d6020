"""The counts of one request as each kind of program writes them; what is no count of tokens is refused.

Each shape turns into the same five numbers: prompt, cached, written to a cache, output, thinking. The prompt counts
cached and written tokens too, the output the thinking.
"""

from collections.abc import Mapping
from typing import Annotated, Any, ClassVar

from pydantic import BaseModel, BeforeValidator, ConfigDict, model_validator
from pydantic_core import PydanticCustomError

from llmselect.quantities import number

MAX_TOKENS = 10**9  # no request is larger
Counts = tuple[int, int, int, int, int]


def _count(value: Any) -> int:
    """A count of tokens, also as text; raises an error that goes on behind the field's name."""
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
Optional = Annotated[int, BeforeValidator(lambda value: _count(value) if value else 0)]  # null and "" mean none


class Shape(BaseModel):
    """What one kind of program writes; `marks` are the fields that tell it."""

    model_config = ConfigDict(frozen=True, extra="ignore")
    marks: ClassVar[tuple[str, str]]

    @property
    def counts(self) -> Counts:
        """Prompt, cached, written, output and thinking tokens."""
        raise NotImplementedError


class _PromptDetails(BaseModel):
    cached_tokens: Optional = 0
    cache_write_tokens: Optional = 0


class _OutputDetails(BaseModel):
    reasoning_tokens: Optional = 0


def _mapping(value: Any) -> Any:
    return value if isinstance(value, dict) else {}


_Prompt = Annotated[_PromptDetails, BeforeValidator(_mapping)]
_Output = Annotated[_OutputDetails, BeforeValidator(_mapping)]


class ChatCompletion(Shape):
    """OpenAI's Chat Completions, and what others write in its form: cached tokens are part of the prompt's."""

    marks = ("prompt_tokens", "completion_tokens")
    prompt_tokens: Count
    completion_tokens: Count
    prompt_tokens_details: _Prompt = _PromptDetails()
    completion_tokens_details: _Output = _OutputDetails()
    cache_read_input_tokens: Optional = 0
    cache_creation_input_tokens: Optional = 0
    prompt_cache_hit_tokens: Optional = 0  # DeepSeek
    cached_tokens: Optional = 0
    reasoning_tokens: Optional = 0
    total_tokens: Optional = 0

    @property
    def counts(self) -> Counts:
        """Cached tokens under the first of the names that has some; thinking beside the answer is added to it."""
        prompt, output = self.prompt_tokens, self.completion_tokens
        cached = self.prompt_tokens_details.cached_tokens or self.cache_read_input_tokens
        cached = cached or self.prompt_cache_hit_tokens or self.cached_tokens
        written = self.cache_creation_input_tokens or self.prompt_tokens_details.cache_write_tokens
        thinking = self.completion_tokens_details.reasoning_tokens or self.reasoning_tokens
        apart = thinking and self.total_tokens == prompt + output + thinking  # some hosts count it beside
        return prompt, cached, written, output + thinking if apart else output, thinking


class Response(Shape):
    """OpenAI's Responses, and Anthropic's Messages, whose input leaves out what was read or written of a cache."""

    marks = ("input_tokens", "output_tokens")
    input_tokens: Count
    output_tokens: Count
    input_tokens_details: _Prompt = _PromptDetails()
    output_tokens_details: _Output = _OutputDetails()
    cache_read_input_tokens: Optional = 0
    cache_creation_input_tokens: Optional = 0
    cached_tokens: Optional = 0
    input_cached_tokens: Optional = 0

    @property
    def counts(self) -> Counts:
        """What was read or written of a cache is added to the prompt where it was left out of it."""
        read, written = self.cache_read_input_tokens, self.cache_creation_input_tokens
        thinking = self.output_tokens_details.reasoning_tokens
        if read or written:
            return self.input_tokens + read + written, read, written, self.output_tokens, thinking
        cached = self.input_tokens_details.cached_tokens or self.cached_tokens or self.input_cached_tokens
        return self.input_tokens, cached, 0, self.output_tokens, thinking


class Langfuse(Shape):
    """Langfuse splits what it counts: all that begins with input is the prompt, with output the answer."""

    marks = ("input", "output")
    model_config = ConfigDict(frozen=True, extra="allow")
    __pydantic_extra__: dict[str, Optional]
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
        """Sums over the parts by their names."""
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
    """The AI SDK of old, and others that write the two counts in camel case."""

    marks = ("promptTokens", "completionTokens")
    promptTokens: Count  # noqa: N815 (theirs)
    completionTokens: Count  # noqa: N815

    @property
    def counts(self) -> Counts:
        """The two counts."""
        return self.promptTokens, 0, 0, self.completionTokens, 0


class Gemini(Shape):
    """Gemini counts thoughts beside the answer, and cached content as part of the prompt."""

    marks = ("promptTokenCount", "candidatesTokenCount")
    promptTokenCount: Count  # noqa: N815
    candidatesTokenCount: Optional = 0  # noqa: N815
    thoughtsTokenCount: Optional = 0  # noqa: N815
    cachedContentTokenCount: Optional = 0  # noqa: N815

    @property
    def counts(self) -> Counts:
        """Thoughts are added to the answer."""
        output = self.candidatesTokenCount + self.thoughtsTokenCount
        return self.promptTokenCount, self.cachedContentTokenCount, 0, output, self.thoughtsTokenCount


SHAPES: tuple[type[Shape], ...] = (ChatCompletion, Response, Langfuse, CamelCase, Gemini)
