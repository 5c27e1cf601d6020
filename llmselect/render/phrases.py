"""The labels of an answer in the reader's language. Details with figures stay in English."""

from collections.abc import Iterable

from llmselect.languages import ENGLISH, texts


class Phrases:
    """The labels of one of the LANGUAGES."""

    def __init__(self, language: str = ENGLISH) -> None:
        self._labels: dict[str, str] = texts(language, "labels")
        self.separator, self.colon, self.comma = (self._labels[name] for name in ("separator", "colon", "comma"))

    def __call__(self, key: str, **figures: object) -> str:
        """A label with its figures filled in; a key without a translation is returned itself."""
        text = self._labels.get(key) or key.removeprefix("rule.")
        return text.format(**figures) if figures else text


def join(parts: Iterable[str], say: Phrases) -> str:
    """`a, b and c` in the language of the labels."""
    found = [part for part in parts if part]
    if len(found) < 2:
        return "".join(found)
    return f"{say.comma.join(found[:-1])} {say('and')} {found[-1]}"
