"use strict";
// Sorts, filters and colours the page. Without it everything is there, only not to be moved.
(function () {
  var tables = Array.from(document.querySelectorAll("table[data-sort]"), prepare);
  var filter = document.getElementById("filter");
  var spin = document.getElementById("spin");
  var theme = document.getElementById("theme");
  var count = document.getElementById("count");

  function text(node) {
    return node.textContent.trim();
  }

  // A heading of a group stands while something below it does, and while rows are in their order.
  function showGroups(table) {
    var head = null, sorted = table.node.querySelector("th[aria-sort]") !== null;
    table.rows.forEach(function (row) {
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
    tables.forEach(function (table) {
      var before = shown;
      table.rows.forEach(function (row) {
        if (row.group)
          return;
        row.tr.hidden = (row.spins && !spin.checked) ||
          !wanted.every(function (word) { return row.words.includes(word); });
        all++;
        shown += row.tr.hidden ? 0 : 1;
      });
      table.node.hidden = shown === before;
      visible += table.node.hidden ? 0 : 1;
      showGroups(table);
    });
    count.textContent = shown + " of " + all + " rows in " + visible + " of " + tables.length + " tables";
  }

  // What stands behind a number in a column whose cells have units of their own.
  var units = { B: 1, KiB: 1024, MiB: 1048576, GiB: 1073741824, ns: 1, "\u00b5s": 1e3, ms: 1e6, s: 1e9,
    k: 1e3, M: 1e6, G: 1e9, "B/s": 1, "kB/s": 1e3, "MB/s": 1e6, "GB/s": 1e9 };

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
    var list = table.rows.filter(function (row) { return !row.group; });
    list.forEach(function (row) { row.key = text(row.tr.cells[at]).replace(/ [*=]$/, ""); });
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
    var before = th.getAttribute("aria-sort"), body = table.node.tBodies[0];
    var next = before === null ? "ascending" : before === "ascending" ? "descending" : null;
    Array.from(th.parentNode.cells).forEach(function (other) { other.removeAttribute("aria-sort"); });
    var list = next === null ? table.rows : order(table, th.cellIndex, next === "ascending" ? 1 : -1);
    if (next !== null)
      th.setAttribute("aria-sort", next);
    list.forEach(function (row) { body.appendChild(row.tr); });
    showGroups(table);
  }

  // A table with its rows, and every row with what it is found by: the family that heads it, its mechanism, how it waits.
  function prepare(node) {
    var headings = Array.from(node.tHead.rows[0].cells), family = "";
    var wait = headings.findIndex(function (th) { return text(th) === "wait"; });
    var table = { node: node, rows: Array.from(node.tBodies[0].rows, function (tr, at) {
      var group = tr.classList.contains("group");
      family = group ? text(tr) : family;
      return {
        tr: tr, at: at, group: group, words: (family + " " + text(tr.cells[0])).toLowerCase(),
        spins: wait >= 0 && !group && /\bspin\b/.test(text(tr.cells[wait]))
      };
    }) };
    node.classList.add("sorts");
    headings.forEach(function (th) {
      var button = document.createElement("button");
      button.type = "button";
      button.textContent = text(th);
      th.textContent = "";
      th.appendChild(button);
      button.addEventListener("click", function () { sort(table, th); });
    });
    return table;
  }

  // A page that is a file may have nowhere to keep the choice; then it lasts as long as the page.
  function kept(use) {
    try {
      return use(localStorage);
    } catch (e) {
      return null;
    }
  }

  function paint() {
    document.documentElement.dataset.theme = theme.value;
  }

  theme.value = kept(function (storage) { return storage.getItem("ipcbench-theme"); });
  if (!theme.value)
    theme.value = "auto";
  paint();
  theme.addEventListener("change", function () {
    kept(function (storage) { storage.setItem("ipcbench-theme", theme.value); });
    paint();
  });
  document.getElementById("view").hidden = false;
  if (filter) {
    filter.addEventListener("input", show);
    spin.addEventListener("change", show);
    document.getElementById("tools").hidden = false;
    show();
  }
})();
