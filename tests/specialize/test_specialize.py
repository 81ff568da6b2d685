import importlib.util
import linecache
import sys
import threading
import traceback
import types
from pathlib import Path

import contract
import pytest
import sample_functions as samples
from contract import Machine
from hypothesis import given, settings
from hypothesis import strategies as st

from refalloc import allocator
from refalloc.arena import MemoryFault
from refalloc.check import check_invariants
from refalloc.checked import CheckedAllocator
from refalloc.heap import Heap
from refalloc.specialize import SpecializeError, running_plain, specialize, specialize_text
from refalloc.trace.events import EventLog, Kind
from refalloc.trace.recorder import record

ARENA_LEN = 64 << 20


class MadeText:
    """The text as functions of a heap again, each specialised for it."""

    def __init__(self, text=allocator):
        self.text = text
        self.made = {}

    def function(self, heap, name):
        if heap not in self.made:
            self.made[heap] = specialize_text(self.text, heap)
        return getattr(self.made[heap], name)

    def __getattr__(self, name):
        return lambda heap, *args: self.function(heap, name)(*args)


class MadeMaker:
    def __init__(self):
        self.text = MadeText()

    def __call__(self, lane_count):
        return Machine(self.text, Heap(lane_count, ARENA_LEN))

    def refusing_pages(self, heap):
        return _Refusing(self.text, heap)


class _Refusing:
    def __init__(self, text, heap):
        self.text, self.heap = text, heap

    def __enter__(self):
        self.heap.map = lambda length, align_log2: 0
        self.text.made.clear()  # a made function keeps the methods that it found

    def __exit__(self, *_):
        del self.heap.map
        self.text.made.clear()


@pytest.mark.parametrize("rule", contract.RULES, ids=lambda rule: rule.__name__)
def test_the_specialised_text_keeps_every_rule_of_the_contract(rule):
    rule(MadeMaker())


CALLS = st.lists(
    st.tuples(
        st.sampled_from(["alloc", "alloc", "alloc", "free", "free", "resize", "remap", "move"]),
        st.integers(0, 1 << 30),
        st.one_of(st.integers(1, 200), st.integers(1, 33_000), st.integers(32_000, 200_000)),
        st.integers(0, 17),
    ),
    max_size=60,
)


@settings(max_examples=150, deadline=None)
@given(calls=CALLS, lane_count=st.integers(1, 3))
def test_text_and_specialised_text_do_the_same(calls, lane_count):
    machines = [Machine(text, Heap(lane_count, 8 << 20)) for text in (allocator, MadeText())]
    for name, pick, length, align_log2 in calls:
        results = []
        for machine in machines:
            base = machine.heap.arena_addr
            live = sorted(machine.live)
            if name == "alloc":
                result = machine.alloc(length, align_log2)
            elif name == "move":
                result = machine.heap.set_thread_index(pick % lane_count)
            elif not live:
                result = None
            elif name == "free":
                result = machine.free(live[pick % len(live)])
            else:
                result = getattr(machine, name)(live[pick % len(live)], length)
            results.append(result - base if type(result) is int and result >= base else result)
        assert results[0] == results[1]
        assert state_of(machines[0].heap) == state_of(machines[1].heap)
    for machine in machines:
        machine.check()


def state_of(heap):
    base = heap.arena_addr
    lanes = [
        [addr and addr - base if addr else 0 for addr in (*lane.frees, *lane.next_addrs)] + [bool(lane.token)]
        for lane in heap.lanes
    ]
    return lanes, heap.thread_index, [(addr - base, length) for addr, length in heap.mappings()]


@pytest.mark.parametrize("sample", samples.SAMPLES, ids=lambda sample: sample.__name__)
@pytest.mark.parametrize("number", range(-2, 12))
def test_each_form_of_a_function_does_the_same_when_written_in(sample, number):
    plain_box, made_box = samples.Box(), samples.Box()
    made = specialize(sample, made_box)
    assert result_of(made, number) == result_of(sample, plain_box, number)
    assert made_box.calls == plain_box.calls


def result_of(function, *args):
    try:
        return function(*args)
    except Exception as error:
        return repr(error)


def test_calls_of_known_functions_are_gone_from_the_hot_path():
    made = specialize_text(allocator, Heap(1, ARENA_LEN))
    addr = made.alloc(24, 4)
    made.free(addr, 24, 4)
    calls = []
    sys.setprofile(lambda frame, event, _: calls.append(frame.f_code.co_name) if event == "call" else None)
    try:
        made.free(made.alloc(24, 4), 24, 4)
    finally:
        sys.setprofile(None)
    assert calls == ["alloc", "free"]


