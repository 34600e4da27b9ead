"""What every table shares: naming of constraints, the tenant column, composite keys (decision 2)."""

from __future__ import annotations

import re
from typing import Any, cast

from sqlalchemy import CheckConstraint, ForeignKeyConstraint, MetaData, UniqueConstraint
from sqlalchemy.orm import declared_attr
from sqlalchemy.sql.schema import Table
from sqlmodel import Field, SQLModel
from sqlmodel.sql.sqltypes import UTCDateTime

NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}
metadata = MetaData(naming_convention=NAMING)


UTC_TYPES = (UTCDateTime,)
"""Column types of instants; migrations write them as plain timestamps with time zone."""


class Base(SQLModel):
    """The metadata with our naming convention; never a table itself."""

    metadata = metadata

    @declared_attr.directive
    def __tablename__(cls) -> str:  # pyright: ignore[reportIncompatibleVariableOverride] - SQLModel names it so
        """The class name in snake_case."""
        return re.sub(r"(?<!^)(?=[A-Z])", "_", cls.__name__).lower()


class Row(Base):
    """A row of an organisation: ids are made by the application (`storage.ids.new_id`), every row names its tenant."""

    id: str = Field(primary_key=True, max_length=32)
    organisation_id: str = Field(max_length=32)


class Editable(Row):
    """A row that people edit: `version` grows with each change, `revision` keeps what was before (decision 3)."""

    version: int = Field(default=1)


def own() -> UniqueConstraint:
    """UNIQUE(organisation_id, id): the target of composite foreign keys, so that no row points into another tenant."""
    return UniqueConstraint("organisation_id", "id")


def belongs(column: str, table: str) -> ForeignKeyConstraint:
    """A composite foreign key within the organisation."""
    return ForeignKeyConstraint(["organisation_id", column], [f"{table}.organisation_id", f"{table}.id"])


def one_of(column: str, values: tuple[str, ...]) -> CheckConstraint:
    """Enums are text with a CHECK: no native type to migrate for each new member."""
    listed = ", ".join(f"'{value}'" for value in values)
    return CheckConstraint(f"{column} IN ({listed})", name=column)


def columns_of(row: Base) -> dict[str, Any]:
    """A row by column, as it would be stored; four times as quick as a dump of the model."""
    return {column.name: getattr(row, column.name) for column in table_of(row).columns}


def table_of(row: type[Base] | Base) -> Table[Any]:
    """The Core table behind a model or one of its rows."""
    table = cast("Table[Any] | None", getattr(row, "__table__", None))
    if table is None:
        raise TypeError(f"{row!r} is no table")
    return table
