"""Attacks get no mark, leave nothing behind, and never keep a report from being written."""

import os
import platform

import pytest
from grader.attacks import ALL, EARNED, PROTOCOL, STUDIED, aimed

# What a cage without a process-id namespace must hold too.
IN_EVERY_CAGE = (
    *STUDIED,
    *PROTOCOL,
    "signals_the_judge",
    "kills_its_parent",
    "reads_other_processes",
    "reads_the_secret",
    "reads_shadow",
    "abstract_socket",
    "enters_a_user_namespace",
    "shared_memory_that_stays",
    "runs_a_program_from_memory",
    "becomes_root",
    "uses_inherited_files",
    "writes_into_the_worker_that_forks",
    "renices_the_judge",
    "pins_the_judge",
    "limits_the_judge",
    "plants_a_key",
    "userfaultfd",
    "sends_descriptors_to_the_judge",
    "patches_the_protocol",
    "fills_memory_with_files",
)


@pytest.fixture
def attack(judge, listener, tmp_path, nothing_left):
    """attack(name, level) is the report of an attack, once it is sure that nothing was reached."""
    secret = tmp_path / "secret"
    secret.write_text("the hidden tests")
    secret.chmod(0o600)
    port, callers = listener

    def run(name, level):
        answer = aimed(ALL[name], {"port": port, "pid": os.getpid(), "secret": secret})
        report = judge(answer, level, seconds=0.7, wall_factor=2)
        assert len(report["tests"]) == 5
        assert callers == []
        assert secret.read_text() == "the hidden tests"
        return report

    return run


@pytest.mark.parametrize("name", ALL)
def test_an_attack_gets_no_more_than_it_earns(attack, bwrap, name):
    if name == "clones_into_a_namespace" and platform.machine() != "x86_64":
        pytest.fail("the attack needs this machine's number of clone")
    report = attack(name, bwrap)
    assert report["points"] == EARNED.get(name, 0), report["tests"]
    assert report["outcome"] != "correct"


@pytest.mark.parametrize("name", IN_EVERY_CAGE)
def test_an_attack_gets_no_more_in_a_cage_without_namespaces(attack, landlock, name):
    report = attack(name, landlock)
    assert report["points"] == EARNED.get(name, 0), report["tests"]
    assert report["outcome"] != "correct"


def test_an_attack_on_one_test_does_not_cost_another_its_points(judge, bwrap):
    answer = """
def size_class_index(length, alignment):
    if (length, alignment) == (8, 8):
        import os, signal
        os.kill(-1, signal.SIGKILL)
        os._exit(0)
    return max((length - 1).bit_length(), alignment.bit_length() - 1, 3) - 3
"""
    outcomes = [test["outcome"] for test in judge(answer, bwrap)["tests"]]
    assert outcomes == ["correct", "crashed", "correct", "correct", "crashed"]


def test_markup_and_control_characters_of_an_answer_are_plain_text(judge, bwrap):
    message = judge(ALL["message_with_markup"], bwrap)["tests"][0]["message"]
    assert "<script>" in message  # a page escapes it; see test_report
    assert "\x1b" not in message
    message.encode("utf-8")
