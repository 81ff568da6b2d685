import random

import pytest
from contract import Machine
from test_heap import resident_len

from refalloc import allocator
from refalloc.allocator import SLAB_LEN
from refalloc.heap import Heap
from refalloc.trim import trim_heap


@pytest.fixture
def machine():
    return Machine(allocator, Heap(3, 256 << 20))


def test_slabs_without_a_live_block_go_back_and_the_process_gets_smaller(machine):
    blocks = [machine.alloc(64) for _ in range(500_000)]
    for addr in blocks:
        machine.heap.store(addr, 1)
    mapped, resident = machine.mapped_len(), resident_len()
    for addr in blocks:
        machine.free(addr)
    assert machine.mapped_len() == mapped, "free alone gives nothing back"
    assert trim_heap(machine.heap) == mapped
    assert machine.mapped_len() == 0
    assert resident - resident_len() > 0.8 * mapped  # trim's own lists take some
    machine.check()


def test_a_slab_with_one_live_block_stays(machine):
    slots = machine.fill_slab(1024)
    kept = slots.pop(17)
    for addr in slots:
        machine.free(addr)
    assert trim_heap(machine.heap) == 0
    machine.check()
    machine.free(kept)
    assert trim_heap(machine.heap) == SLAB_LEN
    machine.check()


def test_a_slab_that_is_partly_handed_out_goes_back_when_none_is_live(machine):
    blocks = [machine.alloc(1024) for _ in range(3)]
    for addr in blocks[1:]:
        machine.free(addr)
    assert trim_heap(machine.heap) == 0
    machine.free(blocks[0])
    assert trim_heap(machine.heap) == SLAB_LEN
    machine.check()
    assert machine.alloc(1024) % SLAB_LEN == 0
    machine.check()


def test_slots_of_one_slab_are_found_in_every_lane(machine):
    slots = machine.fill_slab(4096)
    for number, addr in enumerate(slots):
        machine.heap.set_thread_index(number % 3)
        machine.free(addr)
    assert trim_heap(machine.heap) == SLAB_LEN
    machine.check()


def test_lists_keep_their_order_without_the_slots_that_went(machine):
    heap = Heap(1, 8 << 20)
    machine = Machine(allocator, heap)
    first, second = machine.fill_slab(4096), machine.fill_slab(4096)
    machine.free(second[0])
    for addr in first:
        machine.free(addr)
    machine.free(second[3])
    assert trim_heap(heap) == SLAB_LEN
    assert heap.lanes[0].frees[9] == second[3]
    assert heap.load(second[3]) == second[0]
    assert heap.load(second[0]) == 0
    machine.check()


def test_trim_at_any_moment_of_a_random_run_leaves_a_sound_heap(machine):
    rng = random.Random(5)
    for step in range(3000):
        machine.heap.set_thread_index(rng.randrange(3))
        if machine.live and rng.random() < 0.5 + 0.3 * (step % 600 > 300):
            machine.free(rng.choice(list(machine.live)))
        else:
            machine.alloc(int(2 ** rng.uniform(0, 16)))
        if step % 50 == 0:
            before = machine.mapped_len()
            assert trim_heap(machine.heap) == before - machine.mapped_len()
            machine.check()
