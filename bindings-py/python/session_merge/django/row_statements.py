"""The statements that saves run, without the ORM building them anew each time.

The ORM takes longer to put an UPDATE together than the database to execute it. The statements of a
session model are simple, so they are put together here, from the model's own columns, and run
with each field's own conversions. Where a field brings SQL of its own (a placeholder, an expression
as its value) or the model spans several tables, the ORM does it.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Any

from django.db import connections
from django.utils import timezone
from session_merge.django.store import Draft

__all__ = ["RowStatements", "Table"]

SQL_OF_ITS_OWN = ("get_placeholder", "get_placeholder_sql", "from_db_value")


@dataclass(frozen=True)
class Table:
    """What is to be known of a table that keeps sessions."""

    model: Any
    text: str = "session_data"
    """The field that is compared and swapped."""
    keep: tuple[str, ...] = ()
    """Fields that an update leaves as they are."""
    expires: str | None = None
    """The field that says when a row is no longer to be seen, if it is to be asked."""
    signed: bool = True
    """Whether the text is signed, so that a comparison that ignores case is exact enough."""


class RowStatements:
    """Reading and writing one row of a table."""

    def __init__(self, table: Table) -> None:
        meta = table.model._meta
        self._table, self._model = table, table.model
        self._key, self._text = meta.pk, meta.get_field(table.text)
        self._expires = meta.get_field(table.expires) if table.expires else None
        fields = meta.concrete_fields
        self._columns = [
            field
            for field in fields
            if not (field.primary_key or field.generated or field.name in table.keep)
        ]
        self._without_text = [field for field in self._columns if field is not self._text]
        self._plain = not meta.parents and not any(
            hasattr(field, name) for field in fields for name in SQL_OF_ITS_OWN
        )

    @classmethod
    @cache
    def of(cls, table: Table) -> RowStatements:
        """Return the statements of this table, made once."""
        return cls(table)

    def read(self, using: str, key: str, *, lock: bool = False) -> str | None:
        """Return the text in a row; None if there is no row.

        With ``lock`` nobody else can write the row until the end of the transaction.
        """
        if lock or self._expires or not self._plain:
            return self._read_by_orm(using, key, lock)
        connection = connections[using]
        quote = connection.ops.quote_name
        sql = (
            f"SELECT {quote(self._text.column)} FROM {quote(self._model._meta.db_table)} "
            f"WHERE {quote(self._key.column)} = %s"
        )
        with connection.cursor() as cursor:
            cursor.execute(sql, [self._key.get_db_prep_save(key, connection=connection)])
            row = cursor.fetchone()
        return None if row is None else str(row[0])

    def _read_by_orm(self, using: str, key: str, lock: bool) -> str | None:
        rows = self._model._base_manager.using(using).filter(pk=key)
        if self._expires:
            rows = rows.filter(**{f"{self._expires.name}__gt": timezone.now()})
        if lock:
            rows = rows.select_for_update()
        for raw in rows.values_list(self._text.name, flat=True):
            return str(raw)
        return None

    def update(self, using: str, key: str, base: str | None, draft: Draft, *, touch: bool) -> int:
        """Write the draft to its row, if the row holds ``base``; return how many rows were hit.

        With None for ``base`` the row may hold anything: it must be locked, and have been read.
        With ``touch`` all columns are written but the text, for a draft of content only nothing
        but the text.
        """
        record = draft.record
        setattr(record, self._text.attname, draft.raw)
        fields = self._without_text if touch else self._columns
        if draft.content_only:
            fields = [self._text]
        values = [field.pre_save(record, add=False) for field in fields]
        if not self._plain or any(hasattr(value, "resolve_expression") for value in values):
            return self._update_by_orm(using, key, base, fields, values)
        connection = connections[using]
        quote = connection.ops.quote_name
        where, given = [self._key], [key]
        conditions = [f"{quote(self._key.column)} = %s"]
        if base is not None:
            where, given = [self._key, self._text], [key, base]
            conditions.append(self._same_text(connection))
        sql = "UPDATE {} SET {} WHERE {}".format(
            quote(self._model._meta.db_table),
            ", ".join(f"{quote(field.column)} = %s" for field in fields),
            " AND ".join(conditions),
        )
        params = [
            field.get_db_prep_save(value, connection=connection)
            for field, value in zip([*fields, *where], [*values, *given], strict=True)
        ]
        with connection.cursor() as cursor:
            cursor.execute(sql, params)
            hit: int = cursor.rowcount
        return hit

    def _same_text(self, connection: Any) -> str:
        """Return the comparison of the text; byte by byte where MySQL's would not be exact."""
        column = connection.ops.quote_name(self._text.column)
        if connection.vendor == "mysql" and not self._table.signed:
            return f"CAST({column} AS BINARY) = CAST(%s AS BINARY)"
        return f"{column} = %s"

    def _update_by_orm(
        self, using: str, key: str, base: str | None, fields: list[Any], values: list[Any]
    ) -> int:
        rows = self._model._base_manager.using(using).filter(pk=key)
        if base is not None:
            rows = rows.filter(**{self._text.name: base})
        names = [field.attname for field in fields]
        hit: int = rows.update(**dict(zip(names, values, strict=True)))
        return hit
