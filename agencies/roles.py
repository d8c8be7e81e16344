"""Who may do what: the one table of roles and permissions.

Pages, services, templates and ``docs/access.md`` are made from ``TABLE``; nothing else decides on a role. Which rows a
scope reaches is the business of ``agencies.access``.
"""

from collections.abc import Mapping
from types import MappingProxyType

from rules.vocabulary import Word


class Role(Word):
    """A part that a person plays for an agency, in an area, from a day to a day."""

    COORDINATOR = "coordinator", "MAPPA coordinator"
    ADMINISTRATOR = "administrator", "MAPPA unit administrator"
    PANEL_MEMBER = "panel_member", "Referral panel member"
    CHAIR = "chair", "Chair"
    PRACTITIONER = "practitioner", "Practitioner"
    SPOC = "spoc", "Single point of contact"
    VLO = "vlo", "Victim liaison officer"
    SMB_MEMBER = "smb_member", "Strategic management board member"
    LAY_ADVISER = "lay_adviser", "Lay adviser"
    INFORMATION_GOVERNANCE = "information_governance", "Information governance"
    REVIEWER = "reviewer", "Reviewer"
    SYSTEM_ADMINISTRATOR = "system_administrator", "System administrator"
    SYSTEM = "system", "The system itself (tasks and commands)"


# The system acts through tasks and commands; nobody holds its role.
MEMBERSHIP_ROLES: tuple[Role, ...] = tuple(role for role in Role if role is not Role.SYSTEM)


class Perm(Word):
    """One thing that can be done. Views, API endpoints and services each name one."""

    ACCOUNT = "account", "use one's own account: password, second factor, sessions, role"
    TODAY_VIEW = "today.view", "open Today, the page of work to do"
    SEARCH = "search", "look for a person by number or name"
    NOMINAL_VIEW = "nominal.view", "read a person's record"
    NOMINAL_RECORD = "nominal.record", "add a person to the register"
    NOMINAL_EDIT = (
        "nominal.edit",
        "change a person's details, identifiers, names, addresses, lead agency and named officer",
    )
    NOMINAL_MERGE = "nominal.merge", "merge two records of one person, undo it, and say that two records are two people"
    GROUND_RECORD = "ground.record", "add a legal ground"
    GROUND_EDIT = "ground.edit", "change, end or void a legal ground"
    LEVEL_RECORD = "level.record", "record a decision on the level"
    LEVEL_1_RECORD = "level_1.record", "record a screening, a thresholding outcome, a Level 1 review or a change"
    LEVEL_1_SWITCH = "level_1.switch", "switch Level 1 reviews on or off for an agency"
    BROUGHT_FORWARD_WORK = "brought_forward.work", "work off what was brought forward"
    WHEREABOUTS_RECORD = "whereabouts.record", "record where the person is"
    KEY_DATE_RECORD = "key_date.record", "record a key date"
    CIRCUMSTANCES_RECORD = (
        "circumstances.record",
        "record hospital orders, connected people, other processes, background and warnings to staff",
    )
    ACTION_CLOSE = "action.close", "close an action, or open it again: the unit any, an agency its own"
    HISTORY_VIEW = "history.view", "read what was changed in a record, when and by whom"
    LOOKS_VIEW = "looks.view", "see who has looked at a record"
    ACCESS_VIEW = "access.view", "see who has access to a record"
    PARTICIPATION_RECORD = "participation.record", "open and close an agency's or a person's part in a case"
    ACCESS_RESTRICT = "access.restrict", "restrict a record, or keep a person or an agency out of it"
    DEADLINES_RECONCILE = "deadlines.reconcile", "bring the ledger of obligations in line with the facts"
    REGISTER_IMPORT = "register.import", "bring in a file of nominals"
    FIGURES_VIEW = "figures.view", "read figures about the register, never a person"
    COPY_TAKE = "copy.take", "print or export what one may read, as a marked and numbered copy"
    LETTERS_SEND = "letters.send", "send the letters that are due"
    LETTERS_SETTLE = "letters.settle", "see what is to be sent, and decide on what may have been sent"
    AGENCIES_VIEW = "agencies.view", "read agencies, by whom they are reached and what they have signed"
    LIST_EXPORT = "list.export", "take a list that one may read out of the system as a file"
    VIEW_SAVE = "view.save", "keep the filters of a list under a name"
    VIEW_SHARE = "view.share", "share kept filters with everybody in the area"
    LOGS_VIEW = (
        "logs.view",
        "search the access log and the change log: ids, users, times, fields, never what a case says",
    )
    LOOKS_REVIEW = "looks.review", "say why looks at records that stand out were right, or were not"
    ADVICE_RECORD = "advice.record", "read and record advice that the unit gave"
    REFERRAL_VIEW = "referral.view", "read referrals"
    REFERRAL_WRITE = "referral.write", "write a referral to Level 2 or 3"
    REFERRAL_ENDORSE = "referral.endorse", "endorse a referral of one's agency, when marked as its manager"
    REFERRAL_HANDLE = (
        "referral.handle",
        "register a referral received, return it, link it to a record, give it to the panel, withdraw it",
    )
    REFERRAL_VOTE = "referral.vote", "vote on a referral"
    REFERRAL_DECIDE = "referral.decide", "record that a referral is declined, or decide one that was escalated"
    PANEL_NAME = "panel.name", "name the members of the referral panel and their substitutes"
    SITTING_VIEW = "sitting.view", "read the calendar of sittings, and who is heard in those one may read"
    SITTING_PLAN = "sitting.plan", "plan, move and cancel sittings, and place people in them"
    INVITATION_ANSWER = "invitation.answer", "answer invitations to meetings for one's agency"
    PANEL_SET = "panel.set", "set up panels with their members, chairs and rooms"
    FIRST_NOTIFICATION_VIEW = "first_notification.view", "read first notifications of new cases"
    FIRST_NOTIFICATION_SEND = "first_notification.send", "notify the unit of a new case"
    FIRST_NOTIFICATION_ANSWER = "first_notification.answer", "take over a first notification, or refuse it"
    SETTINGS_VIEW = "settings.view", "read users, agencies and settings"
    PARAMETERS_VIEW = "parameters.view", "read the numbers in force in the area and where they come from"
    AREA_EDIT = "area.edit", "change areas, agencies and parameters"
    USERS_EDIT = "users.edit", "add and disable users, give and end roles"


