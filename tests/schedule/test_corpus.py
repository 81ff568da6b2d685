"""Every wrong allocator of the corpus is convicted by a schedule that replays; no right one is; with and without
reduction."""

import corpus
import pytest

from refalloc.schedule import explore, replay


def options_of(variant):
    return {**corpus.SCENARIOS[variant.scenario], **variant.options, "text": variant.module()}


def test_the_corpus_is_as_large_as_it_should_be():
    names = [variant.name for variant in corpus.WRONG + corpus.RIGHT]
    assert len(set(names)) == len(names)
    assert len(corpus.WRONG) >= 30
    assert len(corpus.RIGHT) >= 10
    convictions = set().union(*(variant.kinds for variant in corpus.WRONG))
    assert convictions >= {"data race", "double hand-out", "overlapping blocks", "deadlock", "livelock", "lock kept"}


@pytest.mark.parametrize("variant", corpus.WRONG, ids=lambda variant: variant.name)
def test_a_wrong_allocator_is_convicted_by_a_schedule_that_replays(variant):
    options = options_of(variant)
    failure = explore(**options).failure
    assert failure is not None
    assert failure.verdict.kind in variant.kinds, failure
    again = replay(failure.schedule, **options)
    assert again.verdict == failure.verdict
    assert again.schedule == failure.schedule
    assert (again.recording.events == failure.recording.events).all()


@pytest.mark.parametrize("variant", corpus.WRONG, ids=lambda variant: variant.name)
def test_the_plain_search_convicts_it_of_the_same(variant):
    options = options_of(variant)
    reduced, plain = explore(**options), explore(reduces=False, **options)
    assert plain.failure is not None
    assert plain.failure.verdict.kind == reduced.failure.verdict.kind
    assert plain.failure.preemptions == reduced.failure.preemptions
    assert len(plain.failure.schedule) == len(reduced.failure.schedule)


@pytest.mark.parametrize("scenario", corpus.SCENARIOS)
@pytest.mark.parametrize("variant", corpus.RIGHT, ids=lambda variant: variant.name)
def test_a_right_allocator_is_not_convicted(variant, scenario):
    options = {**corpus.SCENARIOS[scenario], "text": variant.module()}
    reduced = explore(**options)
    reduced.assert_ok()
    assert reduced.is_exhaustive
    plain = explore(reduces=False, **options)
    plain.assert_ok()
    assert plain.run_count >= reduced.run_count
