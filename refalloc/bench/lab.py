"""JupyterLab in the system's Chromium, driven as a person would: without sleeps, and without any network.

What makes it steady: everything that the lab writes lies in a folder of its own; no news, no update check, no autosave;
the kernel is idle before anything runs; "run all" goes through the lab's own command, whose promise resolves when the
last cell is done; outputs are read from the document, as cells out of sight may have no HTML; every request that would
leave this machine is refused and remembered.
"""

import contextlib
import json
import os
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import urllib.error
import urllib.request
from pathlib import Path

import nbformat

CHROMIUM_NAMES = ("chromium", "chromium-browser", "google-chrome")
CHROMIUM_ARGS = [
    "--no-sandbox",  # Chromium refuses its sandbox when it runs as root
    "--disable-dev-shm-usage",  # /dev/shm is 64 MiB in many containers
    "--disable-gpu",  # the same pixels on every machine
    "--force-color-profile=srgb",
]
START_SECONDS = 120  # the longest that a server may take on a busy machine
_FOLDERS = {
    "JUPYTER_CONFIG_DIR": "config",
    "JUPYTER_RUNTIME_DIR": "runtime",
    "JUPYTER_DATA_DIR": "data",
    "JUPYTERLAB_SETTINGS_DIR": "settings",
    "JUPYTERLAB_WORKSPACES_DIR": "workspaces",
    "IPYTHONDIR": "ipython",
    "MPLCONFIGDIR": "matplotlib",
}
# The debugger asks each kernel for its state, and calls it an error when the kernel ends before it has answered.
_DISABLED = {"@jupyterlab/debugger-extension": True}
_SETTINGS = {
    "apputils-extension/notification": {"fetchNews": "false", "checkForUpdates": False, "doNotDisturbMode": True},
    "docmanager-extension/plugin": {"autosave": False},
}
_IS_READY = """path => {
  const widget = window.jupyterapp.shell.currentWidget, context = widget?.context?.sessionContext;
  return !!context && widget.context.path === path && context.isReady && context.session?.kernel?.status === "idle";
}"""
# Without the question what to do with unsaved changes.
_CLOSE_ALL = """async () => {
  for (const widget of [...(window.jupyterapp?.shell.widgets("main") ?? [])]) {
    await widget.context?.sessionContext?.shutdown().catch(() => {});
    widget.dispose();
  }
}"""


def find_chromium():
    """Path of the system's Chromium, None when there is none."""
    return os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, CHROMIUM_NAMES)), None)


class LabServer:
    """A JupyterLab of its own, on a free port, over the notebooks in `root`."""

    def __init__(self, root, folder):
        self.root = Path(root)
        for name in _FOLDERS.values():
            (folder / name).mkdir()
        for name, values in _SETTINGS.items():
            path = folder / "settings" / "@jupyterlab" / f"{name}.jupyterlab-settings"
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(json.dumps(values))
        page_config = folder / _FOLDERS["JUPYTER_CONFIG_DIR"] / "labconfig" / "page_config.json"
        page_config.parent.mkdir()
        page_config.write_text(json.dumps({"disabledExtensions": _DISABLED}))
        self.token = secrets.token_hex(8)
        port = _free_port()
        self.url = f"http://127.0.0.1:{port}"
        self.log_path = folder / "server.log"
        arguments = [
            "--no-browser",
            "--allow-root",
            "--ip=127.0.0.1",
            f"--port={port}",
            "--ServerApp.port_retries=0",
            f"--IdentityProvider.token={self.token}",
            f"--ServerApp.root_dir={self.root}",
            "--LabApp.expose_app_in_browser=True",
            "--LabApp.news_url=None",
            "--LabApp.check_for_updates_class=jupyterlab.NeverCheckForUpdate",
        ]
        with self.log_path.open("wb") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "jupyterlab", *arguments],
                env={**os.environ, **{name: str(folder / place) for name, place in _FOLDERS.items()}},
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        self._wait_until_it_answers()

    def _wait_until_it_answers(self):
        for _ in range(START_SECONDS * 10):
            if self.process.poll() is not None:
                raise RuntimeError(f"jupyterlab ended at once:\n{self.log_path.read_text()[-3000:]}")
            with contextlib.suppress(urllib.error.URLError, OSError):
                urllib.request.urlopen(f"{self.url}/api?token={self.token}", timeout=2).close()
                return
            with contextlib.suppress(subprocess.TimeoutExpired):
                self.process.wait(0.1)
        self.close()
        raise RuntimeError(f"jupyterlab did not answer in {START_SECONDS} s:\n{self.log_path.read_text()[-3000:]}")

    def close(self):
        self.process.send_signal(signal.SIGTERM)  # the server ends its kernels itself
        try:
            self.process.wait(15)
        except subprocess.TimeoutExpired:
            os.killpg(self.process.pid, signal.SIGKILL)  # its own session's group
            self.process.wait()