class Scope(Word):
    """How far a permission reaches. A grant to the person widens AREA and AGENCY alike."""

    AREA = "area", "every record of the area they act in, and records opened to them by name"
    AGENCY = "agency", "records in which their agency takes part, and records opened to them by name"
    PERSON = "person", "records opened to them by name"
    ANY = "any", "not about a record"
    ALL = "all", "every record"


# Figures count people without showing one, and logs name a record by its number without opening it: a restricted record
# is there like any other.
COUNTING: frozenset[Perm] = frozenset({Perm.FIGURES_VIEW, Perm.LOGS_VIEW})

# What the writers of a row in their own words go on doing with it, whichever record it was found to be about.
WRITING: frozenset[Perm] = frozenset({Perm.REFERRAL_VIEW, Perm.REFERRAL_WRITE, Perm.REFERRAL_ENDORSE})


def _each(scope: Scope, *perms: Perm) -> dict[Perm, Scope]:
    return dict.fromkeys(perms, scope)


_OWN: dict[Perm, Scope] = {Perm.ACCOUNT: Scope.ANY}

_READ = (Perm.TODAY_VIEW, Perm.SEARCH, Perm.NOMINAL_VIEW)

_UNIT: dict[Perm, Scope] = _each(Scope.ANY, Perm.AGENCIES_VIEW) | _each(
    Scope.AREA,
    *_READ,
    Perm.NOMINAL_RECORD,
    Perm.NOMINAL_EDIT,
    Perm.GROUND_RECORD,
    Perm.GROUND_EDIT,
    Perm.WHEREABOUTS_RECORD,
    Perm.KEY_DATE_RECORD,
    Perm.CIRCUMSTANCES_RECORD,
    Perm.ACTION_CLOSE,
    Perm.HISTORY_VIEW,
    Perm.LOOKS_VIEW,
    Perm.ACCESS_VIEW,
    Perm.PARTICIPATION_RECORD,
    Perm.REGISTER_IMPORT,
    Perm.FIGURES_VIEW,
    Perm.BROUGHT_FORWARD_WORK,
    Perm.PARAMETERS_VIEW,
    Perm.ADVICE_RECORD,
    Perm.REFERRAL_VIEW,
    Perm.REFERRAL_WRITE,
    Perm.REFERRAL_HANDLE,
    Perm.SITTING_VIEW,
    Perm.SITTING_PLAN,
    Perm.INVITATION_ANSWER,
    Perm.PANEL_SET,
    Perm.FIRST_NOTIFICATION_VIEW,
    Perm.FIRST_NOTIFICATION_SEND,
    Perm.FIRST_NOTIFICATION_ANSWER,
)