def test_a_traceback_shows_the_text():
    heap = Heap(1, ARENA_LEN)
    made = specialize_text(allocator, heap)
    first, second = made.alloc(64, 4), made.alloc(64, 4)
    made.free(second, 64, 4)
    made.free(first, 64, 4)
    heap.store(first, 0xBAD0)
    made.alloc(64, 4)
    with pytest.raises(MemoryFault, match="load at 0xbad0") as caught:
        made.alloc(64, 4)
    frame = traceback.extract_tb(caught.value.__traceback__)[1]
    assert (frame.filename, frame.name) == (allocator.__file__, "alloc")
    assert frame.line == "lane.frees[size_class] = heap.load(top)"


@pytest.mark.parametrize(
    ("function", "message"),
    [
        (samples.with_a_comprehension, "a comprehension in line"),
        (samples.with_a_yield, "a yield in line"),
        (samples.with_stars, "among its parameters"),
        (samples.closure(1), "is a closure"),
        (lambda heap: heap, "was not made by def"),
        (eval("lambda heap: heap"), "is not what is loaded"),
    ],
    ids=lambda value: getattr(value, "__name__", None),
)
def test_what_cannot_be_specialised_says_why(function, message):
    with pytest.raises(SpecializeError, match=message):
        specialize(function, Heap(1, ARENA_LEN))


def test_more_known_arguments_than_parameters_are_refused():
    with pytest.raises(SpecializeError, match="has 1 parameters, not 2"):
        specialize(samples.sign, 1, 2)


def test_a_text_without_a_function_is_refused_by_its_name():
    text = types.SimpleNamespace(**{**vars(allocator), "__name__": "mine"})
    del text.remap
    with pytest.raises(SpecializeError, match="mine has no function remap"):
        specialize_text(text, Heap(1, ARENA_LEN))


def test_a_file_that_was_edited_after_its_import_is_refused(tmp_path):
    path = tmp_path / "mine.py"
    source = Path(allocator.__file__).read_text()
    path.write_text(source)
    spec = importlib.util.spec_from_file_location("mine", path)
    mine = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(mine)
    specialize_text(mine, Heap(1, ARENA_LEN))
    path.write_text(source.replace("MAX_ALLOC_SEARCH:", "MAX_ALLOC_SEARCH + 1:"))
    linecache.checkcache(str(path))
    with pytest.raises(SpecializeError, match="is not what is loaded; save the file, and import the module again"):
        specialize_text(mine, Heap(1, ARENA_LEN))


def test_a_recorder_sees_the_checked_allocator_and_leaves_no_trace():
    checked = CheckedAllocator(Heap(2, ARENA_LEN))
    checked.free(checked.alloc(24), 24)
    log = EventLog()
    undo = record(checked.heap, log)
    addr = checked.alloc(24)
    checked.free(addr, 24)
    undo()
    kinds = [event["kind"] for event in log.recording().events]
    assert kinds.count(Kind.CALL_ALLOC) == kinds.count(Kind.RETURN_FREE) == 1
    assert Kind.LOAD in kinds
    assert Kind.STORE in kinds
    recorded = len(kinds)
    assert checked.alloc(24) == addr
    assert len(log.recording().events) == recorded


def test_running_plain_looks_everything_up_again():
    heap = Heap(2, ARENA_LEN)
    made = specialize_text(allocator, heap)
    kept = made.alloc
    heap.map = lambda length, align_log2: 0
    addr = made.alloc(24, 4)
    assert addr != 0, "it maps as it did when it was made"
    with running_plain(heap):
        assert kept(2000, 4) == 0
        assert allocator.alloc(heap, 2000, 4) == 0
    assert made.alloc(2000, 4) != 0


def test_threads_that_share_a_specialised_text_never_share_a_block():
    heap = Heap(2, ARENA_LEN)
    made = specialize_text(allocator, heap)
    failures, all_live = [], []

    def hammer(number):
        live = {}
        try:
            for step in range(3000):
                if len(live) < 30:
                    length = 1 + (step * 7919 + number * 104729) % 2000
                    addr = made.alloc(length, 3)
                    heap.view(addr, length)[:] = bytes([number]) * length
                    live[addr] = length
                else:
                    addr, length = next(iter(live.items()))
                    assert heap.view(addr, length) == bytes([number]) * length
                    made.free(addr, live.pop(addr), 3)
        except BaseException as error:
            failures.append(error)
        all_live.extend((addr, length, 3) for addr, length in live.items())

    interval = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    try:
        threads = [threading.Thread(target=hammer, args=(number,)) for number in range(6)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    finally:
        sys.setswitchinterval(interval)
    assert failures == []
    check_invariants(heap, all_live)
