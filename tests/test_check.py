"""Each kind of damage is done to a sound heap, and must be named."""

import re

import pytest
from contract import Machine

from refalloc import allocator
from refalloc.allocator import SLAB_LEN
from refalloc.check import InvariantError, check_invariants
from refalloc.heap import Heap


@pytest.fixture
def machine():
    machine = Machine(allocator, Heap(2, 8 << 20))
    blocks = [machine.alloc(100) for _ in range(10)]
    for addr in blocks[2:5]:
        machine.free(addr)
    machine.alloc(40)
    machine.alloc(100_000)
    machine.check()
    return machine


def lane_with(machine, field, size_class):
    index = next(i for i, lane in enumerate(machine.heap.lanes) if getattr(lane, field)[size_class])
    return machine.heap.lanes[index]


def damage_says(machine, *parts):
    with pytest.raises(InvariantError, match=".*".join(map(re.escape, parts))):
        machine.check()


def test_a_locked_lane_is_named(machine):
    assert machine.heap.try_lock(machine.heap.lanes[1])
    damage_says(machine, "lane 1 is still locked")


def test_a_slot_that_is_live_and_free_is_named(machine):
    top = lane_with(machine, "frees", 4).frees[4]
    machine.live[top] = (100, 0)
    damage_says(machine, f"slot {top:#x} of class 4 is both live (100 bytes) and free in lane")


def test_a_slot_that_is_free_twice_is_named(machine):
    lane = lane_with(machine, "frees", 4)
    top = lane.frees[4]
    machine.heap.store(machine.heap.load(top), top)  # the list comes back to its start
    damage_says(machine, f"slot {top:#x}", "both free in lane", "and free in lane")


def test_a_slot_in_two_lanes_is_named(machine):
    for lane in machine.heap.lanes:
        lane.frees[4] = lane_with(machine, "frees", 4).frees[4]
    damage_says(machine, "both free in lane 0 and free in lane 1")


def test_a_lost_slot_is_named(machine):
    lane = lane_with(machine, "frees", 4)
    top = lane.frees[4]
    lane.frees[4] = machine.heap.load(top)
    damage_says(machine, f"slot {top:#x} of class 4 is lost")


def test_a_lost_block_is_named(machine):
    addr = next(addr for addr, (length, _) in machine.live.items() if length == 100_000)
    del machine.live[addr]
    damage_says(machine, f"mapping {addr:#x}", "lost")


def test_a_link_out_of_the_slab_is_named(machine):
    lane = lane_with(machine, "frees", 4)
    machine.heap.store(lane.frees[4], 0x1000)
    damage_says(machine, "free in lane", "0x1000 lies in no slab")


def test_a_link_into_the_middle_of_a_slot_is_named(machine):
    lane = lane_with(machine, "frees", 4)
    machine.heap.store(lane.frees[4], lane.frees[4] + 8)
    damage_says(machine, "free in lane", "inside a slot of class 4 (128 bytes)")


def test_a_slot_of_another_class_is_named(machine):
    lane = lane_with(machine, "frees", 4)
    top = lane.frees[4]
    lane.frees[4], lane.frees[3] = machine.heap.load(top), top
    machine.heap.store(top, 0)
    damage_says(machine, "has slots of class")


def test_a_free_slot_that_was_never_handed_out_is_named(machine):
    lane = lane_with(machine, "next_addrs", 4)
    next_addr = lane.next_addrs[4]
    machine.heap.store(next_addr, lane.frees[4])
    lane.frees[4] = next_addr
    damage_says(machine, f"slot {next_addr:#x} of class 4 is free in lane", "not yet handed out")


def test_a_next_addr_that_went_too_far_is_named(machine):
    lane_with(machine, "next_addrs", 4).next_addrs[4] += 128
    damage_says(machine, "of class 4 is lost")


def test_one_slab_handed_out_by_two_lanes_is_named(machine):
    next_addr = lane_with(machine, "next_addrs", 4).next_addrs[4]
    for lane in machine.heap.lanes:
        lane.next_addrs[4] = next_addr
    damage_says(machine, "which another lane hands out too")


def test_a_live_block_at_no_slot_start_is_named(machine):
    addr = next(addr for addr, (length, _) in machine.live.items() if length == 100)
    machine.live[addr + 8] = (100, 0)
    damage_says(machine, f"live (100 bytes): {addr + 8:#x}", "inside a slot")


def test_a_misaligned_live_block_is_named(machine):
    addr = next(addr for addr, (length, _) in machine.live.items() if length == 100_000)
    machine.live[addr] = (100_000, 40)
    damage_says(machine, f"not at a multiple of its alignment, {2**40}")


def test_a_large_block_without_a_mapping_is_named(machine):
    addr = next(addr for addr, (length, _) in machine.live.items() if length == 100_000)
    machine.live[addr + 4096] = (50_000, 0)
    damage_says(machine, "not a mapping of its own")
    del machine.live[addr + 4096]
    machine.live[addr] = (1_000_000, 0)
    damage_says(machine, "its mapping only")


def test_a_slab_that_is_not_aligned_is_named():
    heap = Heap(1, 8 << 20)
    heap.map(4096, 0)
    slab = heap.map(SLAB_LEN, 0)
    assert slab % SLAB_LEN != 0
    heap.lanes[0].next_addrs[0] = slab + 8
    with pytest.raises(InvariantError, match="lies in no slab"):
        check_invariants(heap, [(slab, 8, 3)])
