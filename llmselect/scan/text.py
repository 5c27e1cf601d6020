"""Whether a word in a line is a value: between quotes, after `key:` or `KEY=`, in a tag, after a flag.

`"gpt-4"` is one; an id in a sentence, a comment or a longer string is not, such as `about gpt-4` or
`# the "gpt-4" of last year`. Whether a word without quotes can be a value depends on the kind of file: never in
programs; in configuration, in an assignment or as a list item.
"""

import re
from typing import Literal

Syntax = Literal["code", "template", "config", "markup", "notebook"]

_CODE = (
    "py pyi java kt kts scala rs rb cs fs php c h cc cpp hpp m mm swift dart lua pl pm r jl ex exs erl hs clj groovy "
    "gradle sql html htm css scss toml json jsonl json5 jsonc tf tfvars hcl"
)
_TEMPLATE = "js jsx mjs cjs ts tsx mts cts go vue svelte astro"  # languages with strings between back-ticks
_MARKUP = "xml config plist csproj props targets resx xaml storyboard pom"
_BY_SUFFIX: dict[str, Syntax] = {
    **dict.fromkeys(_CODE.split(), "code"),
    **dict.fromkeys(_TEMPLATE.split(), "template"),
    **dict.fromkeys(_MARKUP.split(), "markup"),
    "ipynb": "notebook",
}

# Keywords that may stand next to a quoted value in a program; any other word makes the line a sentence.
_PROGRAM_WORDS = """
    and as assert await begin case catch const default do echo elif else elsif end ensure env export extends finally
    for from if import in includes is isnt let match not or print puts raise return set static then throw
    unless until val values var when where while xor yield
"""
_KEYWORDS = frozenset(_PROGRAM_WORDS.split())
_KEYWORDS_AFTER = frozenset(
    ("and", "as", "do", "else", "end", "for", "from", "if", "in", "not", "or", "then", "when", "where")
)
_WORD_BEFORE = re.compile(r"([A-Za-z][\w]*)[ \t]+$")
_WORD_AFTER = re.compile(r"[ \t]+([A-Za-z][\w]*)")
_END = r"(?=[ \t]*(?:$|[,;})\]]|\\n|\\$|\||&&)|[ \t]+(?:#|//|;))"
_ASSIGNED = re.compile(r"(?:^|[\s,{(\[])[\"']?[A-Za-z_][\w.$-]*[\"']?[ \t]*(?:[:?+]?=|:(?=[ \t]))[ \t]*$")
_ASSIGNED_TIGHTLY = re.compile(r"(?:^|[\s,;({])[A-Za-z_]\w*=$")
_ITEM = re.compile(r"(?:^[ \t]*(?:-[ \t]+)+|[\[,][ \t]*)$")
_IN_LIST = re.compile(r"^[^\[\]#\"']*\[[^\[\]#\"']*$")
_FALLBACK = re.compile(r"\$\{\w+:?[-=]$")
_ENVIRONMENT = re.compile(r"^[ \t]*(?:ENV|ARG)[ \t]+\w+[ \t]+$")
_FLAG = re.compile(
    r"(?:^|[\s\"'`!$(])(?:--?[\w-]*(?:model|llm|engine|deployment)[\w-]*(?:[ \t]+|=)|-m[ \t]+)$", re.IGNORECASE
)
_PARAMETER = re.compile(r"[?&\"'][\w-]*model[\w-]*=$", re.IGNORECASE)
_FLAG_END = re.compile(r"$|[\s;|&\"'`)\\]")
_VALUE_END = re.compile(_END)
_TAG_BEFORE, _TAG_AFTER = re.compile(r"<[\w:.-]+(?:\s[^<>]*)?>\s*$"), re.compile(r"\s*</[\w:.-]+>")
_COMMENT_BEGINS = re.compile(r"[ \t](?:#(?=$|[ \t!:])|//|/\*|<!--)|[;{})>,](?://|/\*|<!--)")
_COMMENT = re.compile(r"[ \t]*(?:#|//|/\*|\*(?:[ \t/]|$)|--[ \t]|;|%[ \t]|<!--|REM\b|rem\b|\"\"\"|''')")


