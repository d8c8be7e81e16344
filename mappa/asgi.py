"""The way in for a server that speaks ASGI; the pages themselves are synchronous."""

import os

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "mappa.settings")
os.environ["MAPPA_PROCESS"] = "page"

from django.core.asgi import get_asgi_application

application = get_asgi_application()

from mappa.checks import refuse_what_is_dangerous

refuse_what_is_dangerous()