# The system administrator configures and reads no case (R104).
_TABLE: dict[Role, dict[Perm, Scope]] = {
    Role.COORDINATOR: _OWN
    | _UNIT
    | _each(
        Scope.AREA,
        Perm.LEVEL_RECORD,
        Perm.LEVEL_1_RECORD,
        Perm.LEVEL_1_SWITCH,
        Perm.ACCESS_RESTRICT,
        Perm.NOMINAL_MERGE,
        Perm.REFERRAL_DECIDE,
        Perm.PANEL_NAME,
    ),
    Role.ADMINISTRATOR: _OWN | _UNIT,
    Role.PANEL_MEMBER: _OWN
    | _each(Scope.PERSON, *_READ, Perm.REFERRAL_ENDORSE)
    | _each(Scope.AREA, Perm.REFERRAL_VIEW, Perm.REFERRAL_VOTE),
    Role.CHAIR: _OWN | _each(Scope.PERSON, *_READ, Perm.SITTING_VIEW, Perm.INVITATION_ANSWER),
    Role.PRACTITIONER: _OWN
    | _each(
        Scope.PERSON,
        *_READ,
        Perm.LEVEL_1_RECORD,
        Perm.WHEREABOUTS_RECORD,
        Perm.KEY_DATE_RECORD,
        Perm.CIRCUMSTANCES_RECORD,
        Perm.ACTION_CLOSE,
        Perm.HISTORY_VIEW,
        Perm.LOOKS_VIEW,
        Perm.REFERRAL_VIEW,
        Perm.REFERRAL_WRITE,
        Perm.REFERRAL_ENDORSE,
        Perm.SITTING_VIEW,
        Perm.FIRST_NOTIFICATION_VIEW,
        Perm.FIRST_NOTIFICATION_SEND,
        Perm.INVITATION_ANSWER,
    ),
    Role.SPOC: _OWN
    | _each(
        Scope.AGENCY,
        *_READ,
        Perm.ACTION_CLOSE,
        Perm.REFERRAL_VIEW,
        Perm.REFERRAL_WRITE,
        Perm.REFERRAL_ENDORSE,
        Perm.SITTING_VIEW,
        Perm.FIRST_NOTIFICATION_VIEW,
        Perm.FIRST_NOTIFICATION_SEND,
        Perm.INVITATION_ANSWER,
    ),
    Role.VLO: _OWN | _each(Scope.PERSON, *_READ, Perm.SITTING_VIEW, Perm.INVITATION_ANSWER),
    Role.SMB_MEMBER: _OWN | _each(Scope.AREA, Perm.FIGURES_VIEW),
    Role.LAY_ADVISER: _OWN | _each(Scope.AREA, Perm.FIGURES_VIEW),
    Role.INFORMATION_GOVERNANCE: _OWN
    | _each(Scope.AREA, Perm.FIGURES_VIEW, Perm.LOGS_VIEW)
    | _each(Scope.ANY, Perm.LOOKS_REVIEW),
    Role.REVIEWER: _OWN | _each(Scope.PERSON, *_READ, Perm.HISTORY_VIEW),
    Role.SYSTEM_ADMINISTRATOR: _OWN
    | _each(
        Scope.ANY,
        Perm.AGENCIES_VIEW,
        Perm.SETTINGS_VIEW,
        Perm.PARAMETERS_VIEW,
        Perm.AREA_EDIT,
        Perm.USERS_EDIT,
        Perm.LETTERS_SETTLE,
    ),
    Role.SYSTEM: _each(
        Scope.ALL,
        Perm.NOMINAL_VIEW,
        Perm.NOMINAL_RECORD,
        Perm.NOMINAL_EDIT,
        Perm.NOMINAL_MERGE,
        Perm.GROUND_RECORD,
        Perm.GROUND_EDIT,
        Perm.LEVEL_RECORD,
        Perm.LEVEL_1_RECORD,
        Perm.LEVEL_1_SWITCH,
        Perm.BROUGHT_FORWARD_WORK,
        Perm.ADVICE_RECORD,
        Perm.REFERRAL_VIEW,
        Perm.REFERRAL_WRITE,
        Perm.REFERRAL_ENDORSE,
        Perm.REFERRAL_HANDLE,
        Perm.REFERRAL_VOTE,
        Perm.REFERRAL_DECIDE,
        Perm.PANEL_NAME,
        Perm.SITTING_VIEW,
        Perm.SITTING_PLAN,
        Perm.INVITATION_ANSWER,
        Perm.PANEL_SET,
        Perm.FIRST_NOTIFICATION_VIEW,
        Perm.FIRST_NOTIFICATION_SEND,
        Perm.FIRST_NOTIFICATION_ANSWER,
        Perm.WHEREABOUTS_RECORD,
        Perm.KEY_DATE_RECORD,
        Perm.CIRCUMSTANCES_RECORD,
        Perm.ACTION_CLOSE,
        Perm.PARTICIPATION_RECORD,
        Perm.ACCESS_RESTRICT,
        Perm.DEADLINES_RECONCILE,
        Perm.REGISTER_IMPORT,
        Perm.LOGS_VIEW,
        Perm.LOOKS_REVIEW,
        Perm.FIGURES_VIEW,
        Perm.COPY_TAKE,
        Perm.LETTERS_SEND,
        Perm.LETTERS_SETTLE,
        Perm.LIST_EXPORT,
        Perm.VIEW_SAVE,
        Perm.VIEW_SHARE,
        Perm.AREA_EDIT,
        Perm.USERS_EDIT,
    ),
}

