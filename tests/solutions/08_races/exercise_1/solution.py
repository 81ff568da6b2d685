"""Exercise 08.1, explained.

We build schedules from the front. What may come next depends on who moved last, on who has steps left, and on how many
preemptions are still allowed; so those are the arguments. Whoever has steps left may move. It costs a preemption if
somebody else moved last and could have gone on; a switch from a thread that has ended is free.

Two threads of n steps have (2n)! / (n! n!) schedules: 70 for 4 steps, 184,756 for 10. With at most two preemptions
there are 26 for 4 steps, and 182 for 10: few enough to try them all. That is why explorers have a bound. And most known
mistakes of threads need only one or two preemptions (M. Musuvathi and S. Qadeer, Iterative context bounding for
systematic testing of multithreaded programs, PLDI 2007).
"""


def schedules(step_counts, preemptions):
    def going_on(left, last, allowed):
        if not any(left):
            return [[]]
        found = []
        for thread, steps in enumerate(left):
            if steps == 0:
                continue
            cost = 1 if last is not None and thread != last and left[last] > 0 else 0
            if cost <= allowed:
                rest = [*left[:thread], steps - 1, *left[thread + 1 :]]
                found += [[thread, *tail] for tail in going_on(rest, thread, allowed - cost)]
        return found

    return going_on(step_counts, None, preemptions)
