import io

import pytest
from IPython.core.displaypub import CapturingDisplayPublisher
from IPython.core.interactiveshell import InteractiveShell
from PIL import Image
from tables import TableReader, rows_of

from refalloc.pictures.plots import plot_slots, plot_stairs, plot_waste

POWERS = [8, 16, 32, 64, 128, 256]
PICTURES = {
    "slots": lambda: plot_slots(32, [20, 32, 9]),
    "stairs": lambda: plot_stairs({"double": POWERS, "all": list(range(8, 257, 8))}, 256),
    "waste": lambda: plot_waste({"gcc": {"double": 1.5, "fine": 1.25}, "perl": {"double": 1.75, "fine": 1.0}}),
}


@pytest.mark.parametrize("name", PICTURES)
def test_a_picture_is_a_small_png_and_a_sentence(name):
    picture = PICTURES[name]()
    data, metadata = picture._repr_mimebundle_()
    image = Image.open(io.BytesIO(data["image/png"]))
    assert image.width >= 700
    assert len(data["image/png"]) < 15_000
    assert data["text/plain"] == metadata["image/png"]["alt"] == repr(picture)
    assert repr(picture).endswith(".")


@pytest.mark.parametrize("name", PICTURES)
def test_the_same_facts_give_the_same_picture(name):
    assert PICTURES[name]().png == PICTURES[name]().png


def colour_share(png, colour):
    """The share of a picture's points that have nearly this colour."""
    image = Image.open(io.BytesIO(png)).convert("RGB")
    near = sum(
        count
        for count, found in image.getcolors(1 << 24)
        if all(abs(a - b) <= 12 for a, b in zip(found, colour, strict=True))
    )
    return near / (image.width * image.height)


def test_blocks_are_drawn_to_scale():
    blue = (0x00, 0x72, 0xB2)
    full, half = (colour_share(plot_slots(64, [asked, asked]).png, blue) for asked in (64, 32))
    assert half == pytest.approx(full / 2, rel=0.05)


def test_sentences_hold_the_facts():
    assert repr(PICTURES["slots"]()).startswith("3 slots of 32 bytes side by side: 20 asked for, 12 wasted")
    assert "double: 8, 16, 32, 64, 128, 256;" in repr(PICTURES["stairs"]())
    assert "perl: 1.75 with double, 1.00 with fine" in repr(PICTURES["waste"]())


def test_what_cannot_be_drawn_is_told():
    with pytest.raises(ValueError, match="a block of 33 bytes is not one of 1 to 32"):
        plot_slots(32, [33])
    with pytest.raises(ValueError, match="the last slot, 256 bytes, does not hold a length of 257"):
        plot_stairs({"double": POWERS}, 257)
    with pytest.raises(ValueError, match="0 tables of slots; expected 1 to 3"):
        plot_stairs({}, 256)


def test_tables_hold_the_facts():
    assert rows_of(PICTURES["slots"]()) == [
        ["slot", "from byte", "bytes asked for", "bytes wasted"],
        ["0", "0", "20", "12"],
        ["1", "32", "32", "0"],
        ["2", "64", "9", "23"],
    ]
    assert rows_of(plot_stairs({"double": POWERS, "fine": [8, 12, 16, 64, 256]}, 20)) == [
        ["bytes asked for", "bytes given, double", "bytes given, fine"],
        ["1 to 8", "8", "8"],
        ["9 to 12", "16", "12"],
        ["13 to 16", "16", "16"],
        ["17 to 20", "32", "64"],
    ]
    assert rows_of(PICTURES["waste"]()) == [
        ["bytes given for each asked for", "double", "fine"],
        ["gcc", "1.50", "1.25"],
        ["perl", "1.75", "1.00"],
    ]


def test_a_notebook_gets_the_picture_and_then_its_table(monkeypatch):
    shell = InteractiveShell.instance()
    shown = CapturingDisplayPublisher()
    monkeypatch.setattr(shell, "display_pub", shown)
    picture = PICTURES["waste"]()
    shell.display_formatter.format(picture)
    first, second = shown.outputs
    assert (first["data"], first["metadata"]) == picture._repr_mimebundle_()
    assert {*second["data"]} == {"text/html"}, "nothing for a terminal, which has shown the sentence"
    assert TableReader(second["data"]["text/html"]).rows == rows_of(picture)


def test_names_in_a_table_are_text_and_not_html():
    picture = plot_waste({"<b>gcc</b> & co": {'"double"': 1.5}})
    assert rows_of(picture)[1:] == [["<b>gcc</b> & co", "1.50"]]
    assert "<b>" not in picture.table_html()
