"""Work over many rows in the background: a row that fails holds up none of the others."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Generic, TypeVar

import structlog
from celery.exceptions import SoftTimeLimitExceeded
from django.db import transaction

from rules.core import Refused

log = structlog.get_logger(__name__)
R = TypeVar("R")


@dataclass
class Done(Generic[R]):
    """What was done, row by row; how many rows a rule would not have any more, and how many failed."""

    results: list[R] = field(default_factory=list)
    refused: int = 0
    failed: int = 0


def one_by_one(work: str, keys: Iterable[int], act: Callable[[int], R]) -> Done[R]:
    """Do the work for each row, each in a transaction of its own; ``keys`` are read before the first.

    A row that somebody else has changed or merged meanwhile, or that fails otherwise, is logged by its id and the kind
    of its fault, whose text may quote a row; the next tick finds it again. A refusal means that somebody was quicker.
    """
    done: Done[R] = Done()
    for key in list(keys):
        try:
            with transaction.atomic():
                result = act(key)
        except SoftTimeLimitExceeded:
            raise
        except Refused:
            done.refused += 1
            log.info("row left alone", work=work, row=key)
        except Exception as fault:
            done.failed += 1
            log.error("row failed", work=work, row=key, fault=type(fault).__name__)
        else:
            done.results.append(result)
    return done
