"""The report of a failing schedule, whole, as a learner reads it."""

import corpus

from refalloc.schedule import explore, replay


def failure_of(name):
    variant = next(variant for variant in corpus.WRONG if variant.name == name)
    return explore(**corpus.SCENARIOS[variant.scenario], **variant.options, text=variant.module()).failure


def test_a_race_is_told_in_two_columns_with_its_source():
    lines = repr(failure_of("next_addrs read before locking")).splitlines()
    assert lines[0] == "data race at step 10: T1 reads next_addrs[2] of lane 0, which T0 writes; no lock orders the two"
    assert lines[1] == "schedule [0, 0, 0, 0, 0, 0, 0, 0, 0, 1], 0 preemptions"
    header = next(line for line in lines if line.startswith("step  T0"))
    marked = [line for line in lines if line[4:5] == "*"]
    assert len(marked) == 2
    assert marked[0][6:].startswith("writes next_addrs[2] of lane 0 = A+")
    assert marked[1].index("reads next_addrs[2] of lane 0") == header.index("T1")
    assert "next_addr = heap.lanes[heap.thread_" in marked[1]
    assert all(len(line) <= 130 for line in lines)


def test_a_narrow_terminal_gets_a_row_that_names_its_thread(monkeypatch):
    monkeypatch.setenv("COLUMNS", "80")
    lines = repr(failure_of("next_addrs read before locking")).splitlines()
    table = lines[lines.index("") + 1 :]
    assert table[0].split() == ["step", "thread", "source"]
    marked = [line for line in table if line[4:5] == "*"]
    assert [line[6:8] for line in marked] == ["T0", "T1"]
    source = table[0].index("source")
    assert "next_addr = heap.lanes" in marked[1][source:]
    assert all(len(line) <= 80 for line in table)


def test_three_threads_have_their_whole_phrases_and_sources():
    def pair(thread):
        thread.free(thread.alloc(24))

    lines = repr(replay([0, 1, 2, 0, 1, 2], [pair, pair, pair])).splitlines()
    source = next(line for line in lines if line.startswith("step")).index("source")
    rows = [line for line in lines if "reads next_addrs" in line]
    assert len(rows) == 3
    assert all(line[source:].endswith("next_addr = lane.next_addrs[size_class]") for line in rows)


def test_every_step_has_a_row_even_one_with_nothing_to_tell():
    def own_lane(thread):
        lane = thread.heap.lanes[thread.heap.thread_index]
        while not thread.heap.try_lock(lane):
            pass
        thread.heap.unlock(lane)

    run = replay([0, 1, 0, 1], [own_lane, own_lane])
    lines = repr(run).splitlines()
    numbers = [int(line[:4]) for line in lines if line[:4].strip().isdigit()]
    assert numbers == list(range(1, len(run.schedule) + 1))
    assert "   1  reads its thread_index: 0" in repr(run)


def test_addresses_are_told_from_their_mappings():
    text = repr(failure_of("bump by nothing"))
    assert "double hand-out at step" in text
    assert "alloc(24, 3) returned A+32, a block that T0 has and did not free" in text
    assert "addresses: A = 0x200010000" in text
    assert "0x200010020" not in text


def test_what_a_text_loads_from_a_block_is_told_though_fills_are_not():
    text = repr(failure_of("push without a link"))
    assert "the fill of prepare's block" in text
    assert "stores A = the fill" not in text


def test_a_deadlock_says_who_waits_for_what():
    lines = repr(failure_of("two blocking locks in two orders")).splitlines()
    assert lines[0].startswith("deadlock at step ")
    assert "holds lock allocs and waits for lock frees (held by T" in lines[0]
    assert "holds lock frees and waits for lock allocs (held by T" in lines[0]
    assert any("takes allocs" in line for line in lines)


def test_a_run_without_a_failure_can_be_read_too():
    def pair(thread):
        thread.free(thread.alloc(24))

    lines = repr(replay([0, 0, 1, 1, 1], [pair, pair])).splitlines()
    assert lines[0].startswith("schedule [0, 0, 1, 1, 1, ")
    assert any("finds lane 0 taken" in line for line in lines)


def test_a_long_account_keeps_its_end():
    def many(thread):
        for _ in range(60):
            thread.alloc(24)

    lines = repr(replay([], [many])).splitlines()
    assert any("rows before these" in line for line in lines)
    assert lines[-1].strip() == "ends"
