"""JSON documents as trees whose every node remembers the exact text it was written with."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from .errors import DepthError, JSONError
from .numbers import Number, parse_number

WHITESPACE = " \t\n\r"
DIGITS = "0123456789"
SHORT_ESCAPES = {"b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t"}


@dataclass(frozen=True)
class Node:
    """One value of a document. *Missing* is not a node: everywhere it is Python's `None`.

    `value` is None, a bool, a `Number`, a str (code points, lone surrogates included), a list of
    nodes, or a dict from name to node. `names` keeps how an object's member names were written.
    """

    kind: str
    text: str
    value: Any = None
    names: dict[str, str] | None = None


def parse(text: str, source: str, max_depth: int, pointer: str = "", depth: int = 0) -> Node:
    """The document in `text`.

    `source` names the input in errors; `pointer` and `depth` say where a document stands that is
    embedded in another one. What is wrong is looked for from front to back, so that of a syntax
    error and too deep a container the earlier one is reported.
    """
    parser = Parser(text, source, max_depth)
    root = parser.value(pointer, depth)
    parser.skip_whitespace()
    if parser.at < len(text):
        parser.fail("the end of the text")
    return root


class Parser:
    """Recursive descent over RFC 8259, and the three tokens that Python's `json` adds to it."""

    def __init__(self, text: str, source: str, max_depth: int) -> None:
        self.text = text
        self.source = source
        self.max_depth = max_depth
        self.at = 0

    def fail(self, expected: str) -> None:
        """Refuse the character here, or the end of the text one past the last character."""
        before = self.text[: self.at]
        line = before.count("\n") + 1
        column = self.at - (before.rfind("\n") + 1) + 1
        raise JSONError(self.source, line, column, expected)

    def peek(self) -> str:
        """The character here, or nothing at the end."""
        return self.text[self.at : self.at + 1]

    def skip_whitespace(self) -> None:
        while self.peek() and self.peek() in WHITESPACE:
            self.at += 1

    def expect(self, word: str, expected: str) -> None:
        """Read exactly `word`; the error stands at the first character that differs."""
        for character in word:
            if self.peek() != character:
                self.fail(expected)
            self.at += 1

    def value(self, pointer: str, depth: int) -> Node:
        """Any value, with `depth` containers around it."""
        self.skip_whitespace()
        start = self.at
        head = self.peek()
        if head == "{":
            return self.object(pointer, depth + 1)
        if head == "[":
            return self.array(pointer, depth + 1)
        if head == '"':
            content = self.string()
            return Node("string", self.text[start : self.at], content)
        for word, kind, value in (
            ("true", "boolean", True),
            ("false", "boolean", False),
            ("null", "null", None),
        ):
            if head == word[0]:
                self.expect(word, word)
                return Node(kind, word, value)
        if head and head in "-NI" + DIGITS:
            return Node("number", *self.number())
        self.fail("a value")

    def number(self) -> tuple[str, Number]:
        """A number's text and value."""
        start = self.at
        if self.peek() == "N":
            self.expect("NaN", "NaN")
        else:
            if self.peek() == "-":
                self.at += 1
            if self.peek() == "I":
                self.expect("Infinity", "Infinity")
            else:
                self.finite()
        text = self.text[start : self.at]
        return text, parse_number(text)

    def finite(self) -> None:
        """Digits without a needless leading zero, then perhaps a fraction, then an exponent."""
        if self.peek() == "0":
            self.at += 1
        else:
            self.digits()
        if self.peek() == ".":
            self.at += 1
            self.digits()
        if self.peek() and self.peek() in "eE":
            self.at += 1
            if self.peek() and self.peek() in "+-":
                self.at += 1
            self.digits()

    def digits(self) -> None:
        """One digit or more."""
        if not self.peek() or self.peek() not in DIGITS:
            self.fail("a digit")
        while self.peek() and self.peek() in DIGITS:
            self.at += 1

    def string(self) -> str:
        """A string's code points. An escaped surrogate pair is one of them, a lone one stays."""
        self.expect('"', "a string")
        characters = []
        while self.peek() != '"':
            character = self.peek()
            if not character or character < " ":
                self.fail("the rest of a string")
            self.at += 1
            characters.append(self.escape() if character == "\\" else character)
        self.at += 1
        return join_surrogates("".join(characters))

    def escape(self) -> str:
        """What stands after a backslash."""
        head = self.peek()
        if head and head in '"\\/':
            self.at += 1
            return head
        if head in SHORT_ESCAPES:
            self.at += 1
            return SHORT_ESCAPES[head]
        if head != "u":
            self.fail("an escape")
        self.at += 1
        start = self.at
        for _ in range(4):
            if not self.peek() or self.peek() not in "0123456789abcdefABCDEF":
                self.fail("a hexadecimal digit")
            self.at += 1
        return chr(int(self.text[start : self.at], 16))

    def enter(self, pointer: str, depth: int) -> None:
        """Refuse a container that stands too deep; the outermost one is at depth 1."""
        if depth > self.max_depth:
            raise DepthError(self.source, pointer)

    def array(self, pointer: str, depth: int) -> Node:
        start = self.at
        self.enter(pointer, depth)
        self.at += 1
        elements: list[Node] = []
        self.skip_whitespace()
        if self.peek() != "]":
            while True:
                elements.append(self.value(f"{pointer}/{len(elements)}", depth))
                self.skip_whitespace()
                if self.peek() != ",":
                    break
                self.at += 1
        self.expect("]", "a comma or the end of the array")
        return Node("array", self.text[start : self.at], elements)

    def object(self, pointer: str, depth: int) -> Node:
        """An object. Of members of one name the last counts, and stands where the first stood."""
        start = self.at
        self.enter(pointer, depth)
        self.at += 1
        members: dict[str, Node] = {}
        names: dict[str, str] = {}
        self.skip_whitespace()
        if self.peek() != "}":
            while True:
                self.skip_whitespace()
                name_start = self.at
                name = self.string()
                spelling = self.text[name_start : self.at]
                self.skip_whitespace()
                self.expect(":", "a colon")
                members[name] = self.value(f"{pointer}/{escape_segment(name)}", depth)
                names[name] = spelling
                self.skip_whitespace()
                if self.peek() != ",":
                    break
                self.at += 1
        self.expect("}", "a comma or the end of the object")
        return Node("object", self.text[start : self.at], members, names)


