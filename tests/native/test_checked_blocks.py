"""A library with REFALLOC_CHECK=1: small programs in C that do one wrong thing, and sound ones."""

import re
import sys

import pytest
from libraries import build_c, require_program, run

FAULTS = """
#include <malloc.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int main(int argc, char **argv) {
    const char *fault = argv[1];
    size_t size = strtoul(argv[2], 0, 10);
    int is(const char *name) { return strcmp(fault, name) == 0; }
    volatile char *kept = malloc(size), *block = malloc(size), *other;
    memset((char *)kept, 1, size);
    memset((char *)block, 2, size);
    if (is("double free")) { free((void *)block); free((void *)block); }
    if (is("double free, much later")) {
        free((void *)block);
        for (int n = 0; n < 20000; n++) free(malloc(size + 400));
        free((void *)block);
    }
    if (is("double free by realloc")) { other = realloc((void *)block, 2 * size); free((void *)block); }
    if (is("overrun by one")) { block[size] = 0; free((void *)block); }
    if (is("overrun, seen by realloc")) { block[size + 3] = 7; block = realloc((void *)block, size + 1); }
    if (is("underrun")) { block[-1] = 0; free((void *)block); }
    if (is("use after free")) {
        free((void *)block);
        block[5] = 1;
        for (int n = 0; n < 20000; n++) free(malloc(size));
    }
    if (is("use after free, seen at the end")) { free((void *)block); block[size - 1] = 1; }
    if (is("inside")) free((void *)(block + 32));
    if (is("odd")) free((void *)(block + 1));
    if (is("foreign")) { char local[64]; free((void *)((uintptr_t)(local + 15) & -16)); }
    if (is("foreign to realloc")) { static char table[64]; block = realloc(table + 16, 10); }
    if (is("foreign to malloc_usable_size")) { static char table[64]; return malloc_usable_size(table + 16) == 3; }
    puts("ended");
    return 0;
}
"""
SOUND = """
#include <malloc.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static uint64_t state = 1;
static uint64_t next(void) { return (state = state * 6364136223846793005u + 1442695040888963407u) >> 20; }

int main(void) {
    static struct { unsigned char *addr; size_t size; unsigned char byte; } live[500];
    for (int step = 0; step < 200000; step++) {
        int n = next() % 500;
        for (size_t i = 0; live[n].addr && i < live[n].size; i += 1 + live[n].size / 64)
            if (live[n].addr[i] != live[n].byte) return 1;
        size_t size = next() % 100 ? next() % 2000 : next() % 500000;
        void *addr = live[n].addr;
        switch (next() % 6) {
        case 0: addr = realloc(addr, size + 1); break;
        case 1: free(addr); addr = calloc(1, size);
                for (size_t i = 0; i < size; i++) if (((char *)addr)[i]) return 2;
                break;
        case 2: free(addr); if (posix_memalign(&addr, (size_t)8 << next() % 14, size)) return 3; break;
        case 3: free(addr); addr = aligned_alloc((size_t)1 << next() % 19, size); break;
        case 4: free(addr); addr = 0; size = 0; break;
        default: free(addr); addr = malloc(size);
        }
        if (addr && malloc_usable_size(addr) < size) return 4;
        live[n].addr = addr;
        live[n].size = addr ? size : 0;
        live[n].byte = (unsigned char)step;
        if (addr) memset(addr, step, size);
    }
    for (int n = 0; n < 500; n++) free(live[n].addr);
    puts("sound");
    return 0;
}
"""
SIZE_CLASS = r" in the size class of (\d+) bytes, guards included"


def _compiled(source, folder):
    require_program("gcc", "gcc")
    return build_c(folder / "program", source)


@pytest.fixture(scope="module")
def faults(tmp_path_factory):
    return _compiled(FAULTS, tmp_path_factory.mktemp("faults"))


@pytest.mark.parametrize("name", ["reference", "improved"])
@pytest.mark.parametrize(
    ("fault", "said"),
    [
        ("double free", r"double free: free\(ADDR\): a block of 40 bytesCLASS"),
        ("double free, much later", r"double free: free\(ADDR\): a blockCLASS"),
        ("double free by realloc", r"double free: free\(ADDR\): a block of 40 bytesCLASS"),
        ("overrun by one", r"overrun: free\(ADDR\): a block of 40 bytesCLASS; its byte 40 was written"),
        ("overrun, seen by realloc", r"overrun: realloc\(ADDR\): a block of 40 bytesCLASS; its byte 43 was written"),
        ("underrun", r"overrun, or foreign pointer: free\(ADDR\): the bytes before it .* inside a blockCLASS"),
        ("use after free", r"use after free: a write after free\(ADDR\): a block of 40 bytesCLASS; its byte 5 was .*"),
        (
            "use after free, seen at the end",
            r"use after free: a write after free\(ADDR\): a block of 40 bytesCLASS; its byte 39 was written",
        ),
        ("inside", r"overrun, or foreign pointer: free\(ADDR\): .* inside a blockCLASS"),
        ("odd", r"free\(ADDR\): not a block of this allocator.*"),
        ("foreign", r"free\(ADDR\): not a block of this allocator.*"),
        ("foreign to realloc", r"realloc\(ADDR\): not a block of this allocator.*"),
        ("foreign to malloc_usable_size", r"malloc_usable_size\(ADDR\): not a block of this allocator.*"),
    ],
)
def test_what_is_wrong_ends_the_program_with_one_line(faults, name, fault, said):
    done = run([faults, fault, "40"], name, REFALLOC_CHECK="1")
    pattern = "refalloc: " + said.replace("ADDR", "0x[0-9a-f]+").replace("CLASS", SIZE_CLASS) + "\n"
    told = re.fullmatch(pattern, done.stderr.decode())
    assert told, done.stderr
    assert done.returncode == -6
    if told.groups():
        assert 40 + 32 <= int(told[1]) <= 2 * (40 + 32)


