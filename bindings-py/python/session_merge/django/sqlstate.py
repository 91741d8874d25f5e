"""PostgreSQL's codes for its errors (appendix A of its manual)."""

from __future__ import annotations

__all__ = ["LOCK_NOT_AVAILABLE", "SERIALIZATION_FAILURE", "sqlstate"]

LOCK_NOT_AVAILABLE = "55P03"
SERIALIZATION_FAILURE = "40001"


def sqlstate(error: Exception) -> str | None:
    """Return the code of an error of Django's, by psycopg 3 or psycopg2; None if it has none."""
    cause = error.__cause__
    code: str | None = getattr(cause, "sqlstate", None) or getattr(cause, "pgcode", None)
    return code
