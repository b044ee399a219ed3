"""The tables of differences."""

from collections import Counter

from poorwsgi.upgrade.table import Difference, Table, read_tables, render_unseen


def test_table_is_written_as_markdown() -> None:
    """A row of the table has the four texts of a difference."""
    row = Difference("a", before="was", now="is", why="so", todo="nothing")
    assert Table("T", "2.8", (row,)).render() == (
        "| before, 2.8 | now | why | what to do |\n"
        "|---|---|---|---|\n"
        "| was | is | so | nothing |\n"
    )


def test_unseen_is_written_as_markdown() -> None:
    """What no source shows has a table of its own."""
    seen = Difference("a", before="was", now="is", why="so", todo="look")
    unseen = Difference("b", "was", "is", "so", "look", unseen="it is elsewhere")
    assert render_unseen([Table("T", "2.8", (seen, unseen))]) == (
        "| before | what to do | why it isn't seen |\n"
        "|---|---|---|\n"
        "| was | look | it is elsewhere |\n"
    )


def test_tables_are_read_by_title() -> None:
    """Each file is a table, and lists in it are tuples."""
    tables = read_tables()
    titles = [table.title for table in tables]
    assert sorted(titles) == titles
    assert "Digest" in titles
    rows = {row.id: row for table in tables for row in table.rows}
    assert rows["fce"].uses == (
        "Request.*.getfirst(fce=)",
        "Request.*.getlist(fce=)",
    )


def test_ids_are_unique() -> None:
    """A difference is known by its name."""
    ids = Counter(row.id for table in read_tables() for row in table.rows)
    assert [name for name, count in ids.items() if count > 1] == []


def test_what_is_looked_for_has_a_remedy() -> None:
    """No line is found where there is nothing to do."""
    idle = [
        row.id
        for table in read_tables()
        for row in table.rows
        if row.uses and row.todo == "nothing"
    ]
    assert idle == []


def test_each_remedy_is_looked_for() -> None:
    """A row that asks for something is looked for, or says why it can't be seen."""
    forgotten = [
        row.id
        for table in read_tables()
        for row in table.rows
        if not row.todo.startswith("nothing")
        and bool(row.unseen) == bool(row.uses or row.look)
    ]
    assert forgotten == []
