"""What a referral or a notification calls the person it is about: as its sender did, by a record or a name typed.

A name that was typed stays, whichever record it was found to be about: the sender may not be shown that record.
"""

from cases.models import FirstNotification, Nominal, Referral


def listed_name(row: Referral | FirstNotification) -> str:
    """``Pumice, Kai``: as lists name people."""
    who = _who(row)
    return f"{who.family_name}, {who.given_names}" if who.given_names else who.family_name


def written_name(row: Referral | FirstNotification) -> str:
    """``Kai Pumice``: as people write it, in headings and letters."""
    who = _who(row)
    return f"{who.given_names} {who.family_name}".strip()


def _who(row: Referral | FirstNotification) -> Nominal | Referral | FirstNotification:
    return row.nominal if row.nominal is not None and not row.family_name else row
