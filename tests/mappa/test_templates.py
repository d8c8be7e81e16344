"""Every template compiles, components and all, and names static files that the build makes."""

import re
from pathlib import Path

import pytest
from django.contrib.staticfiles import finders
from django.template import engines

from mappa.assets import SOURCE
from mappa.env import BASE_DIR

TEMPLATES = sorted(path.relative_to(BASE_DIR / "templates") for path in (BASE_DIR / "templates").rglob("*.html"))


@pytest.mark.parametrize("template", TEMPLATES, ids=str)
def test_it_compiles(template: Path) -> None:
    engines["django"].get_template(str(template))


@pytest.mark.parametrize("template", TEMPLATES, ids=str)
def test_its_static_files_exist(template: Path) -> None:
    text = (BASE_DIR / "templates" / template).read_text(encoding="utf-8")
    for name in re.findall(r"{%\s*static ['\"]([^'\"]+)['\"]", text):
        built_from = SOURCE / Path(name).with_suffix(".scss") if name.endswith(".css") else SOURCE / name
        assert built_from.exists() or finders.find(name), name


@pytest.mark.parametrize("template", TEMPLATES, ids=str)
def test_it_has_no_script_and_no_style_of_its_own(template: Path) -> None:
    """The Content-Security-Policy would refuse them in the browser, where nobody looks."""
    text = (BASE_DIR / "templates" / template).read_text(encoding="utf-8")
    assert not re.search(r"<script(?![^>]*\bsrc=)|<style|\sstyle=|\son(?!e=)[a-z]+=|javascript:", text)
