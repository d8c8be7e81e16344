"""Areas, agencies, people and their roles for tests. Rows are made directly; services have tests of their own."""

import time
from datetime import date
from typing import Any

import factory
from django.contrib.auth.models import Group
from django.test import Client
from factory.django import DjangoModelFactory

from agencies import sessions
from agencies.kinds import AgencyKind, Duty
from agencies.models import (
    Absence,
    Agency,
    Agreement,
    Area,
    Contact,
    FormerHomes,
    LocalHousingAuthority,
    Membership,
    PanelArea,
    Succession,
    SuccessionPart,
    User,
)
from agencies.models.partners import SuccessionRole
from agencies.principal import Principal
from agencies.roles import Role
from rules.vocabulary import AgreementKind, ContactPart

LONG_AGO = date(2000, 1, 1)
PASSWORD = "feldspar harrier lantern"


class AreaFactory(DjangoModelFactory[Area]):
    class Meta:
        model = Area

    slug = factory.Sequence(lambda n: f"area-{n}")
    name = factory.Sequence(lambda n: f"Area {n}")
    starts_on = LONG_AGO


class LocalHousingAuthorityFactory(DjangoModelFactory[LocalHousingAuthority]):
    class Meta:
        model = LocalHousingAuthority

    area = factory.SubFactory(AreaFactory)
    name = factory.Sequence(lambda n: f"District {n}")


class PanelAreaFactory(DjangoModelFactory[PanelArea]):
    class Meta:
        model = PanelArea

    area = factory.SubFactory(AreaFactory)
    name = factory.Sequence(lambda n: f"Panel area {n}")
    slug = factory.Sequence(lambda n: f"panel-area-{n}")


class GroupFactory(DjangoModelFactory[Group]):
    class Meta:
        model = Group

    name = factory.Sequence(lambda n: f"group {n}")


class AgencyFactory(DjangoModelFactory[Agency]):
    class Meta:
        model = Agency

    area = factory.SubFactory(AreaFactory)
    name = factory.Sequence(lambda n: f"Agency {n}")
    slug = factory.Sequence(lambda n: f"agency-{n}")
    kind = AgencyKind.PROBATION
    duty = Duty.RESPONSIBLE_AUTHORITY
    starts_on = LONG_AGO
    group = factory.SubFactory(GroupFactory)


class UserFactory(DjangoModelFactory[User]):
    """Signs in with ``PASSWORD``."""

    class Meta:
        model = User
        skip_postgeneration_save = True

    email = factory.Sequence(lambda n: f"person{n}@example.org")
    given_name = "Robin"
    family_name = factory.Sequence(lambda n: f"Wren-{n}")

    @factory.post_generation
    def password(self, create: bool, extracted: str | None, **_: Any) -> None:
        self.set_password(extracted or PASSWORD)  # type: ignore[attr-defined]
        if create:
            self.save(update_fields=["password"])  # type: ignore[attr-defined]


class MembershipFactory(DjangoModelFactory[Membership]):
    """A coordinator, unless another role is given; area and agency go together."""

    class Meta:
        model = Membership

    user = factory.SubFactory(UserFactory)
    area = factory.SubFactory(AreaFactory)
    agency = factory.SubFactory(AgencyFactory, area=factory.SelfAttribute("..area"))
    role = Role.COORDINATOR
    starts_on = LONG_AGO


class ContactFactory(DjangoModelFactory[Contact]):
    """A contact; that they hold the role is for the test to say."""

    class Meta:
        model = Contact

    agency = factory.SubFactory(AgencyFactory)
    user = factory.SubFactory(UserFactory)
    part = ContactPart.SPOC
    starts_on = LONG_AGO


class AbsenceFactory(DjangoModelFactory[Absence]):
    class Meta:
        model = Absence

    user = factory.SubFactory(UserFactory)
    starts_on = LONG_AGO
    ends_on = LONG_AGO


class AgreementFactory(DjangoModelFactory[Agreement]):
    class Meta:
        model = Agreement

    agency = factory.SubFactory(AgencyFactory)
    kind = AgreementKind.MEMORANDUM
    signed_on = LONG_AGO


class FormerHomesFactory(DjangoModelFactory[FormerHomes]):
    class Meta:
        model = FormerHomes

    landlord = factory.SubFactory(AgencyFactory, kind=AgencyKind.SOCIAL_LANDLORD, duty=Duty.E)
    authority = factory.SubFactory(LocalHousingAuthorityFactory)
    starts_on = LONG_AGO


class SuccessionFactory(DjangoModelFactory[Succession]):
    class Meta:
        model = Succession

    area = factory.SubFactory(AreaFactory)
    happens_on = LONG_AGO
    name = factory.Sequence(lambda n: f"Following agency {n}")
    reason = "An order"


class SuccessionPartFactory(DjangoModelFactory[SuccessionPart]):
    class Meta:
        model = SuccessionPart

    succession = factory.SubFactory(SuccessionFactory)
    agency = factory.SubFactory(AgencyFactory)
    role = SuccessionRole.PREDECESSOR


def principal_for(membership: Membership, *, on: date) -> Principal:
    """The person in that role on that day."""
    return Principal.for_membership(membership, on=on)


def sign_in(client: Client, user: User, *, acting: Membership | None = None) -> None:
    """Make the session of a person who gave password and code, without the pages for it."""
    client.force_login(user)
    session = client.session
    now = time.time()
    session["account_authentication_methods"] = [{"method": "password", "at": now}, {"method": "mfa", "at": now}]
    session["account_authentication_methods_user"] = str(user.pk)
    session[sessions.SIGNED_IN_AT] = now
    if acting is not None:
        session[sessions.ACTING] = acting.pk
    session.save()
