import pytest

from guide.annotation import annotate, read_reasons, unexplained
from guide.markup import text_of

FILE = '<span class="filename">script/a.sh</span><pre><span></span><code>{}</code></pre>'
SCRIPT = (
    "mkdir<span> </span>-p<span> </span>/etc/a\n"
    "[<span> </span>-e<span> </span>/etc/a<span> </span>]\n"
    "systemd-run<span> </span>--quiet<span> </span>--property<span>=</span>Type<span>=</span>notify<span> </span>\\\n"
    "    server<span> </span>--quiet<span> </span>--data-dir<span>=</span>/a<span> </span>&amp;&amp;\n"
    "    echo<span> </span>&quot;its log: journalctl -u a&quot;\n"
    "# not --here\n"
)
ROWS = {
    "mkdir -p": "makes parents",
    "systemd-run --quiet": "says &lt;nothing&gt;",
    "server --quiet": "is &quot;still&quot;",
    "--property=Type=notify": "says when it is <strong>ready</strong>",
    "--property=Type=simple": "another",
    "--data-dir": "where",
}


def table(rows, head=("option", "value", "why")):
    cells = "".join(f"<th>{name}</th>" for name in head)
    lines = "".join(
        f"<tr>\n<td><code>{key}</code></td>\n<td><code>x</code></td>\n<td>{why}</td>\n</tr>"
        for key, why in rows.items()
    )
    return f"<table><thead><tr>{cells}</tr></thead><tbody>{lines}</tbody></table>"


def shown(content):
    """Give the options that have a reason, with it."""
    return [part.split("</abbr>")[0].split(">") for part in content.split('title="')[1:]]


def test_each_option_gets_the_reason_of_its_command_and_value():
    page = FILE.format(SCRIPT) + table(ROWS)
    made = annotate(page, read_reasons(page), {})
    assert shown(made) == [
        ['makes parents"', "-p"],
        ['says &lt;nothing&gt;"', "--quiet"],
        ['says when it is ready"', "--property"],
        ['is &quot;still&quot;"', "--quiet"],
        ['where"', "--data-dir"],
    ]
    assert text_of(made) == text_of(page)


def test_of_several_rows_for_an_option_the_one_with_its_value_counts():
    page = FILE.format("run<span> </span>--property<span>=</span>B<span> </span>--property<span>=</span>A")
    rows = "".join(f"<tr><td><code>--property</code></td><td><code>{v}</code></td><td>{v}s</td></tr>" for v in "AB")
    page += table({}).replace("<tbody>", f"<tbody>{rows}")
    assert shown(annotate(page, read_reasons(page), {})) == [['Bs"', "--property"], ['As"', "--property"]]


def test_what_the_page_says_counts_before_what_others_say():
    page = FILE.format("server<span> </span>--data-dir")
    others = read_reasons(page + table({"--data-dir": "there"}))
    assert shown(annotate(page, {}, others)) == [['there"', "--data-dir"]]
    assert shown(annotate(page, read_reasons(page + table({"--data-dir": "here"})), others)) == [
        ['here"', "--data-dir"]
    ]


@pytest.mark.parametrize(
    "after",
    [
        table({"--data-dir": "where"}, ("field", "value", "why")),
        "<h2>Next</h2>" + table({"--data-dir": "where"}),
        table({"--data": "where"}),
        table({"--data-dir-of": "where"}),
        table({"client --data-dir": "where"}),
    ],
    ids=["of fields", "below another heading", "shorter", "longer", "of another command"],
)
def test_other_tables_give_no_reasons(after):
    page = FILE.format("server<span> </span>--data-dir<span>=</span>/a") + after
    assert annotate(page, read_reasons(page), {}) == page
    assert unexplained(page, read_reasons(page), {}) == [("script/a.sh", "--data-dir")]


def test_one_table_may_tell_of_several_files_above_it_but_not_of_those_before_another_table():
    first, second, third = (FILE.replace("a.sh", f"{name}.sh").format("") for name in "abc")
    found = read_reasons(first + table({"-a": "a"}) + second + third + table({"-b": "b"}))
    assert {file: [each.why for each in reasons] for file, reasons in found.items()} == {
        "script/a.sh": ["a"],
        "script/b.sh": ["b"],
        "script/c.sh": ["b"],
    }
