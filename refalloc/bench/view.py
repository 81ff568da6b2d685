"""How fast a MemoryMap is in a real browser, beside matplotlib redrawn in an Output widget, and ipympl.

One notebook in JupyterLab shows all three over the same recording: 100,000 events on a heap of 16 slabs of 8,192 slots.
They take turns, round by round. A step is timed in the browser, from the change of the control to when the first frame
with the new picture stands on the screen. While scrubbing, MemoryMap draws its pictures in every frame, and writes its
texts a few times a second. The peers are handed the pixels of each moment ready made, in matplotlib's own images, so
that only drawing and sending are theirs; MemoryMap works its own out, and draws lanes and threads beside them. Without
ipympl the other two are measured.
"""

import importlib.util
import statistics
import tempfile
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

from refalloc.bench.lab import CHROMIUM_ARGS, LabPage, LabServer, Page, find_chromium

ROUNDS = 15
MOMENTS = 40
EVENTS = 100_000
MILLION = 1_000_000  # events of the longest recording
SCRUB_FRAMES = 120
SLOW = 4  # how many times the processor is slowed
PAINTS = 7

_RECORDING = """
import numpy as np
from refalloc import allocator
from refalloc.heap import Heap
from refalloc.trace import EventLog, Recording, record
from refalloc.pictures.memory_map import MemoryMap
from refalloc.pictures.still import slab_image
from refalloc.pictures.story import Moment
import random
random_ = random.Random(0)
heap, log, thread = Heap(lane_count=4, arena_len=1 << 26), EventLog(), 0
live = [allocator.alloc(heap, 8, 3) for _ in range(16 * 8192 - 100)]
random_.shuffle(live)
undo = record(heap, log, thread_number=lambda: thread)
while len(log) < EVENTS:
    thread = random_.randrange(4)
    heap.set_thread_index(thread)
    if random_.random() < 0.6:
        allocator.free(heap, live.pop(), 8, 3)
    else:
        live.append(allocator.alloc(heap, 8, 3))
undo()
recording = Recording(*log.recording())._replace(events=log.recording().events[:EVENTS])
recording = MemoryMap(recording).recording
"""
_VIEW = """
view = MemoryMap(recording)
view
"""
_MOMENTS = """
frames = []
for n in np.linspace(1000, EVENTS - 1, MOMENTS).astype(int):
    moment = Moment(recording, int(n))
    images = [np.asarray(slab_image("light", s, 8, 65536, 128, 64)) for s in moment.slots]
    big = np.asarray(slab_image("light", moment.slots[0], 8, 65536, 640, 448))
    frames.append((np.vstack([np.hstack(images[row : row + 4]) for row in range(0, 16, 4)]), big))
"""
_MATPLOTLIB = """
import ipywidgets as widgets
from IPython.display import display
from matplotlib.figure import Figure
number, out = widgets.BoundedIntText(0, 0, MOMENTS - 1), widgets.Output()
def redraw(change):
    figure = Figure(figsize=(9, 4.5))
    left, right = figure.subplots(1, 2)
    for axes, pixels in zip((left, right), frames[change["new"]]):
        axes.imshow(pixels, interpolation="nearest")
        axes.set_axis_off()
    with out:
        out.clear_output(wait=True)
        display(figure)
number.observe(redraw, "value")
redraw({"new": 0})
display(number, out)
"""
_IPYMPL = """
%matplotlib widget
import matplotlib.pyplot as plt
plt.ioff()
figure, axes = plt.subplots(1, 2, figsize=(9, 4.5))
images = [a.imshow(pixels, interpolation="nearest") for a, pixels in zip(axes, frames[0])]
for a in axes:
    a.set_axis_off()
number2 = widgets.BoundedIntText(0, 0, MOMENTS - 1)
def update(change):
    for image, pixels in zip(images, frames[change["new"]]):
        image.set_data(pixels)
    figure.canvas.draw_idle()
number2.observe(update, "value")
display(number2, figure.canvas)
"""
# In the page: step(which, value) changes a control and gives the milliseconds until the frame that shows it stands on
# the screen: until a word stands there that is put into the same frame (Element Timing, to within 4 ms).
_STEPS = """() => {
  const cell = (index) => document.querySelectorAll(".jp-CodeCell")[index];
  const frame = () => new Promise(requestAnimationFrame);
  let drawn = 0;
  const plain = CanvasRenderingContext2D.prototype.drawImage;
  CanvasRenderingContext2D.prototype.drawImage = function (...args) { drawn += 1; return plain.apply(this, args); };
  const type = (root, value) => {
    const input = root.querySelector("input[type=number]");
    input.value = value;
    input.dispatchEvent(new Event("input", { bubbles: true }));
    input.dispatchEvent(new Event("change", { bubbles: true }));
  };
  const contenders = {
    memory_map: (value) => {
      const slider = cell(2).querySelector(".rf-slider"), said = cell(2).querySelector(".rf-step");
      slider.value = value;
      slider.dispatchEvent(new Event("input", { bubbles: true }));
      return () => said.textContent.startsWith(`Event ${Number(value).toLocaleString("en")}`);
    },
    matplotlib: (value) => {
      const before = cell(3).querySelector("img")?.src;
      type(cell(3), value);
      return () => { const now = cell(3).querySelector("img"); return now && now.complete && now.src !== before; };
    },
    ipympl: (value) => {
      const before = drawn;
      type(cell(4), value);
      return () => drawn > before;
    },
  };
  const onScreen = () => new Promise((done) => {
    const word = document.createElement("p");
    word.textContent = "shown";
    word.style = "position: fixed; top: 0; left: 0; z-index: 99999; contain: strict; width: 60px; height: 20px";
    word.setAttribute("elementtiming", "shown");
    new PerformanceObserver((list, observer) => {
      observer.disconnect();
      word.remove();
      done(list.getEntries()[0].renderTime);
    }).observe({ type: "element" });
    document.body.append(word);
  });
  window.step = async (which, value) => {
    const start = performance.now();
    const isShown = contenders[which](value);
    do await frame(); while (!isShown() && performance.now() - start < 20000);
    return (await onScreen()) - start;
  };
  window.scrub = async (frames, last) => {
    const slider = cell(2).querySelector(".rf-slider");
    await frame();
    const start = performance.now();
    for (let i = 1; i <= frames; i++) {
      slider.value = Math.round((last * i) / frames);
      slider.dispatchEvent(new Event("input", { bubbles: true }));
      await frame();
    }
    return (1000 * frames) / (performance.now() - start);
  };
}"""
# On a page of its own: the milliseconds from the data being there to the frame that shows the picture.
_PAINT = """async () => {
  const state = JSON.parse(document.getElementById("state").textContent);
  for (const [name, value] of Object.entries(state)) if (value?.base64 !== undefined)
    state[name] = new DataView(Uint8Array.from(atob(value.base64), c => c.charCodeAt(0)).buffer);
  const model = { get: name => state[name], set() {}, on() {}, off() {}, save_changes() {}, send() {} };
  const text = JSON.parse(document.getElementById("module").textContent);
  const { default: picture } = await import(URL.createObjectURL(new Blob([text], { type: "text/javascript" })));
  const el = document.createElement("div");
  document.getElementById("picture").replaceChildren(el);
  await new Promise(requestAnimationFrame);
  const start = performance.now();
  const gone = await picture.render({ model, el });
  await new Promise(requestAnimationFrame);
  await new Promise((done) => setTimeout(done)); // the frame, with what is drawn once the layout is known, is done
  const time = performance.now() - start;
  gone();
  return time;
}"""


