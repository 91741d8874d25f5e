"""``python -m session_merge explain``: what it prints is committed, byte by byte.

The files of each case are in ``tests/explain``. ``UPDATE_GOLDEN=1`` writes them anew.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from session_merge import Rules
from session_merge.__main__ import main
from session_merge._places import places
from session_merge._printed import Shown, printed

CASES = Path(__file__).parents[1] / "explain"
STATUS = {"shop": 0, "lists": 0, "refused": 1}
WAYS = {"plain": [], "names": ["--names"], "values": ["--values"]}


def arguments(case: str, *options: str) -> list[str]:
    files = [str(CASES / case / f"{name}.json") for name in ("base", "theirs", "mine", "rules")]
    return ["explain", *files[:3], "--rules", files[3], *options]


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("case", STATUS)
def test_what_is_printed(case: str, way: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(arguments(case, *WAYS[way])) == STATUS[case]
    printed = capsys.readouterr().out
    golden = CASES / case / f"{way}.txt"
    if os.environ.get("UPDATE_GOLDEN") == "1":
        golden.write_text(printed, encoding="utf-8")
    assert printed == golden.read_text(encoding="utf-8")


def test_every_case_has_its_files() -> None:
    assert {folder.name for folder in CASES.iterdir()} == set(STATUS)


def test_without_values_none_is_shown_nor_a_name_like_a_token(
    capsys: pytest.CaptureFixture[str],
) -> None:
    main(arguments("shop"))
    printed = capsys.readouterr().out
    for secret in ("nonce", "Ann", "second", "theme: dark", "gift", '"one"'):
        assert secret not in printed
    main(arguments("shop", "--names"))
    printed = capsys.readouterr().out
    assert "/nonce_9f3" in printed
    assert "Anna" not in printed


def test_names_do_nothing_to_a_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    main(arguments("lists", "--values"))
    assert "\x1b" not in capsys.readouterr().out


def explained(base: object, theirs: object, mine: object, rules: dict[str, Any]) -> list[str]:
    """Return the lines with everything shown."""
    told = places(base, theirs, mine, Rules(rules))
    return list(printed(told, Shown(names=True, values=True)))


def test_what_is_no_json() -> None:
    sides = [{"at": {("a", 1): n}, "set": {n}, "\ud800": n} for n in range(3)]
    rules = {"/at": "atomic", "/set": "set", "": {"conflict": lambda base, theirs, mine: mine}}
    lines = explained(*sides, rules)
    assert "  mine    edited  {('a', 1): 2}" in lines
    assert '  mine    edited  "{2}"' in lines
    assert '  rule    conflict a function, from ""' in lines
    assert "/\\ud800" in lines
    for line in (*lines, *printed(places(*sides, Rules(rules)), Shown())):
        line.encode()


def test_a_function_for_the_root_of_an_embedded_document() -> None:
    root = {"conflict": lambda base, theirs, mine: mine}
    rules = {"/a": {"merge": "embedded", "root": root}}
    lines = explained({"a": "1"}, {"a": "2"}, {"a": "3"}, rules)
    assert any('"root": {"conflict": "a function"}' in line for line in lines)


@pytest.mark.parametrize(("theirs", "mine"), [({}, {"a": 1.0}), ({"a": 1.0}, {})])
def test_a_number_in_another_spelling_is_no_change(
    theirs: dict[str, Any], mine: dict[str, Any]
) -> None:
    lines = explained({"a": 1}, theirs, mine, {"/a": {"delete": "loses"}})
    assert "  result  deleted: the other only spells it differently" in lines


def test_as_a_module() -> None:
    command = [sys.executable, "-m", "session_merge", *arguments("refused")]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (1, "")
    assert "the rules do not allow this merge" in done.stdout


def test_without_rules_mine_wins(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for name, text in {"base": "1", "theirs": "2", "mine": "3"}.items():
        (tmp_path / name).write_text(text)
    assert main(["explain", *(str(tmp_path / name) for name in ("base", "theirs", "mine"))]) == 0
    assert "rule    conflict mine, by default" in capsys.readouterr().out
    same = str(tmp_path / "base")
    assert main(["explain", same, same, same]) == 0
    assert capsys.readouterr().out == "0 places, 0 conflicts\n"


@pytest.mark.parametrize(
    ("broken", "text", "told"),
    [
        ("mine", '{"a": secret}', "mine is not JSON that can be read"),
        ("theirs", None, "No such file"),
        ("rules", '{"/a": "countre"}', '"countre" is no mode'),
        ("rules", "[]", "a rule set is a mapping"),
        ("base", "[" * 200 + "]" * 200, "nested deeper than 128"),
        ("base", "[" * 100_000, "base"),
        ("base", b"\xff", "base"),
    ],
)
def test_what_cannot_be_read(
    broken: str,
    text: str | bytes | None,
    told: str,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    for name in ("base", "theirs", "mine", "rules"):
        (tmp_path / name).write_text("{}")
    if text is None:
        (tmp_path / broken).unlink()
    else:
        (tmp_path / broken).write_bytes(text if isinstance(text, bytes) else text.encode())
    files = [str(tmp_path / name) for name in ("base", "theirs", "mine")]
    assert main(["explain", *files, "--rules", str(tmp_path / "rules")]) == 2
    error = capsys.readouterr().err
    assert told in error
    assert "secret" not in error


def test_bad_usage_is_status_2(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as stopped:
        main(["explain", "one.json"])
    assert stopped.value.code == 2
    assert "usage" in capsys.readouterr().err


def test_what_rules_say_of_a_place() -> None:
    def longest(base: str, theirs: str, mine: str) -> str:
        return max(theirs, mine, key=len)

    rules = Rules(
        {
            "/cart/*": {"merge": "counter", "min": 0, "max": 9},
            "/note": {"conflict": longest},
            "groups": [["/id", "/hash"]],
            "delete": "loses",
            "/doc": {"merge": "embedded", "root": {"conflict": longest, "merge": "append"}},
        }
    )
    said = rules.explain("/cart/pens")
    assert said.merge == ({"merge": "counter", "min": 0, "max": 9}, "/cart/*")
    assert said.conflict == ("mine", None)
    assert said.delete == ("loses", "")
    assert said.group is None
    assert rules.explain("/note/below").conflict == (longest, "/note")
    assert rules.explain("/doc").merge.value["root"] == {"conflict": longest, "merge": "append"}
    assert rules.explain("/doc/0").conflict == (longest, "/doc")
    assert rules.explain("/id/below").group == ["/id", "/hash"]
    assert rules.explain("").merge == ("deep", None)
    assert rules.explain("/\ud800~1*").merge == ("deep", None)
    with pytest.raises(ValueError, match="JSON Pointer"):
        rules.explain("cart")
