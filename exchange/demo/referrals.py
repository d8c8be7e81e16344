"""The referrals of the demo, walked through unit and panel as on their days."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from agencies.models import Agency, User
from agencies.principal import Principal
from agencies.roles import Role
from cases.models import Nominal, Referral
from cases.services.obligations import reconcile_obligations
from cases.services.panel import cast_vote, decline_referral, name_seat, note_told
from cases.services.referral_documents import attach_document
from cases.services.referrals import (
    Subject,
    ask_endorsement,
    endorse_referral,
    give_to_panel,
    register_received,
    return_referral,
    start_referral,
    withdraw_referral,
    write_referral,
)
from rules.vocabulary import DeclineReason, Level, Vote

from .days import Days
from .papers import referral_form

HELEN, IMRAN, KAREN = "helen.curlew@example.org", "imran.lapwing@example.org", "karen.merlin@example.org"
JO, WREN, PLOVER = "jo.wagtail@example.org", "sam.wren@example.org", "laura.plover@example.org"
PANEL = (HELEN, IMRAN, KAREN)
PANEL_SINCE = -800
ROUTE = "In writing to the head of the MAPPA unit within ten working days."

DOLOMITE: Mapping[str, Any] = {
    "referrer": "PC Sam Wren",
    "category": "1",
    "level_asked": Level.TWO,
    "offence": "Sexual assault in 2018; community order in 2019, complied with.",
    "value_reasons": "Children's services and police must agree who tells the new partner.",
    "lower_level": "See the plan",
    "risk_level": "high",
    "risk": "To the two children of the new partner, from the first overnight stay.",
    "victims": "Not known yet",
    "plan": "Unannounced visits each month; the new partner has not been told.",
    "diversity": "None that the plan must allow for.",
    "invite": "County children's services: Ellie Brambling\nHousing: not yet known",
}


GALENA: Mapping[str, Any] = {
    "offence": "Wounding with intent, five years.",
    "value_reasons": "Prison, housing and police must agree where he lives before he is released.",
    "lower_level": "His mother's street is the victim's, and no single agency can move him.",
    "risk_level": "high",
    "risk": "To the victim of the offence and to whoever stands by, in the first weeks after release.",
    "victims": "Victim A lives in the street to which he would return.",
    "plan": "Licence conditions drafted; no other address has been found.",
    "invite": "HMP Nottingham: offender management unit\nErewash housing: Chris Yaffle\nVictim liaison",
}


@dataclass(frozen=True)
class Declined:
    """A referral that was declined: day received, day decided, agency, name typed, code and reasons."""

    received: int
    decided: int
    agency: str
    family: str
    given: str
    category: str
    reason: DeclineReason
    text: str


DECLINED = (
    Declined(
        -27, -20, "police", "Shale", "Declan", "3", DeclineReason.NO_OFFENCE,
        "No conviction, caution or finding: to the police process for potentially dangerous people, and to the MARAC.",
    ),
    Declined(
        -63, -55, "probation", "Breccia", "Tom", "2", DeclineReason.LOWER_LEVEL,
        "Licence conditions and home visits already hold the risk.",
    ),
    Declined(
        -98, -90, "probation", "Gneiss", "Alec", "2", DeclineReason.NO_VALUE,
        "No other agency knows him or has anything to add.",
    ),
    Declined(
        -121, -113, "healthcare-trust", "Skarn", "Petra", "2", DeclineReason.ELSEWHERE,
        "The care programme has every agency that is needed.",
    ),
    Declined(
        -150, -141, "probation", "Tillite", "Joel", "1", DeclineReason.TOO_EARLY,
        "Eighteen months before release: refer again when six are left.",
    ),
)  # fmt: skip


class Referrals:
    """Writes them, in the order in which they came."""

    def __init__(self, by: Principal, day: Days, agencies: Mapping[str, Agency], users: Mapping[str, User]) -> None:
        self.by, self.day, self.agencies, self.users = by, day, agencies, users
        self.area_id = next(iter(agencies.values())).area_id

    def load(self) -> None:
        """Panel, then every referral."""
        for email in PANEL:
            name_seat(
                by=self._as(HELEN, 0),
                today=self.day.today,
                area_id=self.area_id,
                member_id=self.users[email].pk,
                starts_on=self.day(PANEL_SINCE),
            )
        for row in reversed(DECLINED):
            self._declined(row)
        self._withdrawn()
        self._marl()
        self._dolomite()
        self._pumice()
        self._galena()

    def _as(self, email: str, offset: int, role: Role | None = None) -> Principal:
        posts = self.users[email].memberships.order_by("pk")
        membership = posts.filter(role=role)[0] if role else posts[0]
        return Principal.for_membership(membership, on=self.day(offset))

    def _person(self, family: str) -> Nominal:
        return Nominal.objects.get(area=self.area_id, family_name=family)

    def _received(self, offset: int, agency: str, subject: Subject, category: str, referrer: str) -> Referral:
        return register_received(
            by=self._as(JO, offset),
            today=self.day(offset),
            agency_id=self.agencies[agency].pk,
            subject=subject,
            referrer=referrer,
            endorsed_by="A manager of the agency",
            received_on=self.day(offset),
            category=category,
            level_asked=Level.TWO,
        )

    def _to_panel(self, referral: Referral, offset: int) -> None:
        give_to_panel(by=self._as(JO, offset), today=self.day(offset), referral_id=referral.pk)

    def _vote(self, referral: Referral, offset: int, email: str, vote: Vote, reasons: str) -> None:
        by = self._as(email, offset, Role.PANEL_MEMBER)
        cast_vote(by=by, today=self.day(offset), referral_id=referral.pk, vote=vote, reasons=reasons)

    def _declined(self, row: Declined) -> None:
        subject = Subject(family_name=row.family, given_names=row.given)
        stored = self._received(row.received, row.agency, subject, row.category, "A practitioner of the agency")
        self._to_panel(stored, row.received + 1)
        for email in (HELEN, KAREN):
            self._vote(stored, row.decided, email, Vote.DECLINE, row.text)
        decline_referral(
            by=self._as(HELEN, row.decided),
            today=self.day(row.decided),
            referral_id=stored.pk,
            reason=row.reason,
            text=row.text,
            route=ROUTE,
        )
        told = row.decided + 1
        note_told(by=self._as(JO, told), today=self.day(told), referral_id=stored.pk, told_on=self.day(told))

    def _withdrawn(self) -> None:
        stored = self._received(
            -75, "probation", Subject(family_name="Arkose", given_names="Vince"), "2", "A practitioner of the agency"
        )
        withdraw_referral(
            by=self._as(JO, -71),
            today=self.day(-71),
            referral_id=stored.pk,
            note="Recalled to prison: nothing to plan.",
        )

    def _marl(self) -> None:
        """Accepted: his ground with both findings, and his level, stand in the register since that day."""
        person = self._person("Marl")
        stored = self._received(
            -20, "police", Subject(nominal_id=person.pk), "3", "Sergeant on the domestic abuse desk"
        )
        self._to_panel(stored, -19)
        for email in (HELEN, KAREN):
            self._vote(stored, -9, email, Vote.LEVEL_2, "Three partners, four times at the MARAC: agencies must meet.")
        reconcile_obligations(by=self.by, today=self.day.today, nominal_id=person.pk)

    def _dolomite(self) -> None:
        """Written here, endorsed, and returned: two items say too little."""
        person = self._person("Dolomite")
        author, agency = self._as(WREN, -11), self.agencies["police"]
        stored = start_referral(
            by=author, today=self.day(-11), agency_id=agency.pk, subject=Subject(nominal_id=person.pk)
        )
        stored = write_referral(
            by=author, today=self.day(-11), referral_id=stored.pk, section="plan", values=DOLOMITE,
            version=stored.version,
        )  # fmt: skip
        ask_endorsement(by=author, today=self.day(-11), referral_id=stored.pk, endorser_id=self.users[PLOVER].pk)
        endorse_referral(by=self._as(PLOVER, -11), today=self.day(-11), referral_id=stored.pk)
        return_referral(
            by=self._as(HELEN, -6),
            today=self.day(-6),
            referral_id=stored.pk,
            note="Say why Level 1 is not enough, and who the potential victims are.",
        )

    def _pumice(self) -> None:
        """Before the panel, with nobody's vote yet."""
        stored = self._received(-2, "yjs-city", Subject(nominal_id=self._person("Pumice").pk), "2", "Tunde Redstart")
        attach_document(
            by=self._as(JO, -2),
            today=self.day(-2),
            referral_id=stored.pk,
            what="Referral form",
            content=referral_form(self.day(-2)),
        )
        self._to_panel(stored, -1)

    def _galena(self) -> None:
        """Submitted three days ago; one of the panel has accepted, two are to vote."""
        stored = self._received(-3, "probation", Subject(nominal_id=self._person("Galena").pk), "2", "Priya Dunnock")
        write_referral(
            by=self._as(JO, -3), today=self.day(-3), referral_id=stored.pk, section="plan", values=GALENA,
            version=stored.version,
        )  # fmt: skip
        self._to_panel(stored, -2)
        self._vote(
            stored, -1, HELEN, Vote.LEVEL_2, "Release to his mother's street: housing and police must agree a plan."
        )
