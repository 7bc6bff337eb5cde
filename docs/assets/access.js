// What the theme leaves out for screen readers and keyboards.
(() => {
  // Where site.css makes lists of rows, on a phone, a table is still one to a screen reader, and each cell has its column's name.
  function name(table) {
    const columns = [...table.querySelectorAll("thead th")].map((column) => column.textContent);
    const roles = { thead: "rowgroup", tbody: "rowgroup", tr: "row", th: "columnheader", td: "cell" };
    table.setAttribute("role", "table");
    for (const [tag, role] of Object.entries(roles)) {
      for (const part of table.querySelectorAll(tag)) part.setAttribute("role", role);
    }
    for (const cell of table.querySelectorAll("tbody td")) cell.dataset.label = columns[cell.cellIndex] ?? "";
  }

  function start() {
    document.querySelector(".md-search[role=dialog]")?.setAttribute("aria-label", "Search");
    for (const table of document.querySelectorAll(".md-typeset__table > table")) name(table);
    for (const table of document.querySelectorAll(".md-typeset__scrollwrap")) {
      if (table.scrollWidth <= table.clientWidth) continue;
      table.tabIndex = 0;
      table.setAttribute("role", "region");
      table.setAttribute("aria-label", "Table");
    }
  }

  if (window.document$) window.document$.subscribe(start);
  else addEventListener("DOMContentLoaded", start);
})();
