"""Saves a session, so that an interrupted one can be resumed, and answers as a profile."""

import json
from pathlib import Path
from typing import Any

from llmselect.ask.loop import answer_from_record
from llmselect.ask.questions import Fields
from llmselect.ask.session import Session
from llmselect.errors import LlmselectError
from llmselect.files import read_json
from llmselect.requirements import parse

VERSION = 1
_START_OVER = "Begin again with `llmselect ask`."


def session_text(session: Session) -> str:
    """A session as JSON."""
    given = [{**row._asdict(), "fields": dict(row.fields)} for row in session.given]
    record = {"version": VERSION, "given": given, "fixed": dict(session.fixed)}
    return json.dumps(record, ensure_ascii=False, indent=2, default=str) + "\n"


def read_session(path: Path) -> Session:
    """The session in a file; raises LlmselectError if there is none or it cannot be resumed."""
    if not path.exists():
        raise LlmselectError("no-session", "there is no questionnaire to go on with", _START_OVER)
    try:
        record: dict[str, Any] = read_json(path, "", _START_OVER)
        if record["version"] != VERSION:
            raise ValueError(record["version"])
        session = Session(tuple(answer_from_record(row) for row in record["given"]), dict(record["fixed"]))
        parse(session.fields)
    except (ValueError, KeyError, TypeError, LlmselectError) as error:
        raise LlmselectError("bad-file", f"{path} holds no questionnaire to go on with", _START_OVER) from error
    return session


def profile_text(fields: Fields, command: str) -> str:
    """Answers as a YAML profile, headed by a comment with the equivalent command."""
    import yaml  # here, because it is needed only to save a profile

    plain = {name: list(value) if isinstance(value, tuple) else value for name, value in fields.items()}
    body = yaml.safe_dump(plain, sort_keys=False, allow_unicode=True, default_flow_style=None) if plain else "{}\n"
    return f"# {command}\n{body}"
