"""Hold signals off, for compiled code: a handler that wants a lane of its own thread's would wait for ever."""

from numba.core import types
from numba.core.typing import signature

from refalloc.native.compiler import compiled
from refalloc.native.words import fill_bytes, stack_addr

SIGNAL_SET_LEN, _BLOCK, _SET_MASK = 128, 0, 2  # bytes, bits/types/__sigset_t.h; bits/sigaction.h

c_sigmask = types.ExternalFunction("pthread_sigmask", signature(types.int32, types.int32, types.int64, types.int64))


@compiled
def block_signals(kept_mask):
    """Let no signal come to this thread. Args: kept_mask: address of SIGNAL_SET_LEN bytes, for the mask until now."""
    every_signal = stack_addr(SIGNAL_SET_LEN)
    fill_bytes(every_signal, 0xFF, SIGNAL_SET_LEN)
    c_sigmask(_BLOCK, every_signal, kept_mask)


@compiled
def restore_signals(kept_mask):
    """Undo block_signals."""
    c_sigmask(_SET_MASK, kept_mask, 0)
