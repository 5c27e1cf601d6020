"""A session in a file, so that one that was broken off goes on where it stood; and answers as a profile."""

import json
from pathlib import Path
from typing import Any

from llmselect.ask.loop import from_record
from llmselect.ask.questions import Fields
from llmselect.ask.session import Session
from llmselect.errors import LlmselectError
from llmselect.files import read_json
from llmselect.requirements import parse

VERSION = 1
_AGAIN = "Begin again with `llmselect ask`."


def session_text(session: Session) -> str:
    """A session as JSON."""
    given = [{**row._asdict(), "fields": dict(row.fields)} for row in session.given]
    record = {"version": VERSION, "given": given, "fixed": dict(session.fixed)}
    return json.dumps(record, ensure_ascii=False, indent=2, default=str) + "\n"


def read_session(path: Path) -> Session:
    """The session in a file; raises LlmselectError where there is none, or none that can be gone on with."""
    if not path.exists():
        raise LlmselectError("no-session", "there is no questionnaire to go on with", _AGAIN)
    try:
        record: dict[str, Any] = read_json(path, "", _AGAIN)
        if record["version"] != VERSION:
            raise ValueError(record["version"])
        session = Session(tuple(from_record(row) for row in record["given"]), dict(record["fixed"]))
        parse(session.fields)
    except (ValueError, KeyError, TypeError, LlmselectError) as error:
        raise LlmselectError("bad-file", f"{path} holds no questionnaire to go on with", _AGAIN) from error
    return session


def profile_text(fields: Fields, command: str) -> str:
    """Answers as a profile in YAML, under a comment with the command that they stand for."""
    import yaml  # here, because only who saves a profile needs it

    plain = {name: list(value) if isinstance(value, tuple) else value for name, value in fields.items()}
    body = yaml.safe_dump(plain, sort_keys=False, allow_unicode=True, default_flow_style=None) if plain else "{}\n"
    return f"# {command}\n{body}"
