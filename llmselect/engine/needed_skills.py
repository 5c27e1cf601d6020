"""What a request asks for beside its task, such as reading images, and how much of the quality that is."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from llmselect.catalog.words import language_skill
from llmselect.requirements import Requirements

MOST = 0.6  # of the quality: the task itself is the rest, whatever is asked for beside it
SEEN = frozenset(("image", "video", "pdf"))


@dataclass(frozen=True, slots=True)
class Need:
    """A skill that a request may ask for, its share of the quality, and the anchors of its test in percent."""

    skill: str
    share: float
    insufficient_percent: float
    ample_percent: float
    excellent_percent: float
    from_context_tokens: int | None


@dataclass(frozen=True, slots=True)
class Asked:
    """What of a request decides whether it asks for a skill."""

    needs: Requirements
    modalities_in: tuple[str, ...]
    context_tokens: int


# By the name of a need: the skills that a request asks for by it.
_SKILLS: Mapping[str, Callable[[Asked, Need], list[str]]] = {
    "images": lambda asked, need: [need.skill] if SEEN & set(asked.modalities_in) else [],
    "long-context": lambda asked, need: (
        [need.skill] if need.from_context_tokens and asked.context_tokens >= need.from_context_tokens else []
    ),
    "tools": lambda asked, need: [need.skill] if "tools" in asked.needs.needs else [],
    "language": lambda asked, _: [language_skill(code) for code in asked.needs.language if code != "en"],
}


def needed_skills(asked: Asked, needs: Mapping[str, Need], mix: Mapping[str, float]) -> dict[str, tuple[Need, float]]:
    """Each skill that is asked for with its share of the quality, beside what the task's own mix has of it."""
    found: dict[str, tuple[Need, float]] = {}
    for name, need in needs.items():
        skills = _SKILLS[name](asked, need)
        for skill in skills:
            own = mix.get(skill, 0.0) / sum(mix.values())
            share = max(0.0, (need.share - own) / (1 - own)) / len(skills)
            if share:
                found[skill] = need, share
    total = sum(share for _, share in found.values())
    return {skill: (need, share * min(1.0, MOST / total)) for skill, (need, share) in found.items()}
