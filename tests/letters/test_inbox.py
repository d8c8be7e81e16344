"""The mailbox of replies, against a real IMAP server over TLS: no database needed."""

from pathlib import Path

import pytest

from letters.inbox import READ_FOLDER, InboxDown, opened

from .imap import post


@pytest.mark.parametrize("moves", [True, False], ids=["moves", "copies"])
def test_messages_are_fetched_whole_or_cut_and_put_away(
    moves: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with post(tmp_path, monkeypatch, moves=moves) as box:
        box.put(b"From: a\r\n\r\nOne", b"x" * 5_000)
        with opened(box.where) as inbox:
            one, two = inbox.numbers()
            assert inbox.fetch(one, 1_000) == b"From: a\r\n\r\nOne"
            assert inbox.fetch(two, 1_000) == b"x" * 1_001
            assert inbox.fetch("99", 1_000) == b""
            inbox.put_away(one)
            assert inbox.numbers() == [two]
        assert (box.count(), box.count(READ_FOLDER)) == (1, 1)


def test_a_server_that_cannot_prove_who_it_is_is_told_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with post(tmp_path, monkeypatch) as box:
        monkeypatch.delenv("SSL_CERT_FILE")
        with pytest.raises(InboxDown, match="SSLCertVerificationError"), opened(box.where):
            pass
