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

  // What stands behind a number in a column whose cells have units of their own.
  var units = { B: 1, KiB: 1024, MiB: 1048576, GiB: 1073741824, ns: 1, "\u00b5s": 1e3, ms: 1e6, s: 1e9 };

  // A number that a text begins with; "+12" stands for samples that are missing.
  function number(value) {
    var n = /^\+\d+$/.test(value) ? NaN : parseFloat(value.replace(/^</, ""));
    var unit = value.split(" ");
    return isNaN(n) ? null : n * (unit.length === 2 && units.hasOwnProperty(unit[1]) ? units[unit[1]] : 1);
  }

  // Whether what stands in a column are numbers, as far as anything does.
  function isNumeric(texts) {
    var some = texts.filter(function (value) { return !/^(-|\+\d+)?$/.test(value); });
    return some.length > 0 && some.every(function (value) { return number(value) !== null; });
  }

  // What is missing comes last, whichever way it goes.
  function order(table, at, way) {
    var list = rowsOf(table).filter(function (row) { return !row.group; });
    list.forEach(function (row) { row.key = text(row.tr.cells[at]).replace(/ \*$/, ""); });
    var numeric = isNumeric(list.map(function (row) { return row.key; }));
    list.sort(function (a, b) {
      if (!numeric)
        return way * a.key.localeCompare(b.key) || a.at - b.at;
      var x = number(a.key), y = number(b.key);
      return (x === null) - (y === null) || way * (x - y) || a.at - b.at;
    });
    return list;
  }

  // A click sorts upwards, the next downwards, the third brings the order of the table back.
  function sort(table, th) {
    var before = th.getAttribute("aria-sort"), body = table.tBodies[0];
    var next = before === null ? "ascending" : before === "ascending" ? "descending" : null;
    Array.from(th.parentNode.cells).forEach(function (other) { other.removeAttribute("aria-sort"); });
    var list = next === null ? rowsOf(table) : order(table, th.cellIndex, next === "ascending" ? 1 : -1);
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
