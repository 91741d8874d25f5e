"""Figures of the record inside documents that people write.

A document marks the place, and what is between the marks is written by the lab:

    <!-- lab: atomic -->
    ...
    <!-- /lab -->
"""

import re
from typing import Any

from tables import beside_ours

PLACE = re.compile(r"<!-- lab: ([a-z-]+) -->\n.*?<!-- /lab -->", re.DOTALL)


def fill(text: str, record: dict[str, Any]) -> str:
    """Return the document with the record's figures."""

    def figures(place: re.Match[str]) -> str:
        name = place[1]
        return f"<!-- lab: {name} -->\n\n{beside_ours(record, name)}\n\n<!-- /lab -->"

    return PLACE.sub(figures, text)