class Page:
    """A page of the browser that reaches `allowed` addresses alone.

    Attributes: blocked: list of str, addresses that were refused; errors: list of str, from the console.
    """

    def __init__(self, browser, allowed, **context):
        self.allowed = (*allowed, "data:", "blob:")
        self.blocked: list[str] = []
        self.errors: list[str] = []
        self.context = browser.new_context(reduced_motion="reduce", **context)
        self.context.route("**/*", self._gate)
        self.page = self.context.new_page()
        self.page.on("console", lambda message: self._on_console(message))
        self.page.on("pageerror", lambda error: self.errors.append(f"uncaught: {error}\n{error.stack}"))

    def _on_console(self, message):
        if message.type == "error":
            self.errors.append(message.text)

    def _gate(self, route):
        if route.request.url.startswith(self.allowed):
            route.continue_()
        else:
            self.blocked.append(route.request.url)
            route.abort()

    def prove_quiet(self):
        """No address outside was asked for, and nothing went wrong. Forgets both."""
        blocked, errors = self.blocked[:], self.errors[:]
        self.blocked.clear()
        self.errors.clear()
        assert blocked == [], f"requests that left this machine: {blocked}"
        assert errors == [], f"errors in the browser: {errors}"

    def close(self):
        self.context.close()


class LabPage(Page):
    """A page on a LabServer."""

    def __init__(self, server, browser, **context):
        super().__init__(browser, (server.url, server.url.replace("http", "ws")), **context)
        self.server = server
        self.is_loaded = False
        self.comm_messages = 0  # from widgets to a kernel
        self.page.on("websocket", lambda socket: socket.on("framesent", self._count))

    def _count(self, payload):
        if (b"comm_msg" if isinstance(payload, bytes) else "comm_msg") in payload:
            self.comm_messages += 1

    def run(self, name, cells):
        """Write a notebook of code `cells`, open it with a kernel of its own, and run it."""
        notebook = nbformat.v4.new_notebook(
            metadata={"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}}
        )
        for number, source in enumerate(cells):
            cell = nbformat.v4.new_code_cell(source)
            cell["id"] = f"cell-{number}"
            notebook.cells.append(cell)
        nbformat.write(notebook, self.server.root / name)
        self.open(name)
        self.run_all()
        return self.page

    def run_all(self):
        """Run all cells of the open notebook. Each must end without an error."""
        self.page.evaluate("() => window.jupyterapp.commands.execute('notebook:run-all-cells').then(() => true)")
        failed = [output for outputs in self.outputs() for output in outputs if output["output_type"] == "error"]
        assert failed == [], failed

    def run_cell(self, index):
        """Run one cell again."""
        self.page.evaluate(
            """async index => {
              const { content } = window.jupyterapp.shell.currentWidget;
              content.deselectAll();
              content.activeCellIndex = index;
              await window.jupyterapp.commands.execute("notebook:run-cell");
            }""",
            index,
        )

    def open(self, name):
        if self.is_loaded:
            self.page.evaluate(_CLOSE_ALL)
            opening = "async path => { await window.jupyterapp.commands.execute('docmanager:open', { path }); }"
            self.page.evaluate(opening, name)
        else:
            self.page.set_default_timeout(60_000)
            self.page.goto(f"{self.server.url}/doc/tree/{name}?reset&token={self.server.token}")
            self.page.wait_for_function("() => window.jupyterapp")
            self.page.evaluate("() => window.jupyterapp.restored.then(() => true)")
            self.is_loaded = True
        self.wait_for(name)

    def wait_for(self, name):
        """Wait until the notebook of that name is in front, and its kernel idle."""
        self.page.wait_for_function(_IS_READY, arg=name)

    def outputs(self):
        """The outputs of each cell, from the document."""
        return self.page.evaluate(
            "() => window.jupyterapp.shell.currentWidget.context.model.toJSON().cells.map(c => c.outputs ?? [])"
        )

    def in_kernel(self, code):
        """Run code in the notebook's kernel, beside the notebook: what it printed, or its error."""
        return self.page.evaluate(
            """async code => {
              const { kernel } = window.jupyterapp.shell.currentWidget.context.sessionContext.session;
              let out = "";
              const future = kernel.requestExecute({ code, store_history: false });
              future.onIOPub = ({ header, content }) => {
                if (header.msg_type === "stream") out += content.text;
                if (header.msg_type === "error") out += `${content.ename}: ${content.evalue}`;
              };
              await future.done;
              return out;
            }""",
            code,
        )

    def kill_kernel(self):
        """End the kernel under the open notebook."""
        self.page.evaluate(
            "() => window.jupyterapp.shell.currentWidget.context.sessionContext.shutdown().then(() => true)"
        )

    def theme(self, name):
        """Change to the lab's theme, "Light" or "Dark", and wait until the page has it and its splash is gone."""
        self.page.evaluate(
            "name => window.jupyterapp.commands.execute('apputils:change-theme', { theme: `JupyterLab ${name}` })"
            ".then(() => true)",
            name,
        )
        is_light = "true" if name == "Light" else "false"
        self.page.wait_for_selector(f"body[data-jp-theme-light={is_light}]", state="attached")
        # The lab takes its splash away 200 ms later. A second change before that has it taken away twice: an error.
        self.page.wait_for_selector("#jupyterlab-splash", state="detached")

    def close(self):
        self.page.evaluate(_CLOSE_ALL)
        super().close()


def _free_port():
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]
