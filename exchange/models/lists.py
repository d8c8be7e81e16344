"""Where a list is found: the name of its page, the keys in its address, and its filters and order."""

from django.db import models
from django.http import QueryDict
from django.urls import NoReverseMatch, reverse


class ListAddress(models.Model):
    """The address of a list in its parts. Filters are codes and days, never a name, so it holds nothing of a person."""

    list_name = models.CharField("name of the page", max_length=100)
    list_keys = models.JSONField("keys in its address", default=dict, blank=True)
    query = models.CharField("filters and order", max_length=2000, blank=True)

    class Meta:
        abstract = True

    @property
    def path(self) -> str:
        """The path of the list's page; empty when this version knows no such page."""
        try:
            return reverse(self.list_name, kwargs=self.list_keys)
        except NoReverseMatch:
            return ""

    @property
    def address(self) -> str:
        """Path with filters and order: opening it shows the list."""
        return f"{self.path}?{self.query}" if self.query and self.path else self.path

    @property
    def parameters(self) -> QueryDict:
        """Filters and order as the list's page reads them."""
        return QueryDict(self.query)
