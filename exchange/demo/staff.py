"""Invented people who sign in, and what they act as. Surnames are birds."""

from dataclasses import dataclass

from agencies.roles import Role


@dataclass(frozen=True)
class Post:
    """A role for an agency, from some days before the day of loading (to some days after it, when it ends). Who manages
    others in it endorses the agency's referrals.
    """

    role: Role
    agency: str
    since: int = 900
    until: int | None = None
    manages: bool = False


@dataclass(frozen=True)
class Member:
    """A person who signs in. ``finds`` says in a few words what the demo shows them."""

    given: str
    family: str
    posts: tuple[Post, ...]
    finds: str
    category_4: bool = False

    @property
    def email(self) -> str:
        """An address that goes nowhere."""
        return f"{self.given}.{self.family}".lower().replace(" ", ".") + "@example.org"


STAFF: tuple[Member, ...] = (
    Member(
        "Helen",
        "Curlew",
        (Post(Role.COORDINATOR, "probation"), Post(Role.CHAIR, "probation"), Post(Role.PANEL_MEMBER, "probation")),
        "the whole register; named reader of the restricted record",
    ),
    Member(
        "Imran",
        "Lapwing",
        (Post(Role.COORDINATOR, "probation"), Post(Role.CHAIR, "probation"), Post(Role.PANEL_MEMBER, "probation")),
        "the whole register; a card where Helen reads",
    ),
    Member(
        "Karen", "Merlin", (Post(Role.PANEL_MEMBER, "police"),), "referrals, to vote on; cases opened to her by name"
    ),
    Member("Jo", "Wagtail", (Post(Role.ADMINISTRATOR, "probation"),), "the whole register, without deciding"),
    Member("Ben", "Siskin", (Post(Role.ADMINISTRATOR, "probation"),), "the whole register, without deciding"),
    Member("Priya", "Dunnock", (Post(Role.PRACTITIONER, "pdu-city"),), "nine cases of her own"),
    Member(
        "Wendy",
        "Waxwing",
        (Post(Role.PRACTITIONER, "pdu-city", manages=True),),
        "manager of Priya's team: referrals to endorse",
    ),
    Member(
        "Laura",
        "Plover",
        (Post(Role.PRACTITIONER, "police", manages=True),),
        "own cases; the restricted record; manager of Sam's team: referrals to endorse",
    ),
    Member("Sam", "Wren", (Post(Role.PRACTITIONER, "police"),), "own cases"),
    Member("Tunde", "Redstart", (Post(Role.PRACTITIONER, "yjs-city"),), "Jayden Quartz and Kai Pumice"),
    Member("Anna", "Goosander", (Post(Role.PRACTITIONER, "healthcare-trust"),), "Alan Travertine and Ruth Pyrite"),
    Member("Meg", "Whimbrel", (Post(Role.PRACTITIONER, "healthcare-trust"),), "Alan Travertine and Ruth Pyrite"),
    Member("Chris", "Yaffle", (Post(Role.SPOC, "housing-erewash"),), "cases of Erewash housing; never Graham Slate"),
    Member("Mo", "Pipit", (Post(Role.SPOC, "housing-erewash"),), "cases of Erewash housing, Graham Slate too"),
    Member(
        "Ellie", "Brambling", (Post(Role.SPOC, "county-children", manages=True),), "cases of county children's services"
    ),
    Member("Rob", "Fieldfare", (Post(Role.SPOC, "city-adults"),), "cases of city adult care"),
    Member("Nia", "Chough", (Post(Role.SPOC, "healthcare-trust", manages=True),), "cases of the Healthcare Trust"),
    Member("Gary", "Stonechat", (Post(Role.SPOC, "jobcentre"),), "cases of Jobcentre Plus"),
    Member("Asha", "Linnet", (Post(Role.SPOC, "immigration"),), "cases of Immigration Enforcement"),
    Member("Tariq", "Knot", (Post(Role.SPOC, "tagging"),), "cases with a tag"),
    Member("Fay", "Corncrake", (Post(Role.SPOC, "omu-nottingham", manages=True),), "cases at HMP Nottingham"),
    Member("Dawn", "Nightjar", (Post(Role.VLO, "victim-unit"),), "cases opened to her by name"),
    Member("Ruth", "Harrier", (Post(Role.SMB_MEMBER, "police"),), "figures"),
    Member("Martin", "Osprey", (Post(Role.SMB_MEMBER, "probation"),), "figures only"),
    Member("Lucy", "Kestrel", (Post(Role.SMB_MEMBER, "prisons"),), "figures only"),
    Member(
        "Simon",
        "Egret",
        (Post(Role.SMB_MEMBER, "county-children"), Post(Role.SPOC, "county-children")),
        "figures, or cases of county children's services",
    ),
    Member("Margaret", "Bittern", (Post(Role.LAY_ADVISER, "lay"),), "figures"),
    Member("Joe", "Avocet", (Post(Role.LAY_ADVISER, "lay", until=120),), "figures; the term ends in four months"),
    Member(
        "Olu", "Sandpiper", (Post(Role.INFORMATION_GOVERNANCE, "police"),), "the logs, what stands out in them, figures"
    ),
    Member(
        "Frances",
        "Heron",
        (Post(Role.REVIEWER, "inspectorate", since=3, until=11),),
        "a sample of 20 cases, read only, for two weeks",
    ),
    Member("Alex", "Crake", (Post(Role.CHAIR, "nsd"),), "Nigel Gypsum, whom nobody else finds", category_4=True),
    Member("Pat", "Goshawk", (Post(Role.PRACTITIONER, "ct-police"),), "Nigel Gypsum only", category_4=True),
    Member("Kit", "Swift", (Post(Role.SYSTEM_ADMINISTRATOR, "police"),), "settings, never a case"),
    Member("Robin", "Kite", (Post(Role.SYSTEM_ADMINISTRATOR, "probation"),), "the second person, where it takes two"),
)
