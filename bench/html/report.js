"use strict";
// Sorts, filters and colours the page. Without it everything is there, only not to be moved.
(function () {
  var tables = Array.from(document.querySelectorAll("table[data-sort]"));
  var filter = document.getElementById("filter");
  var spin = document.getElementById("spin");
  var theme = document.getElementById("theme");
  var count = document.getElementById("count");
  var rows = [];

  function text(node) {
    return node.textContent.trim();
  }

  // Where a table has a column of this name, or -1.
  function column(table, name) {
    return Array.from(table.tHead.rows[0].cells).findIndex(function (th) { return text(th) === name; });
  }

  // Every row with what it is found by: the family that heads it, its mechanism, how it waits.
  function read(table) {
    var family = "", wait = column(table, "wait");
    Array.from(table.tBodies[0].rows).forEach(function (tr, at) {
      if (tr.classList.contains("group")) {
        family = text(tr);
        rows.push({ tr: tr, table: table, at: at, group: true });
        return;
      }
      rows.push({
        tr: tr, table: table, at: at, group: false,
        words: (family + " " + text(tr.cells[0])).toLowerCase(),
        spins: wait >= 0 && /\bspin\b/.test(text(tr.cells[wait]))
      });
    });
  }

  function rowsOf(table) {
    return rows.filter(function (row) { return row.table === table; });
  }

  // A heading of a group stands while something below it does, and while rows are in their order.
  function showGroups(table) {
    var head = null, sorted = table.querySelector("th[aria-sort]") !== null;
    rowsOf(table).forEach(function (row) {
      if (row.group) {
        head = row.tr;
        head.hidden = true;
      } else if (head && !row.tr.hidden && !sorted)
        head.hidden = false;
    });
  }

  function show() {
    var wanted = filter.value.toLowerCase().split(/\s+/).filter(Boolean);
    var shown = 0, all = 0, visible = 0;
    rows.forEach(function (row) {
      if (row.group)
        return;
      row.tr.hidden = (row.spins && !spin.checked) ||
        !wanted.every(function (word) { return row.words.includes(word); });
      all++;
      shown += row.tr.hidden ? 0 : 1;
    });
    tables.forEach(function (table) {
      table.hidden = !rowsOf(table).some(function (row) { return !row.group && !row.tr.hidden; });
      visible += table.hidden ? 0 : 1;
      showGroups(table);
    });
    count.textContent = shown + " of " + all + " rows in " + visible + " of " + tables.length + " tables";
  }

  // A number that a text begins with; what has none comes last.
  function number(value) {
    var n = parseFloat(value.replace(/^[<+~]/, "").replace(/\u2212/g, "-"));
    return isNaN(n) ? null : n;
  }

  function compare(a, b) {
    var x = number(a), y = number(b);
    if (x !== null && y !== null)
      return x - y;
    if (x !== null || y !== null)
      return x !== null ? -1 : 1;
    return a.localeCompare(b);
  }

  // Numbers only where the column is of numbers: "2-way" is a name.
  function order(body, at, way) {
    var list = rowsOf(body.parentNode).filter(function (row) { return !row.group; });
    var numeric = !body.parentNode.tHead.rows[0].cells[at].classList.contains("l");
    list.sort(function (a, b) {
      var x = text(a.tr.cells[at]).replace(/ \*$/, ""), y = text(b.tr.cells[at]).replace(/ \*$/, "");
      var missing = numeric ? (number(x) === null) - (number(y) === null) : 0;
      return missing || way * (numeric ? compare(x, y) : x.localeCompare(y)) || a.at - b.at;
    });
    return list;
  }

  // A click sorts upwards, the next downwards, the third brings the order of the table back.
  function sort(table, th) {
    var before = th.getAttribute("aria-sort"), body = table.tBodies[0];
    var next = before === null ? "ascending" : before === "ascending" ? "descending" : null;
    Array.from(th.parentNode.cells).forEach(function (other) { other.removeAttribute("aria-sort"); });
    var list = next === null ? rowsOf(table) : order(body, th.cellIndex, next === "ascending" ? 1 : -1);
    if (next !== null)
      th.setAttribute("aria-sort", next);
    list.forEach(function (row) { body.appendChild(row.tr); });
    showGroups(table);
  }

  function prepare(table) {
    table.classList.add("sorts");
    Array.from(table.tHead.rows[0].cells).forEach(function (th) {
      var button = document.createElement("button");
      button.type = "button";
      button.textContent = text(th);
      th.textContent = "";
      th.appendChild(button);
      button.addEventListener("click", function () { sort(table, th); });
    });
    read(table);
  }

  // A page that is a file may have nowhere to keep the choice; then it lasts as long as the page.
  function remember(value) {
    try {
      localStorage.setItem("ipcbench-theme", value);
    } catch (e) { /* it is not kept */ }
  }

  function recall() {
    try {
      return localStorage.getItem("ipcbench-theme");
    } catch (e) {
      return null;
    }
  }

  function paint() {
    if (theme.value === "auto")
      document.documentElement.removeAttribute("data-theme");
    else
      document.documentElement.dataset.theme = theme.value;
  }

  // On paper nothing can be unfolded.
  function unfold() {
    document.querySelectorAll("details").forEach(function (d) { d.open = true; });
  }

  tables.forEach(prepare);
  theme.value = ["light", "dark"].includes(recall()) ? recall() : "auto";
  paint();
  theme.addEventListener("change", function () { remember(theme.value); paint(); });
  document.getElementById("view").hidden = false;
  if (filter) {
    filter.addEventListener("input", show);
    spin.addEventListener("change", show);
    document.getElementById("tools").hidden = false;
    show();
  }
  window.addEventListener("beforeprint", unfold);
})();
