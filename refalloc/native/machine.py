"""What the members of a heap mean in machine code: types and their members, for Numba.

    heap                a word or two, by kind of heap: NativeHeapType in heap_members.py, another in library.py
    heap.lanes          the table's address, and the count
    lane                the address of an entry
    lane.frees          the address of the first of CLASS_CAPACITY words, FIELD_STRIDE apart
    lane.room, .marks   the same, ROOM_STRIDE apart
    a slab's record     the address of RECORD_WORDS words

A lane has its lock on a cache line of its own, then for each class a pair of words, next_addr and frees, so that an
alloc or a free touches two lines; then the words of `room`, and those of `marks`. LANE_LEN is a multiple of two lines,
since processors fetch lines in pairs. In a thread's own lane, the second word is not 0 while it is a thread's.

A kind of heap says where its lanes are and what its pages do, in the functions that overload lanes_addr, lane_count
and the members from `thread_index` on. All lock and word members are the same for all.

Each overload has a name of its own: in code that is kept on disk, functions are told apart by it.
"""

import operator

from llvmlite import ir
from numba.core import cgutils, types
from numba.core.imputils import RefType, impl_ret_untracked, iternext_impl, lower_builtin
from numba.extending import intrinsic, models, overload, overload_attribute, overload_method, register_model

from refalloc.heap import CLASS_CAPACITY
from refalloc.native.compiler import compiled
from refalloc.native.words import (
    bit_length,
    exchange_acquire,
    load_word,
    replace_word,
    store_release,
    store_word,
)

LINE_LEN = 128  # bytes; two cache lines of 64, or one of 128
FIELDS_OFFSET = LINE_LEN  # of the first pair in a lane
FIELD_STRIDE = 16
FREES_OFFSET = 8  # of frees in a pair
ROOM_OFFSET = FIELDS_OFFSET + CLASS_CAPACITY * FIELD_STRIDE
ROOM_STRIDE = 8
MARKS_OFFSET = ROOM_OFFSET + CLASS_CAPACITY * ROOM_STRIDE
LANE_LEN = MARKS_OFFSET + CLASS_CAPACITY * ROOM_STRIDE
OWNER_OFFSET = 8  # of the word that says whose own lane it is


class HeapType(types.Type):
    """Any heap in compiled code."""


class LaneType(types.Type):
    def __init__(self):
        super().__init__("lane")


class FieldType(types.Type):
    """lane.next_addrs, lane.frees, lane.room or lane.marks."""

    def __init__(self, stride):
        super().__init__(f"words of a lane, {stride} bytes apart")
        self.stride = stride


class LanesIteratorType(types.SimpleIteratorType):
    def __init__(self):
        super().__init__("iterator of lanes", LaneType())


class LanesType(types.IterableType):
    def __init__(self):
        super().__init__("lanes")

    @property
    def iterator_type(self):
        return LanesIteratorType()


LANE, LANES = LaneType(), LanesType()
FIELD, ROOM = FieldType(FIELD_STRIDE), FieldType(ROOM_STRIDE)


@register_model(LaneType)
@register_model(FieldType)
class _AddressModel(models.PrimitiveModel):
    def __init__(self, data_model_manager, numba_type):
        super().__init__(data_model_manager, numba_type, ir.IntType(64))


@register_model(LanesType)
class _LanesModel(models.StructModel):
    def __init__(self, data_model_manager, numba_type):
        super().__init__(data_model_manager, numba_type, [("addr", types.int64), ("count", types.int64)])


@register_model(LanesIteratorType)
class _LanesIteratorModel(models.StructModel):
    def __init__(self, data_model_manager, numba_type):
        members = [("addr", types.int64), ("count", types.int64), ("index", types.EphemeralPointer(types.int64))]
        super().__init__(data_model_manager, numba_type, members)


# Conversions between a type and the address in it


def _same_bits(result_type, *arg_types):
    return result_type(*arg_types), lambda context, builder, signature, args: args[0]


@intrinsic
def lane_at(typing_context, addr):
    """The lane at an address."""
    return _same_bits(LANE, types.int64)


@intrinsic
def lane_addr(typing_context, lane):
    """The address of a lane: of the word that is its lock."""
    return _same_bits(types.int64, LANE)


@intrinsic
def _field_at(typing_context, addr):
    return _same_bits(FIELD, types.int64)


@intrinsic
def words_at(typing_context, addr):
    """The words at an address, as those of a field."""
    return _same_bits(ROOM, types.int64)


@intrinsic
def _field_addr(typing_context, field):
    return _same_bits(types.int64, field)


@intrinsic
def _lanes_of(typing_context, addr, count):
    def codegen(context, builder, signature, args):
        lanes = cgutils.create_struct_proxy(LANES)(context, builder)
        lanes.addr, lanes.count = args
        return lanes._getvalue()

    return LANES(types.int64, types.int64), codegen


def _lanes_member(name):
    @intrinsic
    def member(typing_context, lanes):
        def codegen(context, builder, signature, args):
            return getattr(cgutils.create_struct_proxy(LANES)(context, builder, args[0]), name)

        return types.int64(LANES), codegen

    return member


_lanes_addr, _lanes_count = _lanes_member("addr"), _lanes_member("count")


