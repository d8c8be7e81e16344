"""Who moves the register's own tables in a merge. Tables not named here follow by themselves."""

from cases.models import (
    Address,
    Alias,
    Background,
    CaseParticipation,
    Exclusion,
    Ground,
    Identification,
    Identifier,
    KeyDate,
    LeadAgencySpan,
    Level1Review,
    LevelSpan,
    Merge,
    NamedOfficerSpan,
    Obligation,
    PersonalGrant,
    QualifyingMeeting,
    ReportedChange,
    Screening,
    Thresholding,
    TwoPeople,
    WhereaboutsSpan,
)
from rules.vocabulary import ParticipationSource

from .addresses import AddressesOfBoth
from .apart import MarksOnce
from .backgrounds import BackgroundOfBoth
from .grounds import GroundsOnce
from .participants import Once, OneADay, StaysBehind, register_merge

_LEAD = {"source": frozenset({str(ParticipationSource.LEAD)})}
_OFFICER = {"source": frozenset({str(ParticipationSource.NAMED_OFFICER)})}
_GROUNDS, _MARKS = GroundsOnce(), MarksOnce()


def register_own() -> None:
    """Called when the register starts."""
    register_merge(Identifier, Once(("kind", "normalised")))
    register_merge(Alias, Once(("kind", "family_name", "given_names")))
    register_merge(Address, AddressesOfBoth())
    register_merge(Background, BackgroundOfBoth())
    register_merge(Ground, _GROUNDS)
    register_merge(LevelSpan, StaysBehind("the levels of both are put together"))
    register_merge(WhereaboutsSpan, OneADay())
    register_merge(LeadAgencySpan, OneADay())
    register_merge(NamedOfficerSpan, OneADay(("agency_id",)))
    register_merge(KeyDate, Once(("kind",)))
    register_merge(QualifyingMeeting, Once(("held_on",)))
    register_merge(Identification, Once(("sentenced_on",)))
    register_merge(Thresholding, Once(("decided_on",)))
    register_merge(Screening, Once(("screened_on",)))
    register_merge(Level1Review, Once(("held_on",)))
    register_merge(ReportedChange, Once(("kind", "happened_on")))
    register_merge(Obligation, Once(("kind", "subject", "triggered_on", "agency_id", "area_id")))
    # Grants that follow a span are made from the merged spans; whoever is kept out of one record is kept out of both.
    register_merge(CaseParticipation, OneADay(("group_id", "permission_id", "source"), _LEAD), field="content_object")
    register_merge(PersonalGrant, OneADay(("user_id", "permission_id", "source"), _OFFICER), field="content_object")
    register_merge(Exclusion, OneADay(("user_id", "agency_id")))
    register_merge(TwoPeople, _MARKS, field="one")
    register_merge(TwoPeople, _MARKS, field="other")
    register_merge(Merge, StaysBehind("earlier merges stay as they were recorded"), field="kept")
    register_merge(Merge, StaysBehind("earlier merges stay as they were recorded"), field="absorbed")
