"""The inbox: a request is carried out once and answered alike (decision 20)."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy.exc import IntegrityError

from storage import inbox
from tests import factories
from tests.factories import MONDAY


def test_a_request_is_kept_with_its_reply(tmp_path: Path) -> None:
    db = factories.database(tmp_path)
    with db.writing() as session:
        assert inbox.seen(session, "Ev1") is None
        inbox.keep(session, "Ev1", "o1", '{"message": null}', MONDAY)
        assert inbox.seen(session, "Ev1") == '{"message": null}'
        with pytest.raises(IntegrityError):
            inbox.keep(session, "Ev1", "o1", "", MONDAY)
    db.close()


def test_old_requests_are_forgotten_in_portions(tmp_path: Path) -> None:
    db = factories.database(tmp_path)
    with db.writing() as session:
        for number in range(600):
            inbox.keep(session, f"Ev{number}", "o1", "", MONDAY - timedelta(minutes=number))
        assert inbox.sweep(session, MONDAY) == 500
        assert inbox.sweep(session, MONDAY) == 99
        assert inbox.seen(session, "Ev0") == ""
    db.close()
