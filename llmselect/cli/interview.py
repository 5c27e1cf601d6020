"""One run of the questionnaire for the command line: flags, catalogue, saved session and answers."""

import contextlib
import os
import shutil
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from llmselect.ask.answer_file import FileSurface, fields_text
from llmselect.ask.influence import Ranking
from llmselect.ask.loop import Questionnaire, run
from llmselect.ask.prompt import Surface, Wording, best_surface
from llmselect.ask.questions import Fields, Question, questions
from llmselect.ask.saved import profile_text, read_session, session_text
from llmselect.ask.session import Session
from llmselect.catalog.load import open_catalog
from llmselect.cli.framework.inputs import read_answers, requirements
from llmselect.cli.framework.output import write_file
from llmselect.cli.framework.streams import complain_all
from llmselect.engine.facts import Facts
from llmselect.engine.machine.hardware import Hardware
from llmselect.engine.machine.machines import Detected
from llmselect.engine.named import request_of
from llmselect.engine.preview import Preview, preview
from llmselect.errors import LlmselectError
from llmselect.folders import data_place
from llmselect.render.format.wrap import wrap
from llmselect.requirements import parse

SESSION_FILE = "ask.json"
PIPE_WIDTH = 100


def columns() -> int:
    """The terminal's width in columns."""
    return shutil.get_terminal_size((PIPE_WIDTH, 24)).columns


class Rankings:
    """Ranks profiles; reuses the previous profile's options if only terms or weights differ."""

    def __init__(self, facts: Facts, detected: Detected | None) -> None:
        self._facts, self._detected = facts, detected
        self._preview: Preview | None = None

    def __call__(self, fields: Fields) -> Ranking:
        """The ranking of a profile."""
        self._preview = self._with(fields)
        return _Ranked(self._preview)

    def winner(self, fields: Fields) -> str | None:
        """The best model's name; None if nothing qualifies."""
        best = self._with(fields).top_models
        return self._facts.models.name[self._facts.model_no[best[0]]] if best else None

    def _with(self, fields: Fields) -> Preview:
        needs = parse(fields)
        return self._preview.under(needs) if self._preview else preview(needs, self._facts, self._detected)


class _Ranked:
    """The top models for some requirements, and for changed ones, from one preview."""

    def __init__(self, preview: Preview) -> None:
        self._preview = preview

    @property
    def top_models(self) -> tuple[str, ...]:
        return self._preview.top_models

    def top_models_with(self, fields: Fields) -> tuple[str, ...]:
        return self._preview.under(parse(fields)).top_models


