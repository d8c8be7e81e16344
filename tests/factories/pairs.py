"""Random pairs of records that may be one person's, with something in every table that has a say in a merge."""

from collections.abc import Callable
from datetime import date, timedelta

from django.db import connection
from hypothesis import strategies as st

from agencies.models import Agency, Area, User
from cases.models import (
    Advice,
    ConnectedPerson,
    HospitalOrder,
    Identification,
    Nominal,
    OrderStage,
    ParallelProcess,
    ReferralDraft,
    StaffWarning,
    Thresholding,
)
from cases.records import (
    AddressRecord,
    AliasRecord,
    BackgroundRecord,
    ExclusionRecord,
    KeyDateRecord,
    LeadAgencyRecord,
    NamedOfficerRecord,
    ParticipationRecord,
    PersonalGrantRecord,
    PersonRecord,
)
from meetings.models import Action
from rules.vocabulary import (
    AdviceOutcome,
    Handling,
    HospitalSection,
    HospitalStage,
    Immigration,
    KeyDateKind,
    ParticipationSource,
    ProcessKind,
    ReferralState,
    Tenure,
    ThresholdingOutcome,
    WarningKind,
)

from .cases import DAYS, LONG_AGO, TODAY, persons, pnc, spans
from .meetings import at, booking, change, invitation, sitting, slot
from .referrals import first_notification, referral

# The account of the merge itself, and what rises with every change.
HOMES = (Tenure.UNKNOWN, Tenure.COUNCIL, Tenure.PRIVATE)
APART = ("cases_merge", "cases_mergeline")


@st.composite
def sides(draw: st.DrawFn, area: Area, agencies: list[Agency], users: list[User], name: str) -> PersonRecord:
    """One of the two records."""
    plain: PersonRecord = draw(persons(area))
    days = sorted(draw(st.sets(DAYS, max_size=2)))
    runs = list(zip(days, [*(day - timedelta(days=1) for day in days[1:]), None], strict=False))
    reader = draw(st.booleans())
    handling = draw(st.sampled_from([Handling.ORDINARY, Handling.ORDINARY, Handling.RESTRICTED, Handling.CATEGORY_4]))
    return PersonRecord(
        area_id=area.pk,
        family_name=name,
        given_names=draw(st.sampled_from(["Kieran", "Kieron", ""])),
        date_of_birth=draw(st.sampled_from([date(1990, 3, 3), date(1990, 3, 4), None])),
        handling=handling,
        identifiers=tuple(map(pnc, sorted(draw(st.sets(st.integers(1, 3), max_size=2))))),
        aliases=tuple(AliasRecord(each) for each in sorted(draw(st.sets(st.sampled_from(["Tuff", "Tufa"]))))),
        addresses=tuple(
            AddressRecord(first, last, lines="1 Tufa Rise", tenure=draw(st.sampled_from(HOMES)))
            for first, last in draw(st.lists(st.one_of(spans(), st.just((date(2020, 1, 6), None))), max_size=2))
        ),
        grounds=plain.grounds,
        levels=plain.levels,
        whereabouts=plain.whereabouts,
        meetings=plain.meetings,
        key_dates=tuple(
            KeyDateRecord(kind, draw(DAYS)) for kind in sorted(draw(st.sets(st.sampled_from(KeyDateKind), max_size=2)))
        ),
        lead_agencies=tuple(LeadAgencyRecord(draw(st.sampled_from(agencies)).pk, first, last) for first, last in runs),
        named_officers=tuple(
            NamedOfficerRecord(draw(st.sampled_from(users)).pk, agencies[0].pk, first, last) for first, last in runs
        ),
        participations=tuple(
            ParticipationRecord(agency.pk, *draw(spans())) for agency in draw(st.sets(st.sampled_from(agencies)))
        ),
        personal_grants=(
            *(PersonalGrantRecord(user.pk, *draw(spans())) for user in draw(st.sets(st.sampled_from(users)))),
            *(
                [PersonalGrantRecord(users[0].pk, date(2020, 1, 6), None, ParticipationSource.NAMED_READER, True)]
                if reader
                else []
            ),
        ),
        exclusions=tuple(
            ExclusionRecord("A neighbour", *draw(spans()), user_id=user.pk)
            for user in draw(st.sets(st.sampled_from(users), max_size=1))
        ),
        backgrounds=tuple(draw(st.lists(backgrounds(), max_size=1))),
    )


