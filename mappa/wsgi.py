"""The web server's way in."""

import os

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "mappa.settings")
os.environ["MAPPA_PROCESS"] = "page"

from django.core.wsgi import get_wsgi_application

application = get_wsgi_application()

from mappa.checks import refuse_what_is_dangerous

refuse_what_is_dangerous()
