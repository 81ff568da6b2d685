import pytest

from refalloc.student import Student, StudentError

ANSWER = """
def push(heap, lane, addr):
    heap.store(addr, lane.frees[0])
    lane.frees[0] = addr

def take(heap):
    for lane in heap.lanes:
        if heap.try_lock(lane):
            return lane

def stray(heap):
    return heap.load(8)
"""


@pytest.fixture
def student(tmp_path):
    file = tmp_path / "exercise_1.py"
    file.write_text(ANSWER)
    return Student(file)


def test_functions_work_on_a_heap_that_the_check_looks_at(student):
    heap = student.new_heap(2)
    slab = heap.map(65536, 16)
    student.push(heap, heap.lanes[0], slab + 8)
    student.push(heap, heap.lanes[0], slab)
    assert heap.lanes[0].frees[0] == slab
    assert heap.load(slab) == slab + 8
    heap.write(slab, b"12345678")
    assert heap.read(slab, 9) == b"12345678\0"


def test_a_function_may_give_a_lane_back(student):
    heap = student.new_heap(2)
    assert student.take(heap) is heap.lanes[0]
    assert student.take(heap) is heap.lanes[1]
    assert student.take(heap) is None


def test_a_stray_access_is_told_with_its_address(student):
    heap = student.new_heap()
    with pytest.raises(StudentError, match=r"stray\(heap=heap\) raised .*MemoryFault: load at 0x8") as caught:
        student.stray(heap)
    assert caught.value.lines == ["exercise_1.py, line 12, in stray: return heap.load(8)"]


def test_addresses_in_messages_count_from_the_start_of_the_arena(student):
    heap = student.new_heap()
    slab = heap.map(65536, 16)
    with pytest.raises(StudentError) as caught:
        student.push(heap, heap.lanes[0], slab + 65540)
    assert "push(heap=heap, lane=<lane 0, free>, addr=arena + 65540) raised" in str(caught.value)
    assert "store at arena + 65540: not a multiple of 8; words lie at arena + 65536 and" in str(caught.value)
