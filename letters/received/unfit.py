"""Why a file that came in is not let on."""


class Unfit(Exception):
    """The file is not let on. Its ``reason`` is a sentence without capital and stop; it quotes nothing of the file."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


def sentence(reason: str) -> str:
    """A reason with capital and stop."""
    return f"{reason[:1].upper()}{reason[1:]}."
