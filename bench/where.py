"""Where the time of a page goes: the running thread is looked at every half a millisecond, from another one."""

import sys
import threading
import time
from collections import Counter
from collections.abc import Callable
from types import FrameType, TracebackType
from typing import Any, Self

OTHER, TEMPLATE, WAITING = "everything else", "template", "waiting for SQL"
EVERY_SECONDS = 0.0005
# What a look is counted as: the first of these that is anywhere on the stack, by the ends of the files' names.
BY_FILE = (
    ("evidence", ("audit/context.py", "audit/reads.py")),
    ("access", ("agencies/access.py", "agencies/reach.py")),
)
PIECES = ("pages/drawing.py", "pages/framing.py", "pages/markup.py")
# Otherwise what the innermost frame of these folders is doing.
INNERMOST = (
    (WAITING, ("django/db/backends/utils.py", "django/db/backends/postgresql/base.py", "psycopg2/")),
    ("queries put together, rows made", ("django/db/",)),
    (TEMPLATE, ("django/template/", "django_cotton/", *PIECES, "pages/templatetags/")),
    ("sign-in and session", ("contrib/sessions/", "contrib/auth/", "agencies/middleware.py", "agencies/queries.py")),
)
PARTS = (INNERMOST[0][0], INNERMOST[1][0], "access", "evidence", TEMPLATE, INNERMOST[3][0], OTHER)


class Looking:
    """Counts what the thread that enters it does, until it leaves."""

    def __init__(self) -> None:
        self.seen: Counter[str] = Counter()
        self._over = threading.Event()
        self._watched = threading.get_ident()
        self._thread = threading.Thread(target=self._look, daemon=True)

    def __enter__(self) -> Self:
        self._switched = sys.getswitchinterval()
        sys.setswitchinterval(EVERY_SECONDS / 5)
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._over.set()
        self._thread.join()
        sys.setswitchinterval(self._switched)

    def _look(self) -> None:
        while not self._over.is_set():
            self.seen[_part(sys._current_frames().get(self._watched))] += 1
            time.sleep(EVERY_SECONDS)


def _part(frame: FrameType | None) -> str:
    files = []
    while frame is not None:
        files.append(frame.f_code.co_filename)
        frame = frame.f_back
    for name, ends in BY_FILE:
        if any(file.endswith(ends) for file in files):
            return name
    for file in files:
        for name, folders in INNERMOST:
            if any(folder in file for folder in folders):
                return name
    return OTHER


def shares(ask: Callable[[], Any], runs: int) -> dict[str, float]:
    """What share of the page's time each part takes, in hundredths."""
    with Looking() as looking:
        for _ in range(runs):
            ask()
    total = sum(looking.seen.values()) or 1
    return {name: 100 * looking.seen[name] / total for name in PARTS}
