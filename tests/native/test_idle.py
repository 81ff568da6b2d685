"""Memory goes back to the system when a program has freed much, and does nothing more."""

import pytest
from libraries import build_c, require_program, run

MIB = 1 << 20
PROGRAM = r"""
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

static long resident(void) {  /* bytes; without a call of malloc */
    char text[200] = {0};
    int file = open("/proc/self/statm", O_RDONLY);
    read(file, text, sizeof text - 1);
    close(file);
    return atol(strchr(text, ' ')) * 4096;
}

int main(int argc, char **argv) {
    const char *order = argv[1];
    long size = atol(argv[2]), total = atol(argv[3]), count = total / size;
    void **blocks = mmap(0, count * sizeof *blocks, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    void *kept = malloc(size);
    memset(kept, 7, size);
    memset(blocks, 1, count * sizeof *blocks);
    long before = resident();
    if (!strcmp(order, "forked") && fork()) { int status; wait(&status); return WEXITSTATUS(status); }
    for (int phase = 0; phase < 2; phase++) {
        for (long n = 0; n < count; n++) { blocks[n] = malloc(size); memset(blocks[n], n, size); }
        long full = resident();
        if (!strcmp(order, "backwards")) for (long n = count; n--;) free(blocks[n]);
        else if (!strcmp(order, "mixed")) {
            for (long n = 0; n < count; n += 2) free(blocks[n]);
            for (long n = 1; n < count; n += 2) free(blocks[n]);
        } else for (long n = 0; n < count; n++) free(blocks[n]);
        printf("%ld %ld\n", full - before, resident() - before);
    }
    for (long n = 0; n < size; n++) if (((char *)kept)[n] != 7) return 1;
    return 0;
}
"""


@pytest.fixture(scope="module")
def program(tmp_path_factory):
    require_program("gcc", "gcc")
    return build_c(tmp_path_factory.mktemp("idle") / "program", PROGRAM)


@pytest.mark.parametrize("order", ["forwards", "backwards", "mixed", "forked"])
@pytest.mark.parametrize("size", [64, 192, 3000])
def test_what_a_program_has_freed_goes_back_without_another_call(program, order, size):
    done = run([program, order, str(size), str(100 * MIB)], "improved")
    assert (done.returncode, done.stderr) == (0, b"")
    for line in done.stdout.decode().splitlines():
        full, left = map(int, line.split())
        assert full > 95 * MIB
        assert left < 14 * MIB


def test_what_comes_back_at_once_again_and_again_is_kept_for_a_while(program):
    """Once it has cost their pages twice, they stay."""
    path = build_c(program.with_name("churn"), PROGRAM.replace("phase < 2", "phase < 12"))
    done = run([path, "forwards", "64", str(24 * MIB)], "improved")
    assert done.returncode == 0
    left = [int(line.split()[1]) for line in done.stdout.decode().splitlines()]
    assert left[0] < 14 * MIB
    assert left[1] < 14 * MIB
    assert max(left) > 20 * MIB


def test_it_goes_back_in_the_end_though_one_block_comes_and_goes_all_the_time(program):
    """To give that block back and map it again is no sign that the others went too early."""
    later = """
    for (int n = 0; n < 2500; n++) { void *one = malloc(3 * size); memset(one, 1, size); free(one); usleep(1000); }
    printf("0 %ld\\n", resident() - before);
    for (long n = 0; n < size"""
    source = PROGRAM.replace("phase < 2", "phase < 12").replace("    for (long n = 0; n < size", later.lstrip("\n"), 1)
    done = run([build_c(program.with_name("later"), source), "forwards", "100000", str(100 * MIB)], "improved")
    assert done.returncode == 0
    left = [int(line.split()[1]) for line in done.stdout.decode().splitlines()]
    assert max(left) > 90 * MIB
    assert left[-1] < 14 * MIB
