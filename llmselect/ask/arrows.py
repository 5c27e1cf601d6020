"""Questions as lists with arrow-key navigation, drawn with prompt_toolkit and erased once answered."""

from collections.abc import Callable
from typing import Any

from prompt_toolkit import PromptSession
from prompt_toolkit.application import Application
from prompt_toolkit.application.current import get_app
from prompt_toolkit.formatted_text import StyleAndTextTuples
from prompt_toolkit.key_binding import KeyBindings
from prompt_toolkit.layout import Layout, Window
from prompt_toolkit.layout.controls import FormattedTextControl
from prompt_toolkit.output import create_output
from prompt_toolkit.shortcuts import print_formatted_text
from prompt_toolkit.styles import Style

from llmselect.ask.prompt import Reply, View, Wording, body, paragraphs
from llmselect.render.format.wrap import wrap

TYPE = "\0type"  # id of the row that opens a line to type in
_STYLE = Style.from_dict({"title": "ansicyan", "ask": "bold", "here": "bold ansigreen", "keys": "ansibrightblack"})
_LETTERS = {"?": "help", "b": "back", "left": "back", "s": "skip", "d": "unknown", "e": "enough"}


class Arrows:
    """Asks on a terminal; each answered question leaves one line."""

    def __init__(self, say: Wording) -> None:
        self._say = say
        self._output = create_output(always_prefer_tty=True)

    def ask(self, view: View) -> Reply:
        """Asks one question; the TYPE row opens a line to type in."""
        listed = ListState(view, self._say)
        control = FormattedTextControl(listed.draw, focusable=True, show_cursor=False)
        application: Application[str] = Application(
            layout=Layout(Window(control, wrap_lines=True)),
            key_bindings=_keys(listed),
            style=_STYLE,
            output=self._output,
            erase_when_done=True,
        )
        act = application.run()
        if act != "enter":
            return Reply(act)  # type: ignore[arg-type]
        if listed.rows[listed.cursor][0] == TYPE:
            return Reply("text", text=self.line(self._say("type_prompt", what=view.typed), view.default_text))
        return Reply("choices", listed.chosen)

    def tell(self, text: str) -> None:
        """Writes a text, wrapped."""
        lines = paragraphs(text, self._output.get_size().columns)
        print_formatted_text("\n".join(lines), output=self._output)

    def line(self, prompt: str, default: str = "") -> str:
        """One line of input; raises EOFError on Ctrl-D and KeyboardInterrupt on Ctrl-C."""
        session: PromptSession[str] = PromptSession(output=self._output)
        return session.prompt(prompt, default=default).strip()


class ListState:
    """A question's rows, the cursor's position and the marked rows."""

    def __init__(self, view: View, say: Wording) -> None:
        self._view, self._say = view, say
        self.rows: list[tuple[str, str]] = [*view.rows]
        if view.typed:
            self.rows.append((TYPE, say("type_row", what=view.typed)))
        names = [name for name, _ in self.rows]
        start = TYPE if view.default_text and view.typed else next(iter(view.default), names[0])
        self.cursor = names.index(start) if start in names else 0
        self.marked = set(view.default) if view.many else set()
        self._digits = ""

    @property
    def chosen(self) -> tuple[str, ...]:
        """The marked rows, or the row under the cursor if none is marked."""
        return tuple(name for name, _ in self.rows if name in self.marked) or (self.rows[self.cursor][0],)

    def move(self, steps: int) -> None:
        """Moves the cursor, wrapping at both ends."""
        self.cursor, self._digits = (self.cursor + steps) % len(self.rows), ""

    def digit(self, figure: str) -> None:
        """Moves to the row with this number; a second digit extends the first if there are that many rows."""
        for digits in (self._digits + figure, figure):
            if 1 <= int(digits) <= len(self.rows):
                self.cursor, self._digits = int(digits) - 1, digits
                return

    def mark(self) -> None:
        """Toggles the mark of the row under the cursor."""
        name = self.rows[self.cursor][0]
        if self._view.many and name != TYPE:
            self.marked ^= {name}

    def draw(self) -> StyleAndTextTuples:
        """The question as formatted text for the terminal's current width."""
        view, say, width = self._view, self._say, get_app().output.get_size().columns - 1
        parts: StyleAndTextTuples = [("", f"{line}\n") for note in view.notices for line in wrap(note, width)]
        title = say("title", number=view.number, most=view.most)
        parts += [("class:title", f"{line}\n") for line in ["", *wrap(title, width)]]
        first, *others = body(view, say, width)
        parts += [("class:ask", f"{first}\n"), *(("", f"{line}\n") for line in others)]
        for index, (name, label) in enumerate(self.rows):
            parts += self._row(index, name, label, width)
        keys = say("keys_many" if view.many else "keys_list")
        parts += [("", "\n"), ("class:keys", "\n".join(wrap(keys, width)))]
        return parts

    def _row(self, index: int, name: str, label: str, width: int) -> StyleAndTextTuples:
        here = index == self.cursor
        mark = ("[x] " if name in self.marked else "[ ] ") if self._view.many and name != TYPE else ""
        head = f"{'>' if here else ' '} {index + 1:>2}  {mark}"
        style, at = ("class:here", "[SetCursorPosition]") if here else ("", "")
        lines = wrap(label, width - len(head))
        text = "\n".join([head + lines[0], *(" " * len(head) + line for line in lines[1:])])
        return [(at, ""), (style, f"{text}\n")] if at else [(style, f"{text}\n")]


def _keys(listed: ListState) -> KeyBindings:
    keys = KeyBindings()

    def on(name: str, act: Callable[[], None]) -> None:
        keys.add(name)(lambda event: act())

    def leave(name: str, result: str) -> None:
        keys.add(name)(lambda event: event.app.exit(result=result))

    def fail(name: str, error: type[BaseException]) -> None:
        keys.add(name)(lambda event: event.app.exit(exception=error()))

    moves: dict[str, Any] = {"up": -1, "down": 1, "s-tab": -1, "tab": 1}
    for name, steps in moves.items():
        on(name, lambda steps=steps: listed.move(steps))  # type: ignore[misc]
    for figure in "0123456789":
        on(figure, lambda figure=figure: listed.digit(figure))  # type: ignore[misc]
    on("space", listed.mark)
    leave("enter", "enter")
    for name, act in _LETTERS.items():
        leave(name, act)
    fail("c-c", KeyboardInterrupt)
    fail("<sigint>", KeyboardInterrupt)
    fail("c-d", EOFError)
    return keys
