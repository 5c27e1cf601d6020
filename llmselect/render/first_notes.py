"""What a first screen says beside its table: cautions, assumptions, the source document, and what stands elsewhere."""

from collections.abc import Iterator, Sequence

from llmselect.render.phrases import Phrases, join
from llmselect.render.screen import Chosen, Note, left_out_text
from llmselect.results.recommendation import Recommendation, RecommendedModel

# What a first look should show first of what is assumed.
ASSUMED = (
    "--requests-per-month",
    "--bandwidth",
    "--compute",
    "--gpu",
    "--prompt-tokens",
    "--output-tokens",
    "--cached-share",
    "--task",
)


def assumed(answer: Recommendation) -> dict[str, str]:
    """The assumptions by flag, each with its flag before it: those of ASSUMED first, then what a file says."""
    found = [flag for flag in ASSUMED if flag in answer.assumed]
    read = [flag for flag, text in answer.assumed.items() if flag not in found and ", from " in text]
    return {flag: f"{flag} {answer.assumed[flag]}" for flag in (*read, *found)}


def cautions(answer: Recommendation, first: RecommendedModel | None) -> Iterator[Note]:
    """What could not be judged, and what speaks against the first row, but for its end."""
    yield from (Note("screen.caution", text, "behind.doubts") for text in answer.doubts)
    if first is not None:
        texts = [text for text in first.warnings if first.ends is None or first.ends not in text]
        yield from (Note("screen.caution", _sentence(text, first.host), "behind.warnings", 3) for text in texts)


def _sentence(text: str, host: str) -> str:
    """A remark as a sentence of its own; a host's id keeps its small letters."""
    return f"{text if text.startswith(host) else text[:1].upper() + text[1:]}."


def document_notes(answer: Recommendation, say: Phrases) -> Iterator[Note]:
    """What the source document would have said, or why today's answer is another than its own."""
    document = answer.document
    if document is None:
        return
    why = document.why[0].rstrip(".") + say("stop") if document.why else ""
    if answer.requirements.get("policy") == "document":
        if why:
            yield Note("screen.since", why, "behind.document", 3)
        return
    said = say("screen.document_said", answer=document.gloss or document.answer)
    yield Note("screen.document", f"{said} {why}".strip(), "behind.document", 3)


def more(answer: Recommendation, chosen: Chosen, hidden_rows: int, say: Phrases) -> Note:
    """What `--explain` has beside sources: what was left out, and what did not fit."""
    left_out = {row.model for row in answer.excluded} - {row.model for row in answer.recommendations}
    parts = [_counted("screen.excluded", len(left_out), say)] if left_out else []
    parts += [say("screen.unrated", count=len(answer.unrated))] if answer.unrated else []
    parts = parts or [say("screen.sources")]
    parts += left_out_text(chosen.left_out, say)
    parts += [_counted("behind.rows", hidden_rows, say)] if hidden_rows > 0 else []
    return Note("screen.more", say("screen.explain", parts=join(parts, say)), "")


def _counted(key: str, count: int, say: Phrases) -> str:
    return say(f"{key}_one") if count == 1 else say(key, count=count)


def ranks_text(ranks: Sequence[int], say: Phrases) -> str:
    """Ranks in words, three or more in a row as from and to: `1, 2 and 4`, `2 to 5`."""
    runs: list[list[int]] = []
    for rank in ranks:
        if runs and rank == runs[-1][-1] + 1:
            runs[-1].append(rank)
        else:
            runs.append([rank])
    parts: list[str] = []
    for run in runs:
        long = len(run) > 2
        parts += [say("screen.ranks", first=run[0], last=run[-1])] if long else [str(rank) for rank in run]
    return join(parts, say)