def syntax_of(suffix: str) -> Syntax:
    """The syntax for a file's suffix; unknown suffixes are read as configuration."""
    return _BY_SUFFIX.get(suffix, "config")


def stands_as_value(before: str, after: str, syntax: Syntax) -> bool:
    """Whether a word is a value, given the text before and after it on its line."""
    if syntax == "notebook":
        before, after = _notebook_code_line(before, after)
        syntax = "code"
    if _in_comment(before):
        return False
    if _quoted(before, after, syntax):
        return True
    if _FLAG.search(before):
        return _FLAG_END.match(after) is not None
    if _PARAMETER.search(before):
        return re.match(r"[&\"'\s]|$", after) is not None
    if syntax == "markup":
        return _TAG_BEFORE.search(before) is not None and _TAG_AFTER.match(after) is not None
    return syntax == "config" and _unquoted_value(before, after)


def _unquoted_value(before: str, after: str) -> bool:
    """Whether a word without quotes is a value in a configuration file or shell script."""
    if _FALLBACK.search(before):
        return after.startswith("}")
    if _ASSIGNED_TIGHTLY.search(before) and (not after or after[0].isspace() or after[0] in ";)"):
        return True
    if _VALUE_END.match(after) is None:
        return _in_tag(before, after)
    if _ASSIGNED.search(before) or _ENVIRONMENT.search(before):
        return True
    if _ITEM.search(before):
        return not before.rstrip().endswith((",", "[")) or _IN_LIST.match(before) is not None
    return _in_tag(before, after)


def _in_tag(before: str, after: str) -> bool:
    return _TAG_BEFORE.search(before) is not None and _TAG_AFTER.match(after) is not None


def _quoted(before: str, after: str, syntax: Syntax) -> bool:
    """Whether a word is a whole quoted string (the quotes may be escaped) and not a quotation in a sentence."""
    quote = before[-1:]
    if quote not in ("'", '"', "`") or (quote == "`" and syntax != "template"):
        return False
    escaped = before[-2:-1] == "\\"
    closing = f"\\{quote}" if escaped else quote
    if not after.startswith(closing):
        return False
    start, rest = before[: -1 - escaped], after[len(closing) :]
    if start.endswith("`") and rest.startswith("`"):
        return False  # a quotation in documentation
    word = _WORD_BEFORE.search(start)
    if word is not None and word[1].lower() not in _KEYWORDS and not _declares(start, rest):
        return False
    word = _WORD_AFTER.match(rest)
    return word is None or word[1].lower() in _KEYWORDS_AFTER or start.endswith("=")


def _declares(before: str, after: str) -> bool:
    """Whether a line is a call or setting without brackets: `model "id"`, `resource "id" {`, `ENV MODEL "id"`."""
    words = before.split()
    return len(words) <= 2 and re.match(r"[ \t]*(?:$|[,{;#\\]|do\b)", after) is not None and words[0][:1].isalpha()


def _in_comment(before: str) -> bool:
    """Whether a comment begins in this text, outside quotes; a line that starts with `*` is inside a block comment."""
    if _COMMENT.match(before):
        return not before.lstrip().startswith(("#!", "#{"))
    quote = ""
    for number, char in enumerate(before):
        if quote:
            if char == quote and before[number - 1] != "\\":
                quote = ""
        elif char in "\"'`":
            if char != "'" or number == 0 or not before[number - 1].isalnum():  # an apostrophe is no quote
                quote = char
        elif _COMMENT_BEGINS.match(before, max(number - 1, 0)):
            return True
    return False


def _notebook_code_line(before: str, after: str) -> tuple[str, str]:
    """The text before and after a word in a notebook's line of code, without the JSON string around it."""
    opened = re.match(r'[ \t]*"', before)
    if opened is None or not re.search(r'(?<!\\)(?:\\\\)*"[ \t]*,?[ \t]*$', after):
        return before, after
    inner, rest = before[opened.end() :], re.sub(r'(?:\\n)?"[ \t]*,?[ \t]*$', "", after)
    if inner == "" and rest == "":  # the string is the word itself
        return before, after
    if re.search(r'(?<!\\)"', inner):  # a key and a value on one line
        return before, after
    return inner.replace('\\"', '"'), rest.replace('\\"', '"')
