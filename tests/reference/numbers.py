"""Numbers by their exact decimal value, and the counter's arithmetic.

The merge semantics never look at a number through binary64, except where a counter is asked to add
doubles. A number of a document is therefore kept as sign, significant digits and a power of ten;
nothing here ever writes the digits out in full, so `1e999999999` costs no more than `1`.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from fractions import Fraction

NAN, INFINITY, MINUS_INFINITY = "NaN", "Infinity", "-Infinity"
SPECIAL_TOKENS = (NAN, INFINITY, MINUS_INFINITY)

SMALLEST_128_BIT = -(2**127)
LARGEST_128_BIT = 2**127 - 1


@dataclass(frozen=True)
class Number:
    """A number in normal form: two numbers of one value have equal fields, `is_integer` apart.

    The value is `sign * 0.DIGITS * 10**exponent`, where DIGITS neither starts nor ends with a zero;
    zero is sign 0 without digits. `special` holds one of the three tokens that have no order and no
    sum, and then the rest is empty.
    """

    is_integer: bool
    sign: int
    digits: str
    exponent: int
    special: str | None = None


def integer_from_digits(digits: str) -> int:
    """`int(digits)` for any length: Python refuses to convert more than 4300 digits at once."""
    total = 0
    for start in range(0, len(digits), 4000):
        piece = digits[start : start + 4000]
        total = total * 10 ** len(piece) + int(piece)
    return total


def parse_number(text: str) -> Number:
    """The number that a JSON number token spells. A fraction or an exponent makes it a float."""
    if text in SPECIAL_TOKENS:
        return Number(is_integer=False, sign=0, digits="", exponent=0, special=text)
    negative = text.startswith("-")
    mantissa, _, power = text.lstrip("-").replace("E", "e").partition("e")
    whole, _, fraction = mantissa.partition(".")
    is_integer = not any(mark in text for mark in ".eE")
    shift = integer_from_digits(power.lstrip("+-")) if power else 0
    if power.startswith("-"):
        shift = -shift
    digits = whole + fraction
    without_leading = digits.lstrip("0")
    exponent = len(whole) - (len(digits) - len(without_leading)) + shift
    significant = without_leading.rstrip("0")
    if not significant:
        return Number(is_integer, sign=0, digits="", exponent=0)
    return Number(is_integer, -1 if negative else 1, significant, exponent)


def equal_numbers(a: Number, b: Number) -> bool:
    """The same exact value, whether written as an integer or as a float; NaN equals NaN."""
    return (a.special, a.sign, a.digits, a.exponent) == (b.special, b.sign, b.digits, b.exponent)


def same_numbers(a: Number, b: Number) -> bool:
    """Equal, and both integers or both floats."""
    return a.is_integer == b.is_integer and equal_numbers(a, b)


def compare_numbers(a: Number, b: Number) -> int | None:
    """-1, 0 or 1 by exact value; None where a special token has no order."""
    if a.special or b.special:
        return None
    if a.sign != b.sign:
        return -1 if a.sign < b.sign else 1
    # Digits never end in zero, so plain text order is the order of the fractions 0.DIGITS.
    key_a, key_b = (a.exponent, a.digits), (b.exponent, b.digits)
    if key_a == key_b:
        return 0
    return a.sign if key_a > key_b else -a.sign


def as_integer(number: Number) -> int | None:
    """The exact integer of an integer token that fits 128 bits (two's complement), else None."""
    if not number.is_integer or number.exponent > 40:
        return None
    value = number.sign * int(number.digits or "0") * 10 ** (number.exponent - len(number.digits))
    return value if SMALLEST_128_BIT <= value <= LARGEST_128_BIT else None


def as_double(number: Number) -> float:
    """The nearest IEEE double, infinite when out of range."""
    if number.special:
        return float(number.special)
    # Python's own reading rounds correctly from the decimal digits.
    sign = "-" if number.sign < 0 else ""
    return float(f"{sign}0.{number.digits or '0'}e{clip(number.exponent)}")


def clip(exponent: int) -> int:
    """A power of ten beyond any double stays beyond it at +-100000, and is cheap to spell."""
    return max(-100_000, min(100_000, exponent))


def spell_double(value: float) -> str:
    """A finite double as JavaScript prints it, with `.0` where that would read as an integer."""
    if value == 0:
        return "0.0"  # JavaScript prints minus zero without its sign
    sign = "-" if value < 0 else ""
    mantissa, power = shortest_digits(abs(value))
    point = power + 1  # where the decimal point stands among the digits
    if len(mantissa) <= point <= 21:
        return f"{sign}{mantissa}{'0' * (point - len(mantissa))}.0"
    if 0 < point <= 21:
        return f"{sign}{mantissa[:point]}.{mantissa[point:]}"
    if -6 < point <= 0:
        return f"{sign}0.{'0' * -point}{mantissa}"
    fraction = f".{mantissa[1:]}" if len(mantissa) > 1 else ""
    return f"{sign}{mantissa[0]}{fraction}e{'+' if power >= 0 else '-'}{abs(power)}"


def shortest_digits(value: float) -> tuple[str, int]:
    """The fewest digits that read back, and the power of ten of the first of them."""
    plain, _, power = repr(value).partition("e")
    whole, _, fraction = plain.partition(".")
    digits = (whole + fraction).lstrip("0")
    lost = len(whole + fraction) - len(digits)
    exponent = len(whole) - lost - 1 + int(power or 0)
    return digits.rstrip("0"), exponent


def spell_bound(bound: int | float) -> str:
    """A counter's bound as it was given in the rules."""
    return spell_double(bound) if isinstance(bound, float) else str(bound)


def add_counters(
    base: Number | None,
    theirs: Number,
    mine: Number,
    smallest: int | float | None,
    largest: int | float | None,
) -> str | None:
    """The text of (theirs + mine) - base held within the bounds; None where it does not fit.

    Integers add exactly, as long as the inputs and the sum stay within 128 bits (asked before the
    bounds are). One float among the inputs makes all of them doubles; then the sum must be finite,
    and a bound that replaces it is written as a double too.
    """
    inputs = [number for number in (theirs, mine, base) if number is not None]
    if all(number.is_integer for number in inputs):
        exact = [as_integer(number) for number in inputs]
        if any(value is None for value in exact):
            return None
        total: int | float = exact[0] + exact[1] - (exact[2] if base is not None else 0)
        if not SMALLEST_128_BIT <= total <= LARGEST_128_BIT:
            return None
    else:
        start = as_double(base) if base is not None else 0.0
        total = (as_double(theirs) + as_double(mine)) - start
        if not math.isfinite(total):
            return None
    is_double = isinstance(total, float)
    if smallest is not None and Fraction(total) < Fraction(smallest):
        total = float(smallest) if is_double else smallest
    elif largest is not None and Fraction(total) > Fraction(largest):
        total = float(largest) if is_double else largest
    return spell_bound(total)
