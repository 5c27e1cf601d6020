"""Reading back what was exported, with parsers that know nothing of this project."""

from html.parser import HTMLParser

from markdown_it import MarkdownIt
from markdown_it.token import Token

Rows = list[list[str]]


def markdown_tables(text: str) -> list[Rows]:
    """Every table of a Markdown text as rows of plain cell texts, the titles first."""
    tables: list[Rows] = []
    for token, inline in _pairs(MarkdownIt("commonmark").enable(["table", "strikethrough"]).parse(text)):
        if token.type == "table_open":
            tables.append([])
        elif token.type == "tr_open":
            tables[-1].append([])
        elif token.type in ("th_open", "td_open"):
            tables[-1][-1].append(_text(inline))
    return tables


def alignments(text: str) -> list[str]:
    """How the columns of the first table lean, by the style that a renderer gives them."""
    tokens = MarkdownIt("commonmark").enable("table").parse(text)
    return [str(token.attrs.get("style", "")) for token in tokens if token.type == "th_open"]


def _pairs(tokens: list[Token]) -> list[tuple[Token, Token]]:
    return list(zip(tokens, [*tokens[1:], tokens[-1]], strict=True))


def _text(token: Token) -> str:
    return "".join(child.content for child in token.children or ()).strip()


class _Tables(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.tables: list[Rows] = []
        self.tags: set[str] = set()
        self.inside = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        if tag == "table":
            self.tables.append([])
        elif tag == "tr":
            self.tables[-1].append([])
        elif tag in ("th", "td"):
            self.tables[-1][-1].append("")
            self.inside = True

    def handle_endtag(self, tag: str) -> None:
        self.inside = self.inside and tag not in ("th", "td")

    def handle_data(self, data: str) -> None:
        if self.inside:
            self.tables[-1][-1][-1] += data


def html_tables(text: str) -> list[Rows]:
    """Every table of an HTML page as rows of plain cell texts, the titles first."""
    return [[[cell.strip() for cell in row] for row in rows] for rows in _parsed(text).tables]


def html_tags(text: str) -> set[str]:
    """The elements that a page uses."""
    return _parsed(text).tags


def _parsed(text: str) -> _Tables:
    parser = _Tables()
    parser.feed(text)
    return parser