@pytest.mark.parametrize(
    ("fault", "said"),
    [
        ("double free", r"double free: free\(ADDR\): a block of 100000 bytes, mapped on its own"),
        ("overrun by one", r"overrun: .* a block of 100000 bytes, mapped on its own; its byte 100000 was written"),
        (
            "use after free, seen at the end",
            r"use after free: .* of 100000 bytes, mapped .*; its byte 99999 was written",
        ),
    ],
)
def test_large_blocks_are_checked_too(faults, fault, said):
    done = run([faults, fault, "100000"], "reference", REFALLOC_CHECK="1")
    assert re.fullmatch("refalloc: " + said.replace("ADDR", "0x[0-9a-f]+") + "\n", done.stderr.decode()), done.stderr


def test_a_very_long_block_is_gone_when_it_is_freed_again(faults):
    done = run([faults, "double free", "30000000"], "improved", REFALLOC_CHECK="1")
    assert done.returncode == -6
    assert b"not a block of this allocator, or a large one freed already" in done.stderr


@pytest.mark.parametrize("name", ["reference", "improved", "learner"])
def test_a_program_without_faults_runs_clean(name, tmp_path):
    done = run([_compiled(SOUND, tmp_path)], name, REFALLOC_CHECK="1")
    assert (done.returncode, done.stdout, done.stderr) == (0, b"sound\n", b"")


@pytest.mark.parametrize("settings", [{}, {"REFALLOC_CHECK": "0"}, {"REFALLOC_CHECK": ""}])
def test_nothing_is_checked_unless_it_is_asked_for(faults, settings):
    done = run([faults, "overrun by one", "40"], "reference", **settings)
    assert (done.returncode, done.stdout, done.stderr) == (0, b"ended\n", b"")


def test_checks_and_statistics_go_together(faults):
    done = run([faults, "none", "40"], "improved", REFALLOC_CHECK="1", REFALLOC_STATS="1")
    assert done.returncode == 0
    assert int(re.search(rb"(\d+) mallocs", done.stderr)[1]) >= 2


@pytest.mark.parametrize("name", ["reference", "improved"])
@pytest.mark.parametrize(
    ("command", "stdin"),
    [
        (["sh", "-c", "ls -lR /etc | sort | uniq -c | sort -n | tail -3"], b""),
        (["gcc", "-x", "c", "-O2", "-S", "-o", "-", "-"], SOUND.encode()),
        (["perl", "-e", 'my %h; push @{$h{$_ % 97}}, "x" x $_ for 1..3000; print scalar keys %h'], b""),
        (["xz", "-T2", "-1", "-c"], b"abc" * 200_000),
        ([sys.executable, "-c", "import json; print(len(json.dumps([{str(n): [n]} for n in range(20000)])))"], b""),
    ],
    ids=["shell", "gcc", "perl", "xz", "python"],
)
def test_real_programs_are_clean_and_do_the_same(name, command, stdin):
    require_program(command[0], {"xz": "xz-utils"}.get(command[0], command[0]))
    plain = run(command, stdin=stdin)
    done = run(command, name, stdin=stdin, REFALLOC_CHECK="1")
    assert (done.returncode, done.stderr) == (0, plain.stderr)
    assert done.stdout == plain.stdout


def test_threads_that_free_each_others_blocks_and_fork_are_clean():
    script = """
import os, threading, queue
ring, done = queue.SimpleQueue(), []
def produce():
    for n in range(20000): ring.put(bytearray(n % 700))
    ring.put(None)
def consume():
    count = 0
    while (block := ring.get()) is not None: count += len(block) >= 0
    done.append(count)
threads = [threading.Thread(target=work) for work in (produce, consume, produce, consume)]
for thread in threads: thread.start()
for _ in range(20):
    if (pid := os.fork()) == 0:
        kept = [bytearray(n) for n in range(500)]
        os._exit(0)
    assert os.waitpid(pid, 0)[1] == 0
for thread in threads: thread.join()
print(sum(done))
"""
    done = run([sys.executable, "-W", "ignore", "-c", script], "improved", REFALLOC_CHECK="1")
    assert (done.returncode, done.stdout, done.stderr) == (0, b"40000\n", b"")
