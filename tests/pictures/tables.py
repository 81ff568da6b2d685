"""What the HTML of a picture's table says."""

from html.parser import HTMLParser


class TableReader(HTMLParser):
    """Attributes: rows: list of lists of str, the heads first; is_folded: bool; outside: str, text not in the table."""

    def __init__(self, html):
        super().__init__()
        self.rows, self.outside, self.is_folded, self._in_cell = [], "", False, False
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        self.is_folded |= tag == "details" and not attrs
        if tag == "tr":
            self.rows.append([])
        if tag in ("th", "td"):
            self.rows[-1].append("")
            self._in_cell = True
            assert (("scope", "col") in attrs) == (tag == "th")

    def handle_endtag(self, tag):
        self._in_cell &= tag not in ("th", "td")

    def handle_data(self, data):
        if self._in_cell:
            self.rows[-1][-1] += data
        else:
            self.outside += data


def rows_of(picture):
    """The rows that a notebook shows for a plot, the heads first; proved whole, and beside its sentence."""
    told = TableReader(picture.table_html())
    assert told.is_folded
    assert picture.sentence in told.outside
    assert len({len(row) for row in told.rows}) == 1, "each row has a cell for each column"
    assert told.rows == [picture.table.columns, *picture.table.rows]
    return told.rows