# Whoever reads may take a marked copy of it; a lay adviser observes, and takes nothing away (R102).
for _role, _perms in _TABLE.items():
    if _role not in (Role.LAY_ADVISER, Role.SYSTEM):
        _perms[Perm.COPY_TAKE] = Scope.ANY

# Whoever works with lists keeps their filters; the unit, and those who watch over or run the system, take lists out
# (R110). What a list shows is for its own permission to say.
for _role in MEMBERSHIP_ROLES:
    if _role not in (Role.SMB_MEMBER, Role.LAY_ADVISER):
        _TABLE[_role][Perm.VIEW_SAVE] = Scope.ANY
for _role in (Role.COORDINATOR, Role.ADMINISTRATOR, Role.INFORMATION_GOVERNANCE, Role.SYSTEM_ADMINISTRATOR):
    _TABLE[_role][Perm.LIST_EXPORT] = Scope.ANY
_TABLE[Role.COORDINATOR][Perm.VIEW_SHARE] = Scope.ANY

TABLE: Mapping[Role, Mapping[Perm, Scope]] = MappingProxyType(
    {role: MappingProxyType(perms) for role, perms in _TABLE.items()}
)


def scope_of(role: Role | None, perm: Perm) -> Scope | None:
    """How far the permission reaches for the role; ``None`` when the role lacks it.

    A signed-in person with no role today keeps their own account and nothing else.
    """
    if role is None:
        return Scope.ANY if perm is Perm.ACCOUNT else None
    return TABLE[role].get(perm)


def roles_with(perm: Perm, *scopes: Scope) -> list[Role]:
    """The roles that people hold which have the permission, in any scope or in the given ones."""
    wanted = frozenset(scopes or Scope)
    return [role for role in MEMBERSHIP_ROLES if (scope := TABLE[role].get(perm)) is not None and scope in wanted]
