"""Texts made to break a reader: each gives an error that names the place."""

from __future__ import annotations

import json
from typing import Any

import pytest
from session_merge import DepthError, JSONError, merge_json

SAMPLE = (
    '{"name":"a\\u00e9\\ud83d\\ude00é😀","list":[1,-2.5e+10,true,false,null,NaN,-Infinity],'
    '"deep":{"a":{"b":[{}]},"empty":[]},\n "n" : 0}'
)


@pytest.mark.parametrize("place", ["base", "theirs", "mine"])
@pytest.mark.parametrize("bracket", ["[", '{"a":'])
def test_a_hundred_thousand_brackets(place: str, bracket: str) -> None:
    closing = "]" if bracket == "[" else "}"
    deep = bracket * 100_000 + "1" + closing * 100_000
    for text in (deep, bracket * 100_000, deep.encode()):
        other = "1" if isinstance(text, str) else b"1"
        inputs: dict[str, Any] = {"base": other, "theirs": other, "mine": other, place: text}
        with pytest.raises(DepthError) as error:
            merge_json(**inputs)
        assert error.value.input == place
        assert error.value.pointer.count("/") == 128


def test_closing_brackets_alone() -> None:
    with pytest.raises(JSONError):
        merge_json("]" * 100_000, "1", "1")


@pytest.mark.parametrize("form", [str, bytes])
def test_strings_of_fifty_megabytes(form: type) -> None:
    size = 50_000_000
    large = '"' + "é" * (size // 2) + '"'
    text: Any = f'{{"a":{large}}}'
    base: Any = '{"a":""}'
    if form is bytes:
        text, base = text.encode(), base.encode()
    assert merge_json(base, text, base).value == text
    changed = merge_json(base, base, text)
    assert changed.value == text
    assert changed.changed
    with pytest.raises(JSONError) as error:
        merge_json(base, base, text[:-2])
    assert (error.value.input, error.value.line) == ("mine", 1)
    assert error.value.column == 6 + size // 2 + 1


@pytest.mark.parametrize("place", ["base", "theirs", "mine"])
def test_a_text_that_ends_anywhere(place: str) -> None:
    whole = SAMPLE.encode()
    for end in range(len(whole)):
        inputs = {"base": whole, "theirs": whole, "mine": whole, place: whole[:end]}
        with pytest.raises(JSONError) as error:
            merge_json(**inputs)
        assert error.value.input == place
        cut = whole[:end].decode(errors="ignore")
        assert error.value.line == cut.count("\n") + 1
        assert error.value.column <= len(cut.rsplit("\n")[-1]) + 1
    for end in range(len(SAMPLE)):
        with pytest.raises(JSONError):
            merge_json(**{"base": SAMPLE, "theirs": SAMPLE, "mine": SAMPLE, place: SAMPLE[:end]})


def test_a_byte_that_is_changed_anywhere() -> None:
    whole = SAMPLE.encode()
    for at in range(len(whole)):
        for byte in (0, 0x1F, 0x22, 0x5C, 0x7F, 0x80, 0xC0, 0xED, 0xFF):
            broken = whole[:at] + bytes([byte]) + whole[at + 1 :]
            try:
                result = merge_json(whole, broken, whole)
            except JSONError as error:
                assert error.input == "theirs"
                assert is_refused(broken)
            else:
                assert not is_refused(broken)
                assert result.value == broken or same_values(broken, whole)


def is_refused(text: bytes) -> bool:
    try:
        json.loads(text.decode())
    except ValueError:
        return True
    return False


def same_values(one: bytes, other: bytes) -> bool:
    return repr(json.loads(one)) == repr(json.loads(other))


@pytest.mark.parametrize(
    ("text", "line", "column"),
    [
        (b"\xff", 1, 1),
        (b'"\xff"', 1, 2),
        (b'{"a":1,\n "\xc3\xa9\xc3"}', 2, 4),
        (b'"\xed\xa0\x80"', 1, 2),
        (b'"\xc0\x80"', 1, 2),
        (b'"\xf4\x90\x80\x80"', 1, 2),
        (b"\xef\xbb\xbf1", 1, 1),
    ],
)
def test_bytes_that_are_not_utf8(text: bytes, line: int, column: int) -> None:
    for place in ("base", "theirs", "mine"):
        with pytest.raises(JSONError) as error:
            merge_json(**{"base": b"1", "theirs": b"1", "mine": b"1", place: text})
        found = (error.value.input, error.value.line, error.value.column)
        assert found == (place, line, column)


def test_errors_are_found_from_the_front() -> None:
    with pytest.raises(JSONError) as error:
        merge_json(b"[1,]", b"1", b"\xff")
    assert (error.value.input, error.value.column) == ("base", 4)
    with pytest.raises(JSONError) as error:
        merge_json(b"1", b'{"a" 1, "\xff"}', b"\xff")
    assert (error.value.input, error.value.column) == ("theirs", 6)
    with pytest.raises(DepthError):
        merge_json(b"[" * 200, b"1", b"\xff")
    with pytest.raises(DepthError):
        merge_json(b"1", b"1", b"[" * 200 + b"\xff")


def test_lone_surrogates_in_a_str_have_no_utf8() -> None:
    with pytest.raises(JSONError) as error:
        merge_json("1", '["é\ud800"]', "1")
    assert (error.value.input, error.value.line, error.value.column) == ("theirs", 1, 4)
    assert merge_json("1", '"\\ud800"', "1").value == '"\\ud800"'
    record = merge_json('{"\\ud800":1}', '{"\\ud800":2}', '{"\\ud800":3}').conflicts[0]
    assert record.pointer == "/\ud800"


@pytest.mark.parametrize("make", [bytearray, memoryview])
def test_other_bytes(make: Any) -> None:
    result = merge_json(make(b'{"a":1}'), b'{"a":2}', make(b'{"a":1,"b":1}'))
    assert result.value == b'{"a":2,"b":1}'


def test_kinds_are_not_mixed() -> None:
    texts: list[Any] = ["1", b"1", "1"]
    for _ in range(3):
        texts.append(texts.pop(0))
        with pytest.raises(TypeError, match="all str, or all bytes"):
            merge_json(*texts)
    for wrong in (None, 1, {}, ["1"]):
        with pytest.raises(TypeError, match="str or bytes, not"):
            merge_json("1", wrong, "1")  # type: ignore[call-overload]


def test_numbers_of_any_length() -> None:
    digits = "9" * 1_000_000
    rules = {"/*": "counter", "conflict": "max"}
    result = merge_json(f'{{"a":1{digits}}}', f'{{"a":2{digits}}}', f'{{"a":3{digits}}}', rules)
    assert result.value == f'{{"a":3{digits}}}'
    result = merge_json("1", f"1e{digits}", f"1e-{digits}", {"conflict": "max"})
    assert result.value == f"1e{digits}"


def test_many_members_in_another_order() -> None:
    names = [f'"{number}":{number}' for number in range(50_000)]
    base, theirs, mine = (",".join(part) for part in (names, names[::-1], names[1:] + names[:1]))
    result = merge_json(f"{{{base}}}", f"{{{theirs}}}", f'{{{mine},"new":1}}')
    assert json.loads(result.value) == {**{str(n): n for n in range(50_000)}, "new": 1}
    assert result.conflicts == []
