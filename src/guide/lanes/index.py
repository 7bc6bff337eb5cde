"""The page that leads to the reports of several lanes."""

from collections.abc import Sequence

import jinja2

from guide.console import duration
from guide.lanes.board import Progress

PAGE = """\
<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><title>Lanes</title>
<style>
body { font: 16px/1.5 system-ui, sans-serif; margin: 2rem auto; max-width: 60rem; padding: 0 1rem; }
td, th { border-bottom: 1px solid #8884; padding: .3rem 1rem .3rem 0; text-align: left; }
:root { color-scheme: light dark; }
</style></head>
<body>
<h1>Lanes</h1>
<table>
<tr><th>lane</th><th>result</th><th>steps</th><th>time</th></tr>
{% for lane in lanes %}
<tr>
<td>
{% if lane.counts %}<a href="{{ lane.name }}/index.html">{{ lane.name }}</a>
{% else %}{{ lane.name }}{% endif %}
</td>
<td>{{ lane.word }}</td><td>{{ lane.summary }}</td><td>{{ duration(lane.seconds) }}</td>
</tr>
{% endfor %}
</table>
</body>
</html>
"""


def index(lanes: Sequence[Progress]) -> str:
    """Give the page."""
    template = jinja2.Environment(autoescape=True, undefined=jinja2.StrictUndefined).from_string(PAGE)
    return template.render(lanes=lanes, duration=duration)
