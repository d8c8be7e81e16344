from django.apps import AppConfig

from agencies.roles import Perm
from pages.navigation import NavEntry, register

_REFERRALS = "Referrals"
# The worklists beside "What is due", which lead from each to the others.
_WORKLISTS = ("levels-not-set/", "not-screened/", "identified/", "to-threshold/", "dates-ahead/", "brought-forward/")


class DeskConfig(AppConfig):
    """Composes what no app may know alone: Today, search, the nominal's page. It owns no table."""

    name = "desk"

    def ready(self) -> None:
        register(
            NavEntry(10, "Today", "today", Perm.TODAY_VIEW),
            # Whoever administers has work there too, and no case: none holds both permissions.
            NavEntry(10, "Today", "today", Perm.SETTINGS_VIEW),
            NavEntry(20, "Register", "register", Perm.NOMINAL_VIEW),
            NavEntry(22, "Search", "search", Perm.SEARCH),
            NavEntry(25, "What is due", "due", Perm.NOMINAL_VIEW, covers=_WORKLISTS),
            NavEntry(60, "Access log", "access-log", Perm.LOGS_VIEW),
            NavEntry(62, "Change log", "change-log", Perm.LOGS_VIEW),
            NavEntry(64, "What stands out", "looks", Perm.LOGS_VIEW),
            NavEntry(32, "Referrals", "referrals", Perm.REFERRAL_VIEW, _REFERRALS),
            NavEntry(33, "First notifications", "first-notifications", Perm.FIRST_NOTIFICATION_VIEW, _REFERRALS),
            NavEntry(34, "Advice log", "advice", Perm.ADVICE_RECORD, _REFERRALS),
            NavEntry(70, "Agencies", "agencies", Perm.AGENCIES_VIEW),
            NavEntry(80, "People", "users", Perm.SETTINGS_VIEW),
            NavEntry(90, "Numbers", "numbers", Perm.PARAMETERS_VIEW),
            NavEntry(95, "System", "system", Perm.SETTINGS_VIEW),
        )
