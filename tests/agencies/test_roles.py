"""The table of roles says what the product says of each role."""

import pytest

from agencies.document import markdown
from agencies.roles import COUNTING, MEMBERSHIP_ROLES, TABLE, Perm, Role, Scope, roles_with, scope_of

READING = {Perm.NOMINAL_VIEW, Perm.SEARCH, Perm.HISTORY_VIEW, Perm.ACCESS_VIEW, Perm.TODAY_VIEW}
CONFIGURING = {Perm.SETTINGS_VIEW, Perm.AREA_EDIT, Perm.USERS_EDIT, Perm.LETTERS_SETTLE}

# Whatever one reads, one may take a marked copy of; an observer takes nothing away (R102).
COPYING = {Perm.COPY_TAKE}
WATCHING = {Perm.LOGS_VIEW, Perm.LOOKS_REVIEW}
# Lists are kept and taken out whatever they are about; what they show has a permission of its own (R110).
LISTING = {Perm.VIEW_SAVE, Perm.LIST_EXPORT}


def test_every_role_has_a_row() -> None:
    assert set(TABLE) == set(Role)


@pytest.mark.parametrize("role", MEMBERSHIP_ROLES)
def test_everybody_has_their_own_account(role: Role) -> None:
    assert scope_of(role, Perm.ACCOUNT) is Scope.ANY


def test_nobody_holds_the_role_of_the_system() -> None:
    assert Role.SYSTEM not in MEMBERSHIP_ROLES
    assert [role for role in Role if Scope.ALL in TABLE[role].values()] == [Role.SYSTEM]


def test_administrator_decides_nothing() -> None:
    coordinator, administrator = set(TABLE[Role.COORDINATOR]), set(TABLE[Role.ADMINISTRATOR])
    assert coordinator - administrator == {
        Perm.LEVEL_RECORD, Perm.ACCESS_RESTRICT, Perm.NOMINAL_MERGE, Perm.LEVEL_1_RECORD, Perm.LEVEL_1_SWITCH,
        Perm.VIEW_SHARE, Perm.REFERRAL_DECIDE, Perm.PANEL_NAME,
    }  # fmt: skip
    assert administrator < coordinator


@pytest.mark.parametrize("role", [Role.SMB_MEMBER, Role.LAY_ADVISER, Role.INFORMATION_GOVERNANCE])
def test_figures_never_a_person(role: Role) -> None:
    assert set(TABLE[role]) - COPYING - LISTING - WATCHING == {Perm.ACCOUNT, Perm.FIGURES_VIEW}


def test_information_governance_alone_reads_the_logs() -> None:
    """R104: and no case by them."""
    assert [role for role in MEMBERSHIP_ROLES if WATCHING & set(TABLE[role])] == [Role.INFORMATION_GOVERNANCE]


def test_system_administrator_reads_no_case() -> None:
    """R104: administrators configure; they do not read case content."""
    own = {Perm.ACCOUNT, Perm.AGENCIES_VIEW, Perm.PARAMETERS_VIEW}
    assert set(TABLE[Role.SYSTEM_ADMINISTRATOR]) == own | COPYING | LISTING | CONFIGURING
    assert not any(CONFIGURING & set(TABLE[role]) for role in MEMBERSHIP_ROLES if role != Role.SYSTEM_ADMINISTRATOR)


def test_the_unit_and_those_who_watch_over_it_take_lists_out() -> None:
    """No agency outside the unit does; an observer keeps not even a filter (R110)."""
    assert roles_with(Perm.LIST_EXPORT) == [
        Role.COORDINATOR, Role.ADMINISTRATOR, Role.INFORMATION_GOVERNANCE, Role.SYSTEM_ADMINISTRATOR,
    ]  # fmt: skip
    assert roles_with(Perm.VIEW_SHARE) == [Role.COORDINATOR]
    assert not {Role.SMB_MEMBER, Role.LAY_ADVISER} & set(roles_with(Perm.VIEW_SAVE))


def test_reviewer_changes_nothing() -> None:
    assert set(TABLE[Role.REVIEWER]) <= READING | {Perm.ACCOUNT, Perm.VIEW_SAVE} | COPYING


@pytest.mark.parametrize("role", MEMBERSHIP_ROLES)
def test_writing_needs_reading(role: Role) -> None:
    """Who may change a record may read it, as widely. Who votes on referrals reads all of them, and of records those
    that were opened to them for it.
    """
    about_records = {perm: scope for perm, scope in TABLE[role].items() if scope not in (Scope.ANY, Scope.ALL)}
    changing = set(about_records) - READING - COUNTING
    if role is Role.PANEL_MEMBER:
        assert about_records[Perm.REFERRAL_VOTE] is about_records[Perm.REFERRAL_VIEW]
        changing -= {Perm.REFERRAL_VOTE, Perm.REFERRAL_VIEW}
    assert all(scope_of(role, Perm.NOMINAL_VIEW) is about_records[perm] for perm in changing)


def test_figures_are_an_areas() -> None:
    scopes = {TABLE[role][perm] for role in MEMBERSHIP_ROLES for perm in COUNTING if perm in TABLE[role]}
    assert scopes == {Scope.AREA}


def test_no_role_leaves_the_own_account_only() -> None:
    assert [perm for perm in Perm if scope_of(None, perm)] == [Perm.ACCOUNT]


def test_roles_with() -> None:
    assert roles_with(Perm.LEVEL_RECORD) == [Role.COORDINATOR]
    assert roles_with(Perm.NOMINAL_VIEW, Scope.AGENCY) == [Role.SPOC]
    assert Role.SYSTEM not in roles_with(Perm.NOMINAL_VIEW)


def test_document_names_every_role_and_permission() -> None:
    text = markdown()
    assert all(f"## {role.label}\n" in text for role in Role)
    assert all(f"| `{perm}` |" in text for perm in Perm)
    assert markdown() == text
