"""What a client sends again because it heard no answer: carried out once, by the means of the pages' forms.

A client puts a key of its own on what it sends. The key is written in the same transaction as the effect, so both are
there or neither is. Beside it is kept where the row is read, never what was sent or answered: the repeat is answered
with the row as it is read now, by whoever may read it now.
"""

from collections.abc import Callable
from functools import wraps
from typing import Any, Final, cast
from uuid import UUID

from django.urls import resolve, reverse
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import exceptions
from rest_framework.request import Request
from rest_framework.response import Response

from .submissions import KEPT, digest_of_sent, once, read_key

HEADER: Final = "Idempotency-Key"
_HOURS = KEPT.total_seconds() / 3600
_DESCRIBED = OpenApiParameter(
    HEADER,
    UUID,
    OpenApiParameter.HEADER,
    description="A UUID that is used for nothing else. Sent again with the same key within "
    f"{_HOURS:.0f} hours, it is carried out once: the answer is the row as it is read by then. The same key with "
    "anything else: 422.",
)

Create = Callable[..., Response]


def once_by_key(create: Create) -> Create:
    """Stands on what makes a row of a view set: the row is answered with its ``id``, and read at its own address.

    Raises a validation error (400) for a key that is none, and ``pages.submissions.SentBefore`` for one that was used
    before, for something else. What is refused is not remembered, and may be sent again with the same key.
    """

    @wraps(create)
    def carried_out(view: Any, request: Request, *args: Any, **kwargs: Any) -> Response:
        text = request.headers.get(HEADER)
        if text is None:
            return create(view, request, *args, **kwargs)
        # A header may quote its text.
        if (key := read_key(text.strip('"'))) is None:
            raise exceptions.ValidationError({HEADER: ["Send a UUID that you use for nothing else."]})
        made: list[Response] = []

        def act() -> str:
            made.append(create(view, request, *args, **kwargs))
            return reverse(f"{view.basename}-detail", kwargs={**kwargs, "pk": made[0].data["id"]})

        digest = digest_of_sent(request.path, request.data)
        read_at = once(user_id=cast("int", request.user.pk), key=key, digest=digest, act=act)
        return made[0] if made else _read_again(view, request, read_at)

    described: Any = extend_schema(parameters=[_DESCRIBED])(carried_out)
    described.keyed = True
    return described  # type: ignore[no-any-return]


def refuse_useless_key(view: Any, request: Request) -> None:
    """Raises a validation error (400) when something is sent with a key to where nothing is remembered by one.

    Where nothing can be sent at all it is silent: the answer to that is 405.
    """
    does = getattr(view, getattr(view, "action", None) or "post", None)
    if request.method == "POST" and HEADER in request.headers and does and not getattr(does, "keyed", False):
        raise exceptions.ValidationError({HEADER: ["Nothing is remembered by a key here: send it without one."]})


def _read_again(view: Any, request: Request, read_at: str) -> Response:
    """The row that was made, to whoever may read it now."""
    view.action, view.kwargs = "retrieve", resolve(read_at).kwargs
    answer: Response = view.retrieve(request, **view.kwargs)
    answer.status_code = 201
    return answer
