import io

import pytest
from PIL import Image
from tables import rows_of

from refalloc.pictures.ratios import MARKS, plot_ratios


def report(peers, workloads=("hot", "random")):
    results = [
        {
            "workload": workload,
            "peer": peer,
            "cpu_ratio": 1.0 + number,
            "cpu_low": 0.9 + number,
            "cpu_high": 1.5 + number,
            "memory_ratio": 1.0,
        }
        for number, peer in enumerate(peers)
        for workload in workloads
    ]
    return {"peers": list(peers), "workloads": [{"name": name} for name in workloads], "results": results}


def test_the_plot_tells_the_means_of_each_allocator():
    picture = plot_ratios(report(["glibc", "improved", "mimalloc"]))
    assert picture.sentence.endswith("improved 2.00 and 1.00, mimalloc 3.00 and 1.00.")
    rows = rows_of(picture)
    assert [row[:2] for row in rows[1:]] == [[w, p] for p in ("improved", "mimalloc") for w in ("hot", "random")]
    assert rows[1][2:] == ["2.00", "1.90", "2.50", "1.00"]
    assert len(Image.open(io.BytesIO(picture.png)).convert("L").getcolors(1 << 16)) > 3


def test_it_grows_with_the_workloads():
    few = Image.open(io.BytesIO(plot_ratios(report(["glibc", "improved"])).png))
    many = Image.open(io.BytesIO(plot_ratios(report(["glibc", "improved"], [str(n) for n in range(20)])).png))
    assert many.height > 2 * few.height


@pytest.mark.parametrize("peers", [["glibc"], ["glibc", *map(str, range(len(MARKS) + 1))]])
def test_more_or_fewer_allocators_than_can_be_told_apart_are_refused(peers):
    with pytest.raises(ValueError, match="expected 1 to 6"):
        plot_ratios(report(peers))