def join_surrogates(text: str) -> str:
    """A high surrogate followed by a low one is the character that the two encode."""
    joined = []
    for character in text:
        if joined and "\ud800" <= joined[-1] <= "\udbff" and "\udc00" <= character <= "\udfff":
            high, low = ord(joined.pop()), ord(character)
            character = chr(0x10000 + ((high - 0xD800) << 10) + (low - 0xDC00))
        joined.append(character)
    return "".join(joined)


def escape_segment(name: str) -> str:
    """A member name as a segment of a JSON Pointer (RFC 6901)."""
    return name.replace("~", "~0").replace("/", "~1")


def spell_string(content: str) -> str:
    """A computed string: quote, backslash and control characters are escaped, nothing else.

    A lone surrogate cannot be written as itself in any encoding of Unicode, so it is escaped too.
    """
    spelled = []
    for character in join_surrogates(content):
        if character in '"\\':
            spelled.append("\\" + character)
        elif character < " ":
            short = [name for name, meaning in SHORT_ESCAPES.items() if meaning == character]
            spelled.append(f"\\{short[0]}" if short else f"\\u{ord(character):04x}")
        elif "\ud800" <= character <= "\udfff":
            spelled.append(f"\\u{ord(character):04x}")
        else:
            spelled.append(character)
    return f'"{"".join(spelled)}"'


def number_node(text: str) -> Node:
    """A computed number."""
    return Node("number", text, parse_number(text))


def string_node(content: str) -> Node:
    """A computed string."""
    return Node("string", spell_string(content), join_surrogates(content))


def array_node(elements: list[Node]) -> Node:
    """A merged array: written compact around elements that keep their own text."""
    return Node("array", f"[{','.join(node.text for node in elements)}]", list(elements))


def object_node(members: list[tuple[str, str, Node]]) -> Node:
    """A merged object of (name, the name's text, value): compact around its members' own text."""
    text = ",".join(f"{spelling}:{node.text}" for _, spelling, node in members)
    return Node(
        "object",
        f"{{{text}}}",
        {name: node for name, _, node in members},
        {name: spelling for name, spelling, _ in members},
    )
