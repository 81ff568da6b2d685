"""Words of memory, the atomic steps on them, and arithmetic that wraps round, for compiled code.

Each is an intrinsic: one or two machine instructions where it is called. Addresses are int64 in bytes; Numba makes a
float64 of int64 with uint64, so nothing here is unsigned.
"""

from llvmlite import ir
from numba.core import cgutils, types
from numba.extending import intrinsic

WORD = ir.IntType(64)
WORD_PTR = ir.PointerType(WORD)
WORD_ALIGN = 8


@intrinsic
def load_word(typing_context, addr):
    """The word at `addr`. Returns int64."""

    def codegen(context, builder, signature, args):
        return builder.load(builder.inttoptr(args[0], WORD_PTR), align=WORD_ALIGN, typ=WORD)

    return types.int64(types.int64), codegen


@intrinsic
def store_word(typing_context, addr, word):
    """Set the word at `addr`."""

    def codegen(context, builder, signature, args):
        builder.store(args[1], builder.inttoptr(args[0], WORD_PTR), align=WORD_ALIGN)
        return context.get_dummy_value()

    return types.void(types.int64, types.int64), codegen


def _load_of(bits, extend):
    """load(addr): the int64 that the `bits` bits at `addr` stand for; `extend` is zext, or sext if they are signed."""

    @intrinsic
    def load(typing_context, addr):
        def codegen(context, builder, signature, args):
            part = ir.IntType(bits)
            pointer = builder.inttoptr(args[0], ir.PointerType(part))
            return getattr(builder, extend)(builder.load(pointer, align=bits // 8, typ=part), WORD)

        return types.int64(types.int64), codegen

    return load


def _store_of(bits):
    """store(addr, value): sets the `bits` bits at `addr` to the low ones of `value`."""

    @intrinsic
    def store(typing_context, addr, value):
        def codegen(context, builder, signature, args):
            part = ir.IntType(bits)
            pointer = builder.inttoptr(args[0], ir.PointerType(part))
            builder.store(builder.trunc(args[1], part), pointer, align=bits // 8)
            return context.get_dummy_value()

        return types.void(types.int64, types.int64), codegen

    return store


load_byte, load_int32 = _load_of(8, "zext"), _load_of(32, "sext")
store_byte, store_int32 = _store_of(8), _store_of(32)


def _atomic(operation, order):
    """step(addr, word): changes the word at `addr` by an LLVM `atomicrmw`, atomically. Returns int64, what it was."""

    @intrinsic
    def step(typing_context, addr, word):
        def codegen(context, builder, signature, args):
            return builder.atomic_rmw(operation, builder.inttoptr(args[0], WORD_PTR), args[1], order)

        return types.int64(types.int64, types.int64), codegen

    return step


exchange_acquire = _atomic("xchg", "acquire")  # what follows is not moved before it
or_relaxed, and_relaxed = _atomic("or", "monotonic"), _atomic("and", "monotonic")
exchange = _atomic("xchg", "acq_rel")  # nor what comes before behind it
add_relaxed, max_relaxed = _atomic("add", "monotonic"), _atomic("max", "monotonic")  # in no order with anything else


@intrinsic
def stack_addr(typing_context, length):
    """The address of `length` bytes, a literal int, on the stack: for as long as the function runs. Returns int64."""
    if not isinstance(length, types.IntegerLiteral):
        return None
    byte_count = length.literal_value

    def codegen(context, builder, signature, args):
        room = cgutils.alloca_once(builder, ir.ArrayType(ir.IntType(8), byte_count))
        return builder.ptrtoint(room, WORD)

    return types.int64(length), codegen


@intrinsic
def signal_fence(typing_context):
    """Order what comes before and behind for signal handlers of this thread: no instruction, but the compiler heeds."""

    def codegen(context, builder, signature, args):
        builder.fence("seq_cst", targetscope="singlethread")
        return context.get_dummy_value()

    return types.void(), codegen


@intrinsic
def thread_pointer(typing_context):
    """A word that no two living threads share: the address of the thread's control block. Returns int64."""

    def codegen(context, builder, signature, args):
        pointer = ir.PointerType(ir.IntType(8))
        function = builder.module.declare_intrinsic("llvm.thread.pointer", [], ir.FunctionType(pointer, []))
        return builder.ptrtoint(builder.call(function, []), WORD)

    return types.int64(), codegen


@intrinsic
def load_acquire(typing_context, addr):
    """The word at `addr`; what follows is not moved before it. Returns int64."""

    def codegen(context, builder, signature, args):
        return builder.load_atomic(builder.inttoptr(args[0], WORD_PTR), "acquire", WORD_ALIGN, typ=WORD)

    return types.int64(types.int64), codegen


@intrinsic
def store_release(typing_context, addr, word):
    """Set the word at `addr`; what comes before is not moved behind it."""

    def codegen(context, builder, signature, args):
        builder.store_atomic(args[1], builder.inttoptr(args[0], WORD_PTR), "release", WORD_ALIGN)
        return context.get_dummy_value()

    return types.void(types.int64, types.int64), codegen


@intrinsic
def replace_word(typing_context, addr, expected, word):
    """Set the word at `addr` if it is `expected`, atomically, in order with all else. Returns bool, whether it was."""

    def codegen(context, builder, signature, args):
        pointer = builder.inttoptr(args[0], WORD_PTR)
        return builder.extract_value(builder.cmpxchg(pointer, args[1], args[2], "seq_cst", "seq_cst"), 1)

    return types.boolean(types.int64, types.int64, types.int64), codegen


@intrinsic
def wrapping_sum(typing_context, number, other):
    """The low 64 bits of a sum, int64. (Of `a + b` and `a * b`, Numba has the compiler take it that they fit.)"""
    return types.int64(types.int64, types.int64), lambda context, builder, signature, args: builder.add(*args)


@intrinsic
def wrapping_product(typing_context, number, other):
    """The low 64 bits of a product. Returns int64."""
    return types.int64(types.int64, types.int64), lambda context, builder, signature, args: builder.mul(*args)


@intrinsic
def unsigned_product(typing_context, number, other):
    """Multiply words as C's size_t. Returns (int64, bool): the low 64 bits, and whether there are more."""
    result_type = types.Tuple((types.int64, types.boolean))

    def codegen(context, builder, signature, args):
        both = builder.umul_with_overflow(*args)
        return context.make_tuple(builder, result_type, [builder.extract_value(both, part) for part in (0, 1)])

    return result_type(types.int64, types.int64), codegen


@intrinsic
def bit_length(typing_context, value):
    """int.bit_length of an int64 that is not negative."""

    def codegen(context, builder, signature, args):
        leading = builder.ctlz(args[0], ir.Constant(ir.IntType(1), 0))
        return builder.sub(ir.Constant(WORD, 64), leading)

    return types.int64(types.int64), codegen


@intrinsic
def unlikely(typing_context, condition):
    """`condition`, with the hint that it is seldom true, so that what it guards is laid out of the way."""

    def codegen(context, builder, signature, args):
        bit = ir.IntType(1)
        expect = builder.module.declare_intrinsic("llvm.expect", [bit], ir.FunctionType(bit, [bit, bit]))
        return builder.call(expect, [args[0], ir.Constant(bit, 0)])

    return types.boolean(types.boolean), codegen


@intrinsic
def fill_bytes(typing_context, addr, byte, length):
    """Set `length` bytes at `addr`."""

    def codegen(context, builder, signature, args):
        byte_type = ir.IntType(8)
        pointer = builder.inttoptr(args[0], ir.PointerType(byte_type))
        memset = builder.module.declare_intrinsic("llvm.memset", [ir.PointerType(byte_type), WORD])
        builder.call(memset, [pointer, builder.trunc(args[1], byte_type), args[2], ir.Constant(ir.IntType(1), 0)])
        return context.get_dummy_value()

    return types.void(types.int64, types.int64, types.int64), codegen


@intrinsic
def copy_bytes(typing_context, to_addr, from_addr, length):
    """Copy `length` bytes between ranges that do not overlap."""

    def codegen(context, builder, signature, args):
        pointer = ir.PointerType(ir.IntType(8))
        memcpy = builder.module.declare_intrinsic("llvm.memcpy", [pointer, pointer, WORD])
        ends = [builder.inttoptr(args[0], pointer), builder.inttoptr(args[1], pointer)]
        builder.call(memcpy, [*ends, args[2], ir.Constant(ir.IntType(1), 0)])
        return context.get_dummy_value()

    return types.void(types.int64, types.int64, types.int64), codegen


@intrinsic
def symbol_addr(typing_context, name):
    """The address of a global variable or function that is linked by its name, a literal str. Returns int64."""
    if not isinstance(name, types.StringLiteral):
        return None
    symbol = name.literal_value

    def codegen(context, builder, signature, args):
        found = builder.module.globals.get(symbol)
        if found is None:
            found = ir.GlobalVariable(builder.module, ir.IntType(8), symbol)
        return builder.ptrtoint(found, WORD)

    return types.int64(name), codegen


@intrinsic
def string_addr(typing_context, text):
    """The address of the bytes of a literal str, with a zero byte behind them. Returns int64."""
    if not isinstance(text, types.StringLiteral):
        return None
    literal = text.literal_value

    def codegen(context, builder, signature, args):
        return builder.ptrtoint(context.insert_const_string(builder.module, literal), WORD)

    return types.int64(text), codegen