def has_ipympl():
    """Whether that contender is installed."""
    return importlib.util.find_spec("ipympl") is not None


class BrowserError(RuntimeError):
    """There is no browser to measure in."""


@dataclass(frozen=True)
class Report:
    """What was measured. Milliseconds, frames a second, bytes.

    Attributes: steps: {contender: list of ms, one a round}; sent: {contender: bytes to the browser to show it};
                sent_per_step: {contender: bytes, median of the rounds};
                first_paint: list of ms; frames, slow_frames: frames a second while scrubbing, as is and slowed SLOW
                times; million_first_paint: ms with a million events.
    """

    steps: dict[str, list[float]]
    sent: dict[str, int]
    sent_per_step: dict[str, float]
    first_paint: list[float]
    frames: float
    slow_frames: float
    million_first_paint: float


def measure(rounds=ROUNDS, on_step=lambda: None):
    """Measure all contenders, in turn.

    Args:    rounds: int, steps of each; on_step: called after each round.
    Returns: Report.
    Raises:  BrowserError when there is no Chromium or Playwright.
    """
    try:
        from playwright.sync_api import sync_playwright
    except ImportError:
        raise BrowserError("Playwright is not installed; try: pip install playwright") from None
    chromium = find_chromium()
    if chromium is None:
        raise BrowserError("Chromium is not installed (Debian: apt install chromium); or set CHROMIUM to its path")
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        (folder / "notebooks").mkdir()
        (folder / "lab").mkdir()
        playwright = stack.enter_context(sync_playwright())
        browser = playwright.chromium.launch(executable_path=chromium, args=CHROMIUM_ARGS)
        stack.callback(browser.close)
        server = LabServer(folder / "notebooks", folder / "lab")
        stack.callback(server.close)
        return _Bench(browser, server, folder).measure(rounds, on_step)


