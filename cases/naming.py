"""What a referral or a notification calls the person it is about: as the register does, or as its own pages say."""

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
    return row.nominal or row
