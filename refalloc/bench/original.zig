//! The original, behind C's malloc interface, to be measured beside the text.
//!
//! std.heap.smp_allocator wants the length at free; C has none. As in refalloc/native/chunks.py, a table of two levels
//! with an entry for each 64 KiB of address space answers it: log2 of the slots of a slab, or 64 and the pages of a
//! large block, which is aligned to 64 KiB for that.

const std = @import("std");
const allocator = std.heap.smp_allocator;
const slab_log2 = 16;
const large_from = 32768;

const Leaf = [1 << 16]u32;
var root: [1 << 15]std.atomic.Value(?*Leaf) = @splat(.init(null));

/// The entry for an address that was handed out before.
inline fn entryOf(addr: [*]u8) *u32 {
    const chunk = @intFromPtr(addr) >> slab_log2;
    return &root[chunk >> 16].load(.acquire).?[chunk & 0xffff];
}

/// The same for one that may be the first of its 4 GiB.
inline fn newEntryOf(addr: [*]u8) ?*u32 {
    const chunk = @intFromPtr(addr) >> slab_log2;
    const slot = &root[chunk >> 16];
    if (slot.load(.acquire) == null) {
        const leaf = std.heap.page_allocator.create(Leaf) catch return null;
        if (slot.cmpxchgStrong(null, leaf, .acq_rel, .acquire) != null) std.heap.page_allocator.destroy(leaf);
    }
    return &slot.load(.acquire).?[chunk & 0xffff];
}

fn log2Ceil(length: usize) u6 {
    return @intCast(@bitSizeOf(usize) - @clz(length - 1));
}

fn allocate(asked: usize, alignment_log2: u6) ?[*]u8 {
    const length = @max(asked, 16);
    const log2 = @max(log2Ceil(length), alignment_log2);
    if (length > large_from or log2 > 15) {
        if (length >> 47 != 0) return null;
        const large_log2 = @max(alignment_log2, slab_log2);
        const addr = allocator.rawAlloc(length, @enumFromInt(large_log2), 0) orelse return null;
        const pages: u32 = @intCast((length + 4095) / 4096);
        (newEntryOf(addr) orelse return null).* = 64 + pages;
        return addr;
    }
    const addr = allocator.rawAlloc(@as(usize, 1) << log2, @enumFromInt(alignment_log2), 0) orelse return null;
    const entry = newEntryOf(addr) orelse return null;
    if (entry.* == 0) entry.* = log2;
    return addr;
}

fn lengthOf(addr: [*]u8) usize {
    const entry = entryOf(addr).*;
    return if (entry > 64) @as(usize, entry - 64) * 4096 else @as(usize, 1) << @intCast(entry);
}

export fn malloc(length: usize) ?[*]u8 {
    return allocate(length, 4);
}

export fn free(maybe: ?[*]u8) void {
    const addr = maybe orelse return;
    const entry = entryOf(addr);
    if (entry.* > 64) {
        const length = @as(usize, entry.* - 64) * 4096;
        entry.* = 0;
        allocator.rawFree(addr[0..length], @enumFromInt(slab_log2), 0);
    } else allocator.rawFree(addr[0 .. @as(usize, 1) << @intCast(entry.*)], @enumFromInt(4), 0);
}

export fn calloc(count: usize, size: usize) ?[*]u8 {
    const length = std.math.mul(usize, count, size) catch return null;
    const addr = allocate(length, 4) orelse return null;
    if (length <= large_from) @memset(addr[0..length], 0);
    return addr;
}

export fn realloc(maybe: ?[*]u8, length: usize) ?[*]u8 {
    const addr = maybe orelse return malloc(length);
    if (length == 0) {
        free(addr);
        return null;
    }
    const old = lengthOf(addr);
    if (length <= old and length > old / 2) return addr;
    const new = malloc(length) orelse return null;
    const kept = @min(old, length);
    @memcpy(new[0..kept], addr[0..kept]);
    free(addr);
    return new;
}

export fn aligned_alloc(alignment: usize, length: usize) ?[*]u8 {
    return allocate(length, log2Ceil(@max(alignment, 2)));
}

export fn memalign(alignment: usize, length: usize) ?[*]u8 {
    return aligned_alloc(alignment, length);
}

export fn posix_memalign(result: *?[*]u8, alignment: usize, length: usize) c_int {
    result.* = aligned_alloc(alignment, length) orelse return 12;
    return 0;
}

export fn malloc_usable_size(maybe: ?[*]u8) usize {
    return lengthOf(maybe orelse return 0);
}