@st.composite
def backgrounds(draw: st.DrawFn) -> BackgroundRecord:
    """What a person says of themselves: nothing, one of two answers, or one that leaves no room for another."""
    language = draw(st.sampled_from(["", "Polish", "Welsh"]))
    immigration = draw(st.sampled_from(Immigration))
    return BackgroundRecord(
        nationality=draw(st.sampled_from(["", "British", "Irish", "N" * 100])),
        immigration=immigration,
        immigration_status=draw(st.sampled_from(["", "Settled", "Order made"])) if immigration else "",
        religion=draw(st.sampled_from(["", "None", "none "])),
        language=language,
        interpreter=bool(language) and draw(st.booleans()),
    )


def everything() -> dict[str, list[str]]:
    """Every row of every table of ours as text, but the evidence, the account of merges, and what only rises."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT tablename FROM pg_tables WHERE schemaname = 'public' AND tablename !~ '^(audit|django)_'"
            " AND NOT tablename = ANY(%s) ORDER BY tablename",
            [list(APART)],
        )
        tables = [row[0] for row in cursor.fetchall()]
        found = {}
        for table in tables:
            cursor.execute(f"SELECT (to_jsonb(t) - 'version')::text FROM {table} t ORDER BY 1")  # noqa: S608
            found[table] = [row[0] for row in cursor.fetchall()]
    return found


# What goes along with a record, one maker a table: the number of the maker is drawn for each side.
ALONG: tuple[Callable[[Nominal, Agency, User], object], ...] = (
    lambda man, agency, _: referral(man.area, man, agency=agency),
    lambda man, agency, user: ReferralDraft.objects.create(
        referral=referral(man.area, man, ReferralState.DRAFT, agency=agency, author=user), section="plan", user=user,
        values={"plan": "Hal"},
    ),
    lambda man, agency, _: first_notification(man.area, man, agency=agency),
    lambda man, agency, _: Identification.objects.create(
        nominal=man, agency=agency, sentenced_on=LONG_AGO, known_on=TODAY
    ),
    lambda man, _, user: Advice.objects.create(
        area=man.area, nominal=man, asked_by="A social worker", said="Refer", outcome=AdviceOutcome.CALL_BACK,
        given_on=TODAY, call_back_on=TODAY, given_by=user,
    ),
    lambda man, agency, user: Action.objects.create(
        nominal=man, number=1, agency=agency, responsible=user, what="Visit", given_on=TODAY, due_on=TODAY
    ),
    lambda man, agency, user: (
        invitation(held := slot(man), agency), booking(held, user), change(held),
    ),
    lambda man, _, __: slot(man, sitting(man.area, starts_at=at(14))),
    lambda man, _, __: OrderStage.objects.create(
        order=HospitalOrder.objects.create(nominal=man, section=HospitalSection.HOSPITAL),
        kind=HospitalStage.DETAINED, starts_on=LONG_AGO,
    ),
    lambda man, _, __: Thresholding.objects.create(
        nominal=man, decided_on=LONG_AGO, outcome=ThresholdingOutcome.NOT_MET, reason="Nobody at risk"
    ),
    lambda man, _, __: ConnectedPerson.objects.create(
        nominal=man, name="Hazel Elder", relationship="Aunt"
    ),
    lambda man, agency, _: ParallelProcess.objects.create(
        nominal=man, kind=ProcessKind.TAG, starts_on=LONG_AGO, agency=agency
    ),
    lambda man, _, __: StaffWarning.objects.create(
        nominal=man, kind=WarningKind.DOGS, text="In the yard", starts_on=LONG_AGO
    ),
)  # fmt: skip
