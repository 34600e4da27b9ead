"""Alembic's entry: runs on the connection that `storage.migrations` hands in."""

from __future__ import annotations

from typing import Any, Literal

from alembic import context
from sqlmodel.sql.sqltypes import AutoString

from storage.models import metadata
from storage.models.base import UTC_TYPES


def _render(kind: str, item: Any, _autogen: Any) -> str | Literal[False]:  # noqa: ANN401 - Alembic's own signature
    # Moving library types would tie old migrations to a version of SQLModel (platform.md D).
    if kind == "type" and isinstance(item, AutoString):
        return f"sa.String(length={item.length})" if item.length else "sa.String()"
    if kind == "type" and isinstance(item, UTC_TYPES):
        return "sa.DateTime(timezone=True)"
    return False


context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    render_as_batch=True,
    render_item=_render,
    compare_type=False,
)
with context.begin_transaction():
    context.run_migrations()
