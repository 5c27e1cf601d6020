"""The questionnaire through a real pseudo-terminal: arrow keys and numbers, both languages, resize, leaving."""

import os
import re
import signal
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

pexpect = pytest.importorskip("pexpect")
pytestmark = pytest.mark.skipif(os.name == "nt", reason="pseudo-terminals are POSIX")

DOWN, ENTER = "\x1b[B", "\r"
WORDS = {
    "en": {
        "task": "What should the model do", "where": "Where may it run", "waits": "Does somebody wait",
        "help": "Choose what most", "title": "Question 2 of at most 12", "command": "The same without questions",
        "saved": "ask --resume", "resumed": "Going on after 2 answers", "save": "for --profile",
    },
    "zh-TW": {
        "task": "您要模型做什麼", "where": "模型可以在哪裡執行", "waits": "有人在等每個回答嗎",
        "help": "請選最常見", "title": "第 2 題，最多 12 題", "command": "不經問答的相同指令",
        "saved": "ask --resume", "resumed": "接續先前的 2 個回答", "save": "--profile",
    },
}  # fmt: skip
Start = Callable[..., Any]


@pytest.fixture
def start(small_catalog: Path, tmp_path: Path) -> Iterator[Start]:
    """Starts `llmselect ask` on a terminal of its own, 80 by 30."""
    children = []

    def started(*arguments: str, term: str = "xterm") -> Any:
        environment = {
            **os.environ, "TERM": term, "LLMSELECT_CATALOG": str(small_catalog), "XDG_DATA_HOME": str(tmp_path),
            "PROMPT_TOOLKIT_NO_CPR": "1", "PYTHONIOENCODING": "utf-8", "PYTHONUTF8": "1",
        }  # fmt: skip
        environment.pop("COLUMNS", None)
        child = pexpect.spawn(
            sys.executable, ["-m", "llmselect", "ask", *arguments],
            env=environment, encoding="utf-8", timeout=40, dimensions=(30, 80), cwd=str(tmp_path),
            preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),  # a job in the background ignores it
        )  # fmt: skip
        children.append(child)
        return child

    yield started
    for child in children:
        child.close(force=True)


def _status(child: Any) -> int:
    child.expect(pexpect.EOF)
    child.wait()
    status: int = child.exitstatus
    return status


@pytest.mark.parametrize("language", WORDS)
def test_arrow_keys_help_back_resize_and_enough(language: str, start: Start, tmp_path: Path) -> None:
    words = WORDS[language]
    child = start("--lang", language)
    child.expect(words["task"])
    child.send("?")
    child.expect(words["help"])
    child.send(DOWN + DOWN + ENTER)
    child.expect(words["where"])
    child.setwinsize(30, 50)
    child.expect(words["title"])
    child.send("2" + ENTER)
    child.expect(words["waits"])
    child.send("b")
    child.expect(words["where"])
    child.send(ENTER)  # the answer that was taken back is the default
    child.expect(words["waits"])
    child.send("e")
    child.expect(words["command"])
    child.expect(re.escape("--task qa --deployment api --deployment managed"))
    child.expect(words["save"])
    child.send("mine.yaml" + ENTER)
    assert _status(child) == 0
    assert "task: qa\ndeployment: [api, managed]\n" in (tmp_path / "mine.yaml").read_text()
    assert not (tmp_path / "llmselect" / "ask.json").exists()


@pytest.mark.parametrize("language", WORDS)
def test_numbers_on_a_plain_terminal_and_leaving_keeps_the_answers(language: str, start: Start) -> None:
    words = WORDS[language]
    child = start("--lang", language, term="dumb")
    child.expect(words["task"])
    child.sendline("3")
    child.expect(words["where"])
    child.sendline("?")
    child.expect(words["where"])
    child.sendline("2")
    child.expect(words["waits"])
    child.sendintr()
    child.expect(words["saved"])
    assert _status(child) == 130

    child = start("--resume", "--lang", language, term="dumb")
    child.expect(words["resumed"])
    child.expect(words["waits"])
    child.sendline("e")
    child.expect(re.escape("--task qa --deployment api --deployment managed"))
    child.expect(words["save"])
    child.sendeof()
    assert _status(child) == 0


def test_control_c_among_arrows_leaves_the_terminal_usable(start: Start, tmp_path: Path) -> None:
    child = start()
    child.expect("What should the model do")
    child.send(ENTER)
    child.expect("Where may it run")
    child.send("\x03")
    child.expect("ask.json")
    assert _status(child) == 130
    assert '"conversation"' in (tmp_path / "llmselect" / "ask.json").read_text()


def test_a_typed_answer_with_a_fault_is_asked_again(start: Start) -> None:
    child = start()
    child.expect("What should the model do")
    child.send(ENTER)
    child.expect("Where may it run")
    child.send("3" + ENTER)
    child.expect("On which machine")
    child.send("5" + ENTER)  # no row for "none" where everything runs on one's own machine
    child.expect("Type a GPU")
    child.send("Home 25GB" + ENTER)
    child.expect("unknown device")
    child.expect("Did you mean")
    child.send("5" + ENTER)
    child.expect("Type a GPU")
    child.send("Home 24GB" + ENTER)
    child.expect("Does that machine run anyway")
    child.send("\x04")
    child.expect("ask --resume")
    assert _status(child) == 130
