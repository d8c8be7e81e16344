# One image for web server, worker, scheduler and commands; what a container does is said when it starts.
#   docker compose build
# The base images are named by version; pin them by digest in your own registry.

FROM python:3.11-slim-bookworm AS build
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1 PYTHONDONTWRITEBYTECODE=1
WORKDIR /srv/mappa
# Packages first: they change less often than the code. Every one is checked against its hash.
COPY requirements.lock ./
RUN python -m venv .venv && .venv/bin/python -m pip install --require-hashes --only-binary=:all: -r requirements.lock
COPY . .
# Styles, scripts and hashed names; Node comes from a wheel among the packages.
RUN .venv/bin/python -m mappa.assets && rm -rf node_modules tests bench .data/logs

FROM python:3.11-slim-bookworm
# libxml2 is what the PostgreSQL programs of `backup` and `restore` want beside their own libraries.
RUN apt-get update && apt-get install --yes --no-install-recommends libxml2 && rm -rf /var/lib/apt/lists/* \
    && useradd --system --uid 10001 --home-dir /srv/mappa --shell /usr/sbin/nologin mappa
ENV PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 MAPPA_DEMO=0 PATH=/srv/mappa/.venv/bin:$PATH
WORKDIR /srv/mappa
COPY --from=build /srv/mappa /srv/mappa
# Styles stand in .data already; the programs of `backup` and `restore` are unpacked there once, now.
RUN chown -R mappa:mappa .data
USER mappa
RUN python -c "from mappa.devstack import postgres; postgres.program('pg_dump')"
EXPOSE 8000
ENV MAPPA_PROCESS=page
CMD ["python", "-m", "gunicorn", "mappa.wsgi", "--bind", "0.0.0.0:8000", "--workers", "3", "--threads", "4", "--no-control-socket"]
HEALTHCHECK --interval=10s --start-period=30s CMD ["python", "-c", "import urllib.request; urllib.request.urlopen('http://localhost:8000/health/alive', timeout=3)"]
