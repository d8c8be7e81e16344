"""Whoever reads who has looked reads which page it was: every address has words, and no words are left over."""

import pytest

from desk.routes import _PAGES, _ROWS_OF_THE_INTERFACE, known_words, words_of

from .addresses import Address, addresses


@pytest.mark.parametrize("address", addresses(), ids=lambda address: address.name)
def test_every_address_has_words(address: Address) -> None:
    assert known_words(address.name), "say in desk/routes.py what this page is, in plain words, of nobody"


def test_no_words_are_left_of_an_address_that_is_gone() -> None:
    names = {address.name for address in addresses()}
    assert set(_PAGES) <= names
    interface = {known_words(name) for name in names if name.startswith("api-")}
    assert {f"interface: {words}" for words in _ROWS_OF_THE_INTERFACE.values()} == interface


def test_an_address_that_is_gone_is_named_all_the_same() -> None:
    """The log outlives the pages."""
    assert words_of("nominal-old_page") == "nominal old page"
    assert words_of("api-lead-agency-away") == "interface: lead agencies"
