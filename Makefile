# Two commands matter: `make run` and `make test`. Names here are relative, so that a path with spaces works.

PYTHON ?= $(shell command -v python3.11 || command -v python3)
PORT ?=
OURS := .venv/bin/python
.DEFAULT_GOAL := help
.PHONY: help setup run demo dev test test-long check docs bench pictures format locks clean

help:  ## what there is
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/make \1#\2/p' Makefile | awk -F'#' '{printf "  %-16s %s\n", $$1, $$2}'

setup:  ## install everything, make database and demonstration, start nothing
	@"$(PYTHON)" -m mappa.install
	@$(OURS) -m mappa.run setup

run:  ## the whole system on this machine, until Ctrl-C (PORT=8001 for another port)
	@"$(PYTHON)" -m mappa.install
	@exec $(OURS) -m mappa.run serve $(if $(PORT),--port $(PORT))

demo:  ## empty the demonstration and fill it anew
	@"$(PYTHON)" -m mappa.install
	@$(OURS) -m mappa.run demo

dev:
	@"$(PYTHON)" -m mappa.install --dev

test:  ## rules, apps, browser
	@"$(PYTHON)" -m mappa.install --dev --browser
	@$(OURS) -m mappa.assets
	@$(OURS) -m tests.run

test-long: dev  ## what takes longer: more examples, and everything marked long
	@$(OURS) -m mappa.assets
	@$(OURS) -m tests.run --long

check: dev  ## format, lint, types, layers, migrations, templates, generated documents
	@$(OURS) -m mappa.assets
	@$(OURS) -m tests.check

bench: dev  ## the pages people open most, on one area and on the whole country, beside a bare page
	@$(OURS) -m mappa.run setup
	@$(OURS) -m bench

pictures: dev  ## take the pictures of the README anew
	@$(OURS) -m mappa.assets
	@$(OURS) -m pytest -q tests/e2e/pictures.py

docs: dev  ## write the documents that are made from the code
	@$(OURS) -m tests.check --write-docs

format: dev  ## put Python and templates in form
	@$(OURS) -m tests.check --format

locks: dev  ## compile the lock files anew from pyproject.toml
	@$(OURS) -m uv pip compile --quiet --generate-hashes --no-header --no-emit-index-url --no-emit-find-links --python-version 3.11 pyproject.toml -o requirements.lock
	@$(OURS) -m uv pip compile --quiet --generate-hashes --no-header --no-emit-index-url --no-emit-find-links --python-version 3.11 -c requirements.lock --group dev pyproject.toml -o requirements-dev.lock

clean:  ## stop the embedded servers and remove everything that make has made
	@if [ -x $(OURS) ]; then $(OURS) -m mappa.devstack clean; fi
	@rm -rf .venv .data node_modules static/build
