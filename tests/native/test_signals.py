"""A signal's handler that allocates, at the worst moments: in a calloc, and in a fork. C leaves these undefined."""

import pytest
from libraries import build_c, require_program, run

PROGRAM = r"""
#include <malloc.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>

static const struct itimerval soon = {{0, 0}, {0, 200}}, never;
static long size;
static volatile long handled;

static void handle(int number) {
    for (int n = 0; n < 2; n++) { void *block = malloc(size); memset(block, 0xFF, size); free(block); }
    handled++;
    setitimer(ITIMER_REAL, &soon, 0);  /* not before: else a slow handler would be all that runs */
}

int main(int argc, char **argv) {
    size = atol(argv[2]);
    signal(SIGALRM, handle);
    setitimer(ITIMER_REAL, &soon, 0);
    if (!strcmp(argv[1], "calloc")) {
        static unsigned char *blocks[400];
        for (long most = size < 50000 ? 8000 : 500; handled < most; malloc_trim(0)) {  /* so that pages are mapped */
            for (int k = 0; k < 400; k++) {
                blocks[k] = calloc(1, size);
                for (long n = 0; n < size; n += 512) if (blocks[k][n]) return 1;
            }
            for (int k = 0; k < 400; k++) { memset(blocks[k], 0xFF, size); free(blocks[k]); }
        }
    } else {
        for (int n = 0; n < 300 || handled < 100; n++) {
            int pid = fork(), status = 0;
            if (pid == 0) { void *block = malloc(size); memset(block, 1, size); free(block); _exit(0); }
            while (waitpid(pid, &status, 0) != pid);
            if (status) return 1;
        }
    }
    setitimer(ITIMER_REAL, &never, 0);
    return 0;
}
"""


@pytest.fixture(scope="module")
def program(tmp_path_factory):
    require_program("gcc", "gcc")
    return build_c(tmp_path_factory.mktemp("signals") / "program", PROGRAM)


@pytest.mark.parametrize("name", ["reference", "improved"])
@pytest.mark.parametrize("size", [100, 45_000, 300_000])
@pytest.mark.parametrize("what", ["calloc", "fork"])
def test_a_handler_that_allocates_harms_neither_a_calloc_nor_a_fork(program, what, size, name):
    done = run([program, what, str(size)], name, REFALLOC_LANES="2")
    assert (done.returncode, done.stderr) == (0, b"")
