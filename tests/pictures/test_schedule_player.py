"""SchedulePlayer: moves, back, branches, and failing schedules opened at their end."""

import contextlib
import io
from concurrent.futures import ThreadPoolExecutor

import pytest
from PIL import Image

from refalloc.pictures.memory_map import MemoryMap
from refalloc.pictures.schedule_player import SchedulePlayer
from refalloc.schedule import Stepper, explore


def pair(thread):
    thread.free(thread.alloc(24))


def unlocked(thread):
    lane = thread.heap.lanes[0]
    lane.frees[1] = lane.frees[1]


def moves(player):
    return [thread["next"] for thread in player._board["threads"]]


@pytest.fixture
def player():
    player = SchedulePlayer([pair, pair])
    yield player
    player.close()


def test_the_board_tells_each_thread(player):
    assert moves(player) == ["starts", "starts"]
    player.step(0)
    player.step(1)
    player.step(0)
    first, second = player._board["threads"]
    assert (first["next"], second["next"]) == ("unlocks lane 0", "tries lane 0")
    assert first["source"] == "heap.unlock(lane)"
    assert first["at"].startswith("allocator.py:")
    player.step(1)
    assert player._board["threads"][1]["next"] == "tries lane 1"
    assert player._board["steps"][-1] == {"thread": 1, "lines": ["finds lane 0 taken"]}
    assert player.facts()["Steps"].rows[-1] == ["4", "", "finds lane 0 taken"]


def test_back_and_branch_lead_to_the_same_place(player):
    for thread in (0, 1, 0):
        player.step(thread)
    board = player._board
    player.branch()
    player.step(1)
    player.back(2)
    assert [len(player._board["steps"]), player._board["branches"]] == [2, [[0, 1, 0]]]
    player.return_to(0)
    assert player._board == {**board, "branches": [[0, 1, 0]]}


def test_a_failing_schedule_opens_at_its_end():
    exploration = explore([unlocked, unlocked])
    player = SchedulePlayer(exploration)
    assert player.schedule == exploration.failure.schedule
    assert "data race" in player.text()
    assert not any(thread["can_move"] for thread in player._board["threads"])
    player.back()
    assert any(thread["can_move"] for thread in player._board["threads"])
    assert "data race" not in player.text()
    player.close()


def test_messages_of_the_buttons_move_the_threads(player):
    player._on_message(player, {"action": "step", "arguments": [1]}, [])
    assert player.schedule == [1]
    player._on_message(player, {"action": "back", "arguments": []}, [])
    assert player.schedule == []
    player._on_message(player, {"action": "step", "arguments": [7]}, [])
    assert "T7 cannot move" in player._board["refusal"]
    assert player.schedule == []


def test_any_thread_may_press_a_button(player):
    player.step(0)
    with ThreadPoolExecutor(1) as other:
        other.submit(player._on_message, player, {"action": "step", "arguments": [1]}, []).result()
    player.step(0)
    assert player.schedule == [0, 1, 0]


def test_a_stepper_that_is_given_stays_where_it_is():
    stepper = Stepper([pair, pair], schedule=[0, 1])
    player = SchedulePlayer(stepper)
    player.step(0)
    assert (stepper.schedule, player.schedule) == ([0, 1], [0, 1, 0])
    stepper.close()
    player.close()


def test_a_run_that_ends_well_says_so(player):
    while player.choices:
        player.step(player.choices[0])
    assert "All threads have ended, and nothing went wrong." in player.text()
    assert moves(player) == ["has ended", "has ended"]
    assert Image.open(io.BytesIO(player.png())).width == 900


def test_the_memory_of_a_run_can_be_looked_at(player):
    while player.choices:
        player.step(player.choices[0])
    assert player.memory_map().moment().slab_table().rows[0][:3] == ["0", "2", "32"]


def test_what_the_explorer_gives_is_drawn():
    exploration = explore([unlocked, unlocked])
    stepper = Stepper([pair])
    for source in (exploration, exploration.failure, stepper):
        assert MemoryMap(source).title == "MemoryMap of a schedule"
    stepper.close()
    sound = explore([pair])
    with pytest.raises(ValueError, match="found no failure"):
        SchedulePlayer(sound)
    with pytest.raises(ValueError, match="found no failure"):
        MemoryMap(sound)


def test_no_step_is_told_as_nothing():
    def own_lane(thread):
        lane = thread.heap.lanes[thread.heap.thread_index]
        while not thread.heap.try_lock(lane):
            pass
        thread.heap.unlock(lane)

    player = SchedulePlayer([own_lane, own_lane])
    while player.choices:
        player.step(player.choices[0])
    assert player._board["steps"][0]["lines"] == ["reads its thread_index: 0"]
    assert all(step["lines"] for step in player._board["steps"])
    player.close()


def test_a_step_that_touches_nothing_is_told_all_the_same():
    def reads(thread):
        return thread.heap.lanes[0].frees[3]

    with contextlib.closing(SchedulePlayer([reads, reads], invariants=None, atomic=True)) as player:
        player.step(0)
        player.step(0)
        assert [step["lines"][0].split()[0] for step in player._board["steps"]] == ["starts", "reads"]
