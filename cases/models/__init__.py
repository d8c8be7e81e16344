"""Tables of the register: the person, grounds, levels, whereabouts, dates, obligations, and who takes part."""

from .access import CaseParticipation, Exclusion, PersonalGrant
from .ground import Ground, QualifyingOffence
from .key_date import KeyDate
from .level import LevelSpan, QualifyingMeeting
from .nominal import Address, Alias, Identifier, Nominal
from .obligation import Obligation
from .whereabouts import LeadAgencySpan, NamedOfficerSpan, WhereaboutsSpan

__all__ = [
    "Address",
    "Alias",
    "CaseParticipation",
    "Exclusion",
    "Ground",
    "Identifier",
    "KeyDate",
    "LeadAgencySpan",
    "LevelSpan",
    "NamedOfficerSpan",
    "Nominal",
    "Obligation",
    "PersonalGrant",
    "QualifyingMeeting",
    "QualifyingOffence",
    "WhereaboutsSpan",
]
