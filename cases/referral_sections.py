"""The sections of a referral, in the order of the national one, and how far each has been written."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from enum import Enum
from typing import Any

from pages.dates import british_date
from rules.referrals import missing_items
from rules.vocabulary import Category, ReferralItem

from .models import Referral
from .models.referral import HOSPITAL_FACTS, RISK_GROUPS
from .referrals import held_items


class Written(Enum):
    """How far a section has been written; the value is what people read."""

    NOT_STARTED = "Not started"
    IN_PROGRESS = "In progress"
    DONE = "Done"


@dataclass(frozen=True)
class ReferralSection:
    """A part of the referral: its columns, and the items of R44 that it answers for.

    Where no item asks for it, a section is done when every column of ``needs`` holds something.
    """

    slug: str
    title: str
    fields: tuple[str, ...]
    items: tuple[ReferralItem, ...] = ()
    needs: tuple[str, ...] = ()

    def written(self, referral: Referral, drafts: Collection[str] = ()) -> Written:
        """How far it has been written. ``drafts`` are the sections in which something is typed and not saved."""
        if self.slug in drafts:
            return Written.IN_PROGRESS
        missing = missing_items(held_items(referral))
        begun = any(getattr(referral, name) for name in self.fields)
        if begun and not set(self.items) & set(missing) and all(getattr(referral, name) for name in self.needs):
            return Written.DONE
        return Written.IN_PROGRESS if begun else Written.NOT_STARTED


_ITEM = ReferralItem
SECTIONS: tuple[ReferralSection, ...] = (
    ReferralSection(
        "person",
        "Person and ground",
        ("referrer", "category", "level_asked"),
        (_ITEM.REFERRER, _ITEM.GROUND, _ITEM.LEVEL_ASKED),
    ),
    ReferralSection(
        "offence",
        "Offence",
        ("offence", "outcome", "outcome_on", "sentenced_on", "release_on", "previous"),
        (_ITEM.OUTCOME,),
        needs=("offence",),
    ),
    ReferralSection("hospital", "Detained in hospital", ("detained", *HOSPITAL_FACTS), needs=("detained",)),
    ReferralSection(
        "level",
        "Why Level 2 or 3",
        ("value_reasons", "coordination_need", "senior_need"),
        (_ITEM.VALUE, _ITEM.SENIOR),
    ),
    ReferralSection("risk", "Risk", (*RISK_GROUPS, "risk_level", "risk"), (_ITEM.RISK,)),
    ReferralSection("victims", "Victims", ("victims",), (_ITEM.VICTIMS,)),
    ReferralSection("plan", "Plan", ("plan", "lower_level"), (_ITEM.PLAN, _ITEM.LOWER_LEVEL)),
    ReferralSection("diversity", "Diversity", ("diversity",), needs=("diversity",)),
    ReferralSection("invite", "Agencies to invite, and disclosure", ("invite", "disclosure"), (_ITEM.INVITE,)),
    ReferralSection(
        "findings",
        "The two findings",
        ("finding_capacity", "finding_current"),
        (_ITEM.FINDINGS,),
    ),
)


def sections_of(referral: Referral) -> tuple[ReferralSection, ...]:
    """The sections that this referral has: the two findings belong to Category 3 (R17)."""
    findings = referral.category == Category.THREE
    return tuple(section for section in SECTIONS if findings or section.slug != "findings")


def answers(referral: Referral, section: ReferralSection) -> list[tuple[str, str]]:
    """What the section holds, with the name of each column as people read it; empty ones left out."""
    found = []
    for name in section.fields:
        column: Any = Referral._meta.get_field(name)
        value = getattr(referral, name)
        if value in ("", None):
            continue
        label = str(column.verbose_name)
        if isinstance(value, date):
            text = british_date(value)
        else:
            text = str(dict(column.flatchoices).get(value, value))
        found.append((label[0].upper() + label[1:], text))
    return found