class _Bench:
    def __init__(self, browser, server, folder):
        self.browser = browser
        self.folder = folder
        self.lab = LabPage(server, browser, viewport={"width": 1400, "height": 3600})
        self.received = 0
        self.lab.page.on("websocket", lambda socket: socket.on("framereceived", self._receive))

    def _receive(self, payload):
        self.received += len(payload)

    def measure(self, rounds, on_step):
        page, sent = self._show()
        page.evaluate(_STEPS)
        steps: dict[str, list[float]] = {name: [] for name in sent}
        received: dict[str, list[int]] = {name: [] for name in sent}
        for round_ in range(rounds):
            for name in sent:
                moment = 1 + round_ * 7 % (MOMENTS - 1) if round_ % 2 else MOMENTS - 1 - round_ * 5 % MOMENTS
                value = moment * EVENTS // MOMENTS if name == "memory_map" else moment
                before = self.received
                steps[name].append(page.evaluate("([which, value]) => window.step(which, value)", [name, value]))
                received[name].append(self.received - before)
            on_step()
        frames, slow_frames = self._scrub(page)
        self.lab.in_kernel(f"open({str(self.folder / 'view.html')!r}, 'w').write(view.to_html())")
        first_paint = self._paints(PAINTS)
        self.lab.in_kernel(_million(self.folder / "view.html"))
        million = statistics.median(self._paints(3))
        per_step = {name: statistics.median(values) for name, values in received.items()}
        self.lab.close()
        return Report(steps, sent, per_step, first_paint, frames, slow_frames, million)

    def _show(self):
        """Run the notebook, cell by cell: the page, and {contender: bytes sent to show it}."""
        constants = f"EVENTS, MOMENTS = {EVENTS}, {MOMENTS}"
        setup = [constants + _RECORDING, _MOMENTS]
        shown = {"memory_map": _VIEW, "matplotlib": _MATPLOTLIB}
        if has_ipympl():
            shown["ipympl"] = _IPYMPL
        page = self.lab.run("bench.ipynb", [*setup, *shown.values()])
        sent = {}
        for index, name in enumerate(shown, len(setup)):
            before = self.received
            self.lab.run_cell(index)
            page.wait_for_timeout(1500)  # what a cell sends has no end that could be waited for
            sent[name] = self.received - before
        return page, sent

    def _scrub(self, page):
        session = self.lab.context.new_cdp_session(page)
        rates = []
        for slowed in (1, SLOW):
            session.send("Emulation.setCPUThrottlingRate", {"rate": slowed})
            rates.append(page.evaluate(f"() => window.scrub({SCRUB_FRAMES}, {EVENTS - 1})"))
        session.send("Emulation.setCPUThrottlingRate", {"rate": 1})
        return rates

    def _paints(self, count):
        page = Page(self.browser, ["file://"], viewport={"width": 1400, "height": 1200})
        page.page.goto((self.folder / "view.html").as_uri())
        page.page.wait_for_selector(".rf-slab")
        times = [page.page.evaluate(_PAINT) for _ in range(count)]
        page.close()
        return times


def _million(path):
    """Code that writes a page with a million events."""
    return f"""
steps = recording.events[recording.events["thread"] != 0xFFFF]
many = np.concatenate([recording.events, *[steps] * ({MILLION} // len(steps) + 1)])[:{MILLION}]
many["number"] = np.arange(len(many))
open({str(path)!r}, "w").write(MemoryMap(recording._replace(events=many), event=0).to_html())
"""
