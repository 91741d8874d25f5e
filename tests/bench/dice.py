"""Random numbers that are the same for every Python, now and later."""

MASK = (1 << 64) - 1
LETTERS = "abcdefghijklmnopqrstuvwxyz"
# fmt: off
WORDS = (
    "paper", "ink", "pen", "brush", "lamp", "desk", "chair", "shelf", "frame", "glass",
    "copper", "linen", "walnut", "birch", "grey", "green", "amber", "small", "large",
    "round", "Zürich", "Malmö", "naïve",
)
# fmt: on


class Dice:
    """SplitMix64 (Steele, Lea, Flood: Fast splittable pseudorandom number generators, 2014)."""

    def __init__(self, seed: int) -> None:
        self.state = seed & MASK

    def bits(self) -> int:
        """Return the next 64 bits."""
        self.state = (self.state + 0x9E3779B97F4A7C15) & MASK
        mixed = self.state
        mixed = ((mixed ^ (mixed >> 30)) * 0xBF58476D1CE4E5B9) & MASK
        mixed = ((mixed ^ (mixed >> 27)) * 0x94D049BB133111EB) & MASK
        return mixed ^ (mixed >> 31)

    def below(self, bound: int) -> int:
        """Return a number from 0 to bound - 1."""
        return self.bits() * bound >> 64

    def pick(self, choices):
        """Return one of the choices."""
        return choices[self.below(len(choices))]

    def hex(self, digits: int) -> str:
        """Return that many hexadecimal digits."""
        text = ""
        while len(text) < digits:
            text += f"{self.bits():016x}"
        return text[:digits]

    def words(self, count: int) -> str:
        """Return that many words."""
        return " ".join(self.pick(WORDS) for _ in range(count))

    def shuffled(self, items) -> list:
        """Return the items in another order (Fisher and Yates)."""
        items = list(items)
        for last in range(len(items) - 1, 0, -1):
            other = self.below(last + 1)
            items[last], items[other] = items[other], items[last]
        return items
