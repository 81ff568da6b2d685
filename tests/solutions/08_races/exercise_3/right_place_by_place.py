def unguarded(events):
    locks = {thing for _, what, thing in events if what in ("lock", "unlock")}
    uses = [(number, *event) for number, event in enumerate(events) if event[1] in ("read", "write")]
    bad = []
    for place in sorted({use[3] for use in uses}):
        mine = [use for use in uses if use[3] == place]
        threads = {use[1] for use in mine}
        if len(threads) == 1 or all(use[2] == "read" for use in mine):
            continue
        if not any(all(holds(events, use[0], use[1], lock) for use in mine) for lock in locks):
            bad.append(place)
    return bad


def holds(events, number, thread, lock):
    for who, what, thing in reversed(events[:number]):
        if who == thread and thing == lock and what in ("lock", "unlock"):
            return what == "lock"
    return False
