"""Buttons that answer with a file: always as an attachment, never opened within a page of ours."""

from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import Any, ClassVar, TypeVar

from django.db.models import Model
from django.http import HttpRequest, HttpResponse, HttpResponseBase

from rules.core import Refused

from .base import ObjectPage
from .writing import NOT_ACCEPTED

M = TypeVar("M", bound=Model)


@dataclass(frozen=True)
class Attachment:
    """A file as it goes out. Its name says nothing about a person."""

    name: str
    content_type: str
    content: bytes


class FilePage(ObjectPage[M], ABC, abstract=True):
    """A single button: POST only, answered with a file. Refused: a page that says why, status 422.

    The file is made whole within the request's transaction: without its evidence it is not sent.
    """

    http_method_names = ["post", "options"]
    template_name: ClassVar[str] = "errors/refused.html"

    @abstractmethod
    def file(self) -> Attachment:
        """The file, with its evidence. Raises ``Refused``."""

    @abstractmethod
    def get_cancel_url(self) -> str:
        """Where the button stands."""

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:  # noqa: ARG002
        try:
            found = self.file()
        except Refused as refusal:
            return self.page(status=NOT_ACCEPTED, refusal=refusal.decision, cancel_url=self.get_cancel_url())
        response = HttpResponse(found.content, content_type=found.content_type)
        response.headers["Content-Disposition"] = f'attachment; filename="{found.name}"'
        return response
