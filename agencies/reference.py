"""Reference data: the 42 MAPPA areas of England and Wales, and what other apps add to it.

London covers two forces, hence 43 forces and 42 areas.
"""

from collections.abc import Callable
from datetime import date

from django.utils.text import slugify

from .models import Area
from .principal import Principal
from .services import create_area

AREA_NAMES: tuple[str, ...] = (
    "Avon and Somerset",
    "Bedfordshire",
    "Cambridgeshire",
    "Cheshire",
    "Cleveland",
    "Cumbria",
    "Derbyshire",
    "Devon and Cornwall",
    "Dorset",
    "Durham",
    "Dyfed-Powys",
    "Essex",
    "Gloucestershire",
    "Greater Manchester",
    "Gwent",
    "Hampshire and Isle of Wight",
    "Hertfordshire",
    "Humberside",
    "Kent",
    "Lancashire",
    "Leicestershire and Rutland",
    "Lincolnshire",
    "London",
    "Merseyside",
    "Norfolk",
    "North Wales",
    "North Yorkshire",
    "Northamptonshire",
    "Northumbria",
    "Nottinghamshire",
    "South Wales",
    "South Yorkshire",
    "Staffordshire",
    "Suffolk",
    "Surrey",
    "Sussex",
    "Thames Valley",
    "Warwickshire",
    "West Mercia",
    "West Midlands",
    "West Yorkshire",
    "Wiltshire",
)


Loader = Callable[[Principal, date], int]

_loaders: dict[str, Loader] = {}


def register_reference(name: str, load: Loader) -> None:
    """Reference data of an app above this one, loaded by ``load_reference`` after the areas.

    ``load`` takes who acts and the day, adds what is missing, changes what differs, and returns how many rows it wrote.
    """
    _loaders[name] = load


def load_all(by: Principal, today: date) -> dict[str, int]:
    """Load everything, areas first. Twice is once: the second time nothing is written."""
    return {"areas": load_areas(by, today)} | {name: load(by, today) for name, load in sorted(_loaders.items())}


def load_areas(by: Principal, today: date) -> int:
    """Add the areas that are missing; each begins on the day it is added, until its start date is set (R106)."""
    known = set(Area.objects.values_list("slug", flat=True))
    missing = [name for name in AREA_NAMES if slugify(name) not in known]
    for name in missing:
        create_area(by=by, slug=slugify(name), name=name, starts_on=today)
    return len(missing)