# A thread's own lane


@compiled
def take_over(first_addr, capacity, owner):
    """Make a lane, of those from `first_addr` on, that is no thread's the own lane of `owner`, a word that is not 0.

    Returns: int64, its address; 0 when all are taken.
    """
    for addr in range(first_addr, first_addr + capacity * LANE_LEN, LANE_LEN):
        if load_word(addr + OWNER_OFFSET) == 0 and replace_word(addr + OWNER_OFFSET, 0, owner):
            return addr
    return 0


# What each kind of heap gives: see the overloads beside its type


def lanes_addr(heap):
    """Address of the first lane; overloaded by each kind of heap."""


def lane_count(heap):
    """Number of lanes; overloaded by each kind of heap."""


# Members of every heap


@overload_attribute(HeapType, "lanes")
def _heap_lanes(heap):
    return lambda heap: _lanes_of(lanes_addr(heap), lane_count(heap))


@overload_method(HeapType, "try_lock")
def _heap_try_lock(heap, lane):
    return lambda heap, lane: exchange_acquire(lane_addr(lane), 1) == 0


@overload_method(HeapType, "unlock")
def _heap_unlock(heap, lane):
    return lambda heap, lane: store_release(lane_addr(lane), 0)


@overload_method(HeapType, "load")
def _heap_load(heap, addr):
    return lambda heap, addr: load_word(addr)


@overload_method(HeapType, "store")
def _heap_store(heap, addr, word):
    return lambda heap, addr, word: store_word(addr, word)


# Lanes


@overload(len)
def _lanes_len(lanes):
    if isinstance(lanes, LanesType):
        return lambda lanes: _lanes_count(lanes)
    if isinstance(lanes, FieldType):
        return lambda lanes: CLASS_CAPACITY
    return None


@overload(operator.getitem)
def _lanes_getitem(lanes, index):
    if isinstance(lanes, LanesType):
        return lambda lanes, index: lane_at(_lanes_addr(lanes) + index * LANE_LEN)
    if isinstance(lanes, FieldType):
        stride = lanes.stride
        return lambda lanes, index: load_word(_field_addr(lanes) + index * stride)
    return None


@overload(operator.setitem)
def _lanes_setitem(field, index, addr):
    if isinstance(field, FieldType):
        stride = field.stride
        return lambda field, index, addr: store_word(_field_addr(field) + index * stride, addr)
    return None


@overload_attribute(LaneType, "next_addrs")
def _lane_next_addrs(lane):
    return lambda lane: _field_at(lane_addr(lane) + FIELDS_OFFSET)


@overload_attribute(LaneType, "frees")
def _lane_frees(lane):
    return lambda lane: _field_at(lane_addr(lane) + FIELDS_OFFSET + FREES_OFFSET)


@overload_attribute(LaneType, "room")
def _lane_room(lane):
    return lambda lane: words_at(lane_addr(lane) + ROOM_OFFSET)


@overload_attribute(LaneType, "marks")
def _lane_marks(lane):
    return lambda lane: words_at(lane_addr(lane) + MARKS_OFFSET)


@overload(operator.eq)
def _lanes_eq(lane, other):
    if isinstance(lane, LaneType) and isinstance(other, LaneType):
        return lambda lane, other: lane_addr(lane) == lane_addr(other)
    return None


@overload(operator.ne)
def _lanes_ne(lane, other):
    if isinstance(lane, LaneType) and isinstance(other, LaneType):
        return lambda lane, other: lane_addr(lane) != lane_addr(other)
    return None


def _compare_identity(operation, sign):  # Numba has an `is` for all types, so an overload would not be asked
    @lower_builtin(operation, LaneType, LaneType)
    def compare(context, builder, signature, args):
        return builder.icmp_unsigned(sign, *args)


_compare_identity(operator.is_, "==")
_compare_identity(operator.is_not, "!=")


@lower_builtin("getiter", LanesType)
def _lanes_getiter(context, builder, signature, args):
    lanes = cgutils.create_struct_proxy(LANES)(context, builder, args[0])
    iterator = cgutils.create_struct_proxy(LanesIteratorType())(context, builder)
    iterator.addr, iterator.count = lanes.addr, lanes.count
    index = cgutils.alloca_once_value(builder, ir.Constant(ir.IntType(64), 0))
    iterator.index = index
    return impl_ret_untracked(context, builder, signature.return_type, iterator._getvalue())


@lower_builtin("iternext", LanesIteratorType)
@iternext_impl(RefType.UNTRACKED)
def _lanes_iternext(context, builder, signature, args, result):
    iterator = cgutils.create_struct_proxy(LanesIteratorType())(context, builder, args[0])
    index = builder.load(iterator.index, typ=ir.IntType(64))
    in_range = builder.icmp_signed("<", index, iterator.count)
    result.set_valid(in_range)
    with builder.if_then(in_range):
        offset = builder.mul(index, ir.Constant(ir.IntType(64), LANE_LEN))
        result.yield_(builder.add(iterator.addr, offset))
        builder.store(builder.add(index, ir.Constant(ir.IntType(64), 1)), iterator.index)


# Numbers


@overload_method(types.Integer, "bit_length")
def _integer_bit_length(number):
    return lambda number: bit_length(number)
