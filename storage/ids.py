"""Ids made by the application, ordered by time (UUIDv7-like, decision 2)."""

from __future__ import annotations

import os
from datetime import datetime


def new_id(at: datetime) -> str:
    """32 hexadecimal characters: 48 bits of `at` in milliseconds, then 80 random bits with UUIDv7's version marks."""
    random = int.from_bytes(os.urandom(10), "big")
    milliseconds = int(at.timestamp() * 1000) & ((1 << 48) - 1)
    value = (milliseconds << 80) | random
    value = (value & ~(0xF << 76)) | (0x7 << 76)
    value = (value & ~(0x3 << 62)) | (0x2 << 62)
    return f"{value:032x}"
