"""Tables of the register: the person, grounds, levels, whereabouts, dates, obligations,
circumstances, and who takes part."""

from .access import CaseParticipation, Exclusion, HandlingChange, PersonalGrant
from .advice import Advice
from .circumstances import Background, ConnectedPerson, ParallelProcess, StaffWarning
from .document import ReferralDocument, ReferralFile
from .first_notification import FirstNotification, Identification
from .ground import Ground, QualifyingOffence
from .hospital_order import HospitalOrder, OrderStage
from .key_date import KeyDate
from .level import LevelSpan, QualifyingMeeting
from .level_1 import EndingDecision, Level1Review, Level1Switch, ReportedChange, Screening, Thresholding
from .merge import Merge, MergeLine, TwoPeople
from .nominal import Address, Alias, Identifier, Nominal
from .obligation import Obligation
from .referral import PanelSeat, PanelVote, Referral, ReferralChange, ReferralDraft
from .whereabouts import LeadAgencySpan, NamedOfficerSpan, WhereaboutsSpan

__all__ = [
    "Address",
    "Advice",
    "Alias",
    "Background",
    "CaseParticipation",
    "ConnectedPerson",
    "EndingDecision",
    "Exclusion",
    "FirstNotification",
    "Ground",
    "HandlingChange",
    "HospitalOrder",
    "Identification",
    "Identifier",
    "KeyDate",
    "LeadAgencySpan",
    "Level1Review",
    "Level1Switch",
    "LevelSpan",
    "Merge",
    "MergeLine",
    "NamedOfficerSpan",
    "Nominal",
    "Obligation",
    "OrderStage",
    "PanelSeat",
    "PanelVote",
    "ParallelProcess",
    "PersonalGrant",
    "QualifyingMeeting",
    "QualifyingOffence",
    "Referral",
    "ReferralChange",
    "ReferralDocument",
    "ReferralDraft",
    "ReferralFile",
    "ReportedChange",
    "Screening",
    "StaffWarning",
    "Thresholding",
    "TwoPeople",
    "WhereaboutsSpan",
]
