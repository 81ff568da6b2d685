"""Every small change of the text that changes what it does must break a rule of the contract."""

import inspect

import contract
import pytest
from interpreted import Maker, slabs_lie_side_by_side
from mutants import mutants_of

from refalloc import allocator

# Mutants that do the same as the text, and why.
EQUIVALENT = {
    "constants: WORD_LEN = 8 -> WORD_LEN = 9": "only its log2, rounded down, is used",
    "alloc: search_count += 1 -> search_count += 2": "with MAX_ALLOC_SEARCH 1, one step is past the end as well as two",
}
MUTANTS = mutants_of(inspect.getsource(allocator))


def rules_broken(text):
    """The first rule that `text` breaks, or None."""
    for rule in (*contract.RULES, slabs_lie_side_by_side):
        try:
            rule(Maker(text))
        except Exception:
            return rule.__name__
    return None


def test_there_are_enough_of_them():
    assert len(MUTANTS) - len(EQUIVALENT) >= 40
    assert set(EQUIVALENT) <= {mutant.name for mutant in MUTANTS}


@pytest.mark.parametrize("mutant", MUTANTS, ids=lambda mutant: mutant.name)
def test_a_changed_text_breaks_a_rule(mutant):
    try:
        text = mutant.module(allocator.__file__)
    except Exception:
        return  # not even the constants can be computed
    broken = rules_broken(text)
    if mutant.name in EQUIVALENT:
        assert broken is None, f"it is listed as equivalent, but breaks {broken}"
    else:
        assert broken is not None, "no rule noticed"
