"""Failures on demand: the next calls of a Web API method go wrong as a test asks."""

from dataclasses import dataclass, replace

HANGS = frozenset({"hang_before", "hang_after", "cut_before", "cut_after"})


@dataclass(frozen=True)
class Fault:
    """How a call fails; `times` left. See `Faults.add`."""

    method: str
    error: str
    times: int
    status: int = 200
    retry_after: int | None = None


class Faults:
    """What is still to go wrong, first come first served."""

    def __init__(self) -> None:
        self._waiting: list[Fault] = []

    def add(
        self, method: str, error: str, times: int = 1, *, status: int = 200, retry_after: int | None = None
    ) -> None:
        """Makes the next `times` calls of `method` ("*" for any, "response_url" for answers) fail.

        `error` is Slack's word: "ratelimited" answers 429 with Retry-After (1 if not told), "internal_error"
        with `status=500` is a broken Slack. Four more are failures of the line: "hang_before" and
        "hang_after" keep the caller waiting until it gives up, without having acted or after acting;
        "cut_before" and "cut_after" end the connection in the middle of the answer.
        """
        if error == "ratelimited":
            status, retry_after = 429, 1 if retry_after is None else retry_after
        self._waiting.append(Fault(method, error, times, status, retry_after))

    def take(self, method: str) -> Fault | None:
        """The fault for this call, counted down; None where the call may succeed."""
        for position, fault in enumerate(self._waiting):
            if fault.method not in ("*", method):
                continue
            if fault.times > 1:
                self._waiting[position] = replace(fault, times=fault.times - 1)
            else:
                del self._waiting[position]
            return fault
        return None

    def clear(self) -> None:
        """Nothing fails any more."""
        self._waiting.clear()
