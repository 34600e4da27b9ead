"""The process itself: whether its address is free, and how it ends."""

from __future__ import annotations

import os
import signal
import socket
from types import FrameType


def address_trouble(host: str, port: int) -> str:
    """Why nobody can listen at this address, in the system's words; "" where it is free."""
    try:
        socket.create_server((host, port), family=socket.AF_INET6 if ":" in host else socket.AF_INET).close()
    except OSError as error:
        return os.strerror(error.errno) if error.errno and error.errno > 0 else str(error)
    return ""


def end_in_order() -> None:
    """Ctrl-C and SIGTERM become exceptions where they arrive, so that what is open is closed first.

    uvicorn raises them once more when it is done: by default SIGTERM would then kill the process on the spot, and
    asyncio would cancel the closing of our lines.
    """

    def end(number: int, _frame: FrameType | None) -> None:
        if number == signal.SIGINT:
            raise KeyboardInterrupt
        raise SystemExit(0)

    signal.signal(signal.SIGINT, end)
    signal.signal(signal.SIGTERM, end)
