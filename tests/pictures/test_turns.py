from tables import rows_of

from refalloc.pictures.turns import STEP_LIMIT, plot_turns
from refalloc.schedule import Stepper, replay


def take(thread):
    heap, lane = thread.heap, thread.heap.lanes[0]
    while not heap.try_lock(lane):
        pass
    lane.next_addrs[3] += 64
    heap.unlock(lane)


def test_steps_are_told_in_their_order_with_their_threads():
    picture = plot_turns(replay([0, 0, 1, 1, 0], [take, take], invariants=None))
    assert picture.png.startswith(b"\x89PNG")
    assert picture.sentence == (
        "In this order: T0 takes lane 0; T0 reads next_addrs[3] of lane 0: 0; T0 writes next_addrs[3] of lane 0 = 64; "
        "T1 finds lane 0 taken; T0 unlocks lane 0; T1 takes lane 0; T1 reads next_addrs[3] of lane 0: 64; "
        "T1 writes next_addrs[3] of lane 0 = 128; T1 unlocks lane 0."
    )
    rows = rows_of(picture)
    assert rows[1] == ["1", "T0", "takes lane 0", "lane 0"]
    assert [row[1] for row in rows[1:]] == ["T0"] * 3 + ["T1"] + ["T0"] + ["T1"] * 4
    assert [row[3] for row in rows[1:]] == ["lane 0"] * 3 + ["none"] * 2 + ["lane 0"] * 3 + ["none"]


def test_of_a_long_run_the_last_steps_are_drawn():
    def often(thread):
        for _ in range(10):
            take(thread)

    sentence = plot_turns(replay([], [often], invariants=None)).sentence
    assert sentence.count(";") == STEP_LIMIT - 1
    assert sentence.endswith("= 640; T0 unlocks lane 0.")


def test_a_run_that_is_not_over_is_drawn_with_the_lock_that_is_held():
    with_lock = plot_turns(Stepper([take, take], schedule=[0, 0], invariants=None))
    assert with_lock.sentence.endswith("T0 writes next_addrs[3] of lane 0 = 64.")