class Interview:
    """A questionnaire started from flags, a saved session or an answer file; saves the session after each answer."""

    def __init__(self, given: Mapping[str, Any], language: str) -> None:
        known = requirements(given, given["profile"])
        base = {name: value for name, value in known.model_dump("json").items() if name in known.model_fields_set}
        self._sheet = read_answers(given["answers"]) if given.get("answers") is not None else None
        for name in known.found_in.keys() & (self._sheet or {}).keys():
            del base[name]  # an answer overrides llmselect.yaml
        self._from_file = {name: base[name] for name in known.found_in if name in base}
        self._session = read_session(self._path) if given.get("resume") else Session(fixed=base)
        self._facts = Facts(open_catalog())
        self._detected = _detected()
        self._rank = Rankings(self._facts, self._detected)
        self.say = Wording(language, figures(self._facts.hardware, self._detected))
        self._surface = self._chosen_surface(given)
        self._check(self._session.fields | (self._sheet or {}))

    def run(self) -> Session:
        """The session after the last question, with those of the file's answers that no question asked for."""
        if self._session.given:
            self._surface.tell(self.say("resumed", count=len(self._session.given)))
        questionnaire = Questionnaire(questions(), self.say, self._surface, self._rank, self._check, self._keep)
        done = run(questionnaire, self._session)
        rest = {name: value for name, value in (self._sheet or {}).items() if name not in done.fields}
        if rest:
            self._surface.tell(self.say("beside", fields=fields_text(rest)))
        return replace(done, fixed={**done.fixed, **rest})

    def answered(self, session: Session) -> dict[str, Any]:
        """The fields of a session except those that come from llmselect.yaml, which is read again."""
        return {
            name: value
            for name, value in session.fields.items()
            if name not in self._from_file or self._from_file[name] != value
        }

    def broken_off(self) -> str:
        """The message for a person who leaves early: where the answers are."""
        if not self._session.given:
            return self.say("left")
        words = self.say("saved", path=self._path) if self._path.exists() else self.say("not_saved", path=self._path)
        return "\n".join(wrap(words, columns()))

    def forget(self) -> None:
        """Deletes the saved session."""
        if self._sheet is None:
            with contextlib.suppress(OSError):
                self._path.unlink()

    def tell_unsure(self, session: Session) -> None:
        """Tells, for each question answered with "don't know", which answers would change the winner."""
        if not session.unsure or self._sheet is not None:
            return
        lines = ["", self.say("unsure")]
        for question in questions():
            if question.id in session.unsure:
                lines += [f"  {line}" for line in self._unsure(question, session.fields)]
        self._surface.tell("\n".join(lines))

    def save(self, path: Path, session: Session, command: str) -> None:
        """Writes the answers as a profile."""
        try:
            write_file(path, profile_text(session.fields, command))
        except OSError as error:
            message = f"{path} cannot be written: {error.strerror}"
            raise LlmselectError("bad-output", message, "Name another file.") from error
        self._surface.tell(self.say("save_done", path=path))

    def offer(self, session: Session, command: str) -> None:
        """Asks whether and where to save the answers; never overwrites a file."""
        while name := self._surface.line(self.say("save")):
            path = Path(os.path.expanduser(name))
            if path.exists():
                self._surface.tell(self.say("save_exists", path=path))
                continue
            try:
                return self.save(path, session, command)
            except LlmselectError as error:
                self._surface.tell(error.message)

    @property
    def _path(self) -> Path:
        return Path(data_place(), SESSION_FILE)

    def _chosen_surface(self, given: Mapping[str, Any]) -> Surface:
        if self._sheet is not None:
            return FileSurface(self._sheet, questions(), complain_all)
        return best_surface(self.say, columns, numbered=bool(given.get("numbered")))

    def _check(self, fields: Fields) -> None:
        request_of(parse(fields), self._facts, self._detected)

    def _keep(self, session: Session) -> None:
        self._session = session
        if self._sheet is None:
            with contextlib.suppress(OSError):
                self._path.parent.mkdir(parents=True, exist_ok=True)
                write_file(self._path, session_text(session))

    def _unsure(self, question: Question, fields: Fields) -> list[str]:
        now, found = self._rank.winner(fields), []
        for answer in question.representatives:
            with contextlib.suppress(LlmselectError):
                other = self._rank.winner({**fields, **answer})
                if other is not None and other != now:
                    found.append(self._change_text(question, answer, other))
        return found or [self.say("unsure_same", question=self.say.of(question.id, "ask"))]

    def _change_text(self, question: Question, answer: Fields, winner: str) -> str:
        name = next((name for name, sets in question.choices.items() if sets == answer), None)
        label = self.say.label(question.id, name) if name else None
        asked = self.say.of(question.id, "ask")
        return self.say("unsure_changes", question=asked, answer=label or fields_text(answer), winner=winner)


def _detected() -> Detected | None:
    """This machine; None if it cannot be detected."""
    from llmselect.hardware.detect import detect

    try:
        found = detect()
    except LlmselectError:
        return None
    return Detected(found.ram_gib, found.cpu, found.gpus)


def figures(hardware: Hardware, detected: Detected | None) -> dict[str, str]:
    """The machine names in the labels of choices: the preset of each tier, and this machine if it is known."""
    names: dict[str, str] = {}
    for tier, preset in hardware.presets.items():
        names[tier] = f"{preset.count} x {hardware.devices[preset.device].name}"
    if detected is not None:
        parts = [f"{name} ({memory:.0f} GiB)" for name, memory in detected.gpus] or [detected.cpu or "CPU"]
        names["detected"] = f"{' + '.join(parts)}, {detected.ram_gib:.0f} GiB RAM"
    return names
