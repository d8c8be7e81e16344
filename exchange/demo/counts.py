"""How many people the demo's register holds on which day: published for 31 March 2023, invented for later days.

Source of the published counts: Derbyshire MAPPA Annual Report 2022-23.
"""

from datetime import date

from rules.vocabulary import Category, Whereabouts

PUBLISHED = date(2023, 3, 31)
EARLIEST = date(2026, 4, 1)
_CUSTODY = Whereabouts.CUSTODY

# People in the community by category on each 31 March; the first line is the published table.
COMMUNITY_ON: dict[date, dict[Category, int]] = {
    PUBLISHED: {Category.ONE: 1282, Category.TWO: 344},
    date(2024, 3, 31): {Category.ONE: 1290, Category.TWO: 347},
    date(2025, 3, 31): {Category.ONE: 1298, Category.TWO: 350},
    date(2026, 3, 31): {Category.ONE: 1305, Category.TWO: 352},
}
# One of Category 2 is unlawfully at large today.
COMMUNITY_TODAY = {Category.ONE: 1306, Category.TWO: 358}
CATEGORY_3_ON = {date(2024, 3, 31): 3, date(2025, 3, 31): 3, date(2026, 3, 31): 4}

# People elsewhere: (whereabouts, level not yet set) to a count.
Elsewhere = dict[tuple[Whereabouts, bool], int]
ELSEWHERE_PUBLISHED: dict[Category, Elsewhere] = {
    Category.ONE: {
        (_CUSTODY, True): 220,
        (_CUSTODY, False): 48,
        (Whereabouts.RECALLED, False): 10,
        (Whereabouts.HOSPITAL, False): 6,
    },
    Category.TWO: {
        (_CUSTODY, True): 80,
        (_CUSTODY, False): 17,
        (Whereabouts.RECALLED, False): 8,
        (Whereabouts.REMAND, False): 2,
        (Whereabouts.HOSPITAL, False): 15,
    },
}
ELSEWHERE_TODAY: dict[Category, Elsewhere] = {
    Category.ONE: {
        (_CUSTODY, True): 228,
        (_CUSTODY, False): 48,
        (Whereabouts.RECALLED, False): 10,
        (Whereabouts.HOSPITAL, False): 6,
    },
    Category.TWO: {
        (_CUSTODY, True): 83,
        (_CUSTODY, False): 20,
        (Whereabouts.RECALLED, False): 8,
        (Whereabouts.REMAND, False): 2,
        (Whereabouts.HOSPITAL, False): 15,
    },
}
RESTRICTED_IN_HOSPITAL = 9

# Grounds that end soon after the day of loading: this many by the last day of each row, which lies clear of where
# calendar months end (28 days; 3 months; 6 months).
ENDING = ((1, 26, 4), (30, 86, 9), (95, 178, 22))
QUIET_DAYS = 190
CHILDREN_FREE, CHILDREN_DETAINED = 3, 1
