// SPDX-License-Identifier: MIT
"use strict";
// browser.js DIR RUN: what a browser makes of run.html (of RUN), pauses.html (of RUN-idle-gap), pair.html and gate.html in DIR. TAP on standard output.
const assert = require("assert");
const fs = require("fs");
const { chromium } = require("playwright-core");
const { contrast } = require("./contrast");
const { rowsOf } = require("./csv");

const [dir, run] = process.argv.slice(2);
const pages = ["run", "pair", "gate"];
const tests = [];
const test = (name, body) => tests.push({ name, body });

// A page of a context of its own. Nothing but the file may be asked for, and nothing said.
async function open(browser, name, options) {
  const context = await browser.newContext(Object.assign({ viewport: { width: 1200, height: 900 }, offline: true }, options));
  const page = await context.newPage();
  const url = "file://" + dir + "/" + name + ".html";
  page.faults = [];
  page.on("request", r => { if (r.url().split("#")[0] !== url) page.faults.push("asked for " + r.url().slice(0, 80)); });
  page.on("console", m => page.faults.push("console: " + m.text()));
  page.on("pageerror", e => page.faults.push("error: " + e.message));
  page.on("dialog", d => { page.faults.push("dialog"); d.dismiss(); });
  await page.goto(url);
  page.done = async () => {
    await context.close();
    assert.deepStrictEqual(page.faults, []);
  };
  return page;
}

// The texts of a column of the table with this title, of the rows that are seen.
const column = (page, title, heading) => page.evaluate(([title, heading]) => {
  const table = Array.from(document.querySelectorAll("#tables table")).find(t => t.caption.textContent.startsWith(title));
  const at = Array.from(table.tHead.rows[0].cells).findIndex(th => th.textContent === heading);
  return Array.from(table.tBodies[0].rows).filter(tr => !tr.hidden && !tr.classList.contains("group"))
    .map(tr => tr.cells[at].textContent.replace(/ [*=]$/, ""));
}, [title, heading]);

const tableOf = (page, title) => page.locator("#tables table", { has: page.locator("caption", { hasText: title }) }).first();

async function sortBy(page, title, heading) {
  const buttons = tableOf(page, title).locator("thead th button");
  await buttons.nth((await buttons.allTextContents()).indexOf(heading)).click();
}

for (const name of pages) {
  test(name + ": asks for nothing and says nothing, with and without a network", async browser => {
    for (const offline of [true, false]) {
      const page = await open(browser, name, { offline });
      await page.evaluate(() => document.querySelectorAll("details").forEach(d => { d.open = true; }));
      await page.emulateMedia({ media: "print" });
      await page.done();
    }
  });

  test(name + ": every drawing has a role and a title, every name is unique, every link leads somewhere", async browser => {
    const page = await open(browser, name);
    const found = await page.evaluate(() => ({
      drawings: document.querySelectorAll("svg").length,
      bad: Array.from(document.querySelectorAll("svg")).filter(svg => {
        const title = document.getElementById(svg.getAttribute("aria-labelledby"));
        return svg.getAttribute("role") !== "img" || !title || title.parentNode !== svg || title.textContent.length < 5;
      }).length,
      captions: Array.from(document.querySelectorAll("figure")).filter(f => !f.querySelector("figcaption a[href^='#how-']")).length,
      repeated: Array.from(document.querySelectorAll("[id]")).length - new Set(Array.from(document.querySelectorAll("[id]")).map(e => e.id)).size,
      broken: Array.from(document.querySelectorAll("a[href^='#'], use")).map(a => a.getAttribute("href") || a.getAttribute("xlink:href"))
        .filter(href => !document.getElementById(href.slice(1))),
      headings: Array.from(document.querySelectorAll("section")).filter(s => !document.getElementById(s.getAttribute("aria-labelledby"))).length,
    }));
    assert.ok(found.drawings >= 3, "drawings: " + found.drawings);
    assert.deepStrictEqual({ ...found, drawings: 0 },
      { drawings: 0, bad: 0, captions: 0, repeated: 0, broken: [], headings: 0 });
    await page.done();
  });

  test(name + ": without scripts everything is to be seen", async browser => {
    const page = await open(browser, name, { javaScriptEnabled: false });
    const all = await page.locator("#tables table tbody tr").count();
    assert.ok(all > 3);
    for (const what of ["#headline .lead", "#figures svg", "#tables table", "#downloads a", "#command pre", "#glossary dt"])
      assert.ok(await page.locator(what).first().isVisible(), what);
    for (const row of (await page.locator("#tables > table tbody tr").all()).slice(0, 60))
      assert.ok(await row.isVisible());
    assert.ok(!await page.locator("#tools").isVisible() && !await page.locator("#view").isVisible());
    await page.done();
  });

  for (const [width, script] of [[375, true], [375, false], [320, true], [700, true]])
    test(name + ": " + width + " px wide, nothing scrolls sideways" + (script ? "" : ", without scripts"), async browser => {
      const page = await open(browser, name, { viewport: { width, height: 800 }, javaScriptEnabled: script });
      // locators do not need the page's scripts
      const wide = await page.locator("html").evaluate(html => {
        html.querySelectorAll("details").forEach(d => { d.open = true; });
        const beyond = Array.from(html.querySelectorAll("body *")).filter(e => !e.closest("svg") || e.tagName === "svg")
          .filter(e => e.getBoundingClientRect().right > innerWidth + 0.5).map(e => e.tagName + " " + e.textContent.slice(0, 30));
        return { scroll: html.scrollWidth, inner: innerWidth, beyond: beyond.slice(0, 3) };
      });
      assert.ok(wide.scroll <= wide.inner, JSON.stringify(wide));
      assert.deepStrictEqual(wide.beyond, []);
      await page.done();
    });

  test(name + ": on a telephone text is 14 px high, in figures 10", async browser => {
    const page = await open(browser, name, { viewport: { width: 375, height: 800 } });
    const small = await page.evaluate(() => {
      document.querySelectorAll("details").forEach(d => { d.open = true; });
      const sized = Array.from(document.querySelectorAll("body *"))
        .filter(e => e.getClientRects().length > 0 && Array.from(e.childNodes).some(n => n.nodeType === 3 && n.textContent.trim() !== ""));
      const size = e => {
        const svg = e.closest("svg"), of = parseFloat(getComputedStyle(e).fontSize);
        return svg ? of * svg.getBoundingClientRect().width / svg.viewBox.baseVal.width : of;
      };
      return { all: sized.length, below: sized.filter(e => size(e) < (e.closest("svg") ? 10 : 14))
        .map(e => e.tagName + " " + size(e) + " px: " + e.textContent.slice(0, 30)).slice(0, 3) };
    });
    assert.ok(small.all > 100, "texts: " + small.all);
    assert.deepStrictEqual(small.below, []);
    await page.done();
  });

  for (const scheme of ["light", "dark"])
    test(name + ": texts stand out from their ground, " + scheme, async browser => {
      const page = await open(browser, name, { colorScheme: scheme });
      await page.evaluate(() => document.querySelectorAll("details").forEach(d => { d.open = true; }));
      const low = await contrast(page);
      assert.ok(low.texts > 50, "texts looked at: " + low.texts);
      assert.deepStrictEqual(low.below, []);
      await page.done();
    });
}

// A run has the cells of scripts/quickstart.
test("on paper: at most 12 pages, figures in two columns, tables and what is folded left out", async browser => {
  const page = await open(browser, "run");
  const pdf = (await page.pdf({ format: "A4", preferCSSPageSize: true })).toString("latin1");
  const pages = (pdf.match(/\/Type\s*\/Page\b/g) || []).length;
  assert.ok(pages >= 4 && pages <= 12, "pages: " + pages);
  await page.emulateMedia({ media: "print" });
  // the width that 12 mm on either side leave of A4
  await page.setViewportSize({ width: 703, height: 1000 });
  const seen = await page.evaluate(() => {
    const shown = what => Array.from(document.querySelectorAll(what)).filter(e => e.getClientRects().length > 0);
    return { columns: new Set(shown("figure").map(f => Math.round(f.getBoundingClientRect().left))).size,
      figures: shown("figure").length, headline: shown("#headline table tbody td").length, tables: shown("#tables table").length,
      machine: shown("#machine dl").length, notes: shown(".paper").length };
  });
  assert.ok(seen.figures >= 10 && seen.headline > 10, JSON.stringify(seen));
  assert.deepStrictEqual({ ...seen, figures: 0, headline: 0 }, { columns: 2, figures: 0, headline: 0, tables: 0, machine: 1, notes: 2 });
  await page.done();
});

test("of a gate the tables are on paper too", async browser => {
  const page = await open(browser, "gate");
  await page.emulateMedia({ media: "print" });
  assert.ok(await page.locator("#tables table").first().isVisible());
  assert.ok(!await page.locator("#tables .paper").isVisible());
  await page.done();
});

test("no heading is there twice, and a drawing's title not in its caption", async browser => {
  const page = await open(browser, "run");
  const twice = await page.evaluate(() => {
    const texts = Array.from(document.querySelectorAll("h1, h2, h3")).map(h => h.textContent);
    const captions = Array.from(document.querySelectorAll("figure")).filter(f => f.querySelector("svg") &&
      f.querySelector("figcaption").textContent.includes(f.querySelector("svg title").textContent)).length;
    return { headings: texts.filter((t, i) => texts.indexOf(t) !== i), captions };
  });
  assert.deepStrictEqual(twice, { headings: [], captions: 0 });
  await page.done();
});

test("a column sorts up, down, and back", async browser => {
  const page = await open(browser, "run");
  const title = "Round trip, 64 B, same-llc", before = await column(page, title, "transport");
  await sortBy(page, title, "p50 \u00b5s");
  const up = (await column(page, title, "p50 \u00b5s")).map(Number);
  assert.deepStrictEqual(up, up.slice().sort((a, b) => a - b));
  assert.ok(up.length === before.length && up[0] < up[up.length - 1]);
  const th = tableOf(page, title).locator("th[aria-sort]");
  assert.strictEqual(await th.getAttribute("aria-sort"), "ascending");
  await sortBy(page, title, "p50 \u00b5s");
  assert.deepStrictEqual((await column(page, title, "p50 \u00b5s")).map(Number), up.slice().reverse());
  assert.strictEqual(await th.getAttribute("aria-sort"), "descending");
  await sortBy(page, title, "p50 \u00b5s");
  assert.deepStrictEqual(await column(page, title, "transport"), before);
  assert.strictEqual(await th.count(), 0);
  await sortBy(page, title, "transport");
  const names = await column(page, title, "transport");
  assert.deepStrictEqual(names, names.slice().sort((a, b) => a.localeCompare(b)));
  await page.done();
});

test("a column of sizes sorts by what they are", async browser => {
  const page = await open(browser, "run");
  const title = "Round trip, 64 B, same-llc", sizes = ["1 MiB", "64 KiB", "512 B", "2 KiB", "-"];
  await page.evaluate(([title, sizes]) => {
    const table = Array.from(document.querySelectorAll("#tables table")).find(t => t.caption.textContent.startsWith(title));
    const at = Array.from(table.tHead.rows[0].cells).findIndex(th => th.textContent === "p99 \u00b5s");
    Array.from(table.tBodies[0].rows).filter(tr => !tr.classList.contains("group"))
      .forEach((tr, i) => { tr.cells[at].textContent = sizes[i % sizes.length]; });
  }, [title, sizes]);
  await sortBy(page, title, "p99 \u00b5s");
  assert.deepStrictEqual(Array.from(new Set(await column(page, title, "p99 \u00b5s"))), ["512 B", "2 KiB", "64 KiB", "1 MiB", "-"]);
  await page.done();
});

test("the filter leaves what it names, and says how much", async browser => {
  const page = await open(browser, "run");
  const rows = page.locator("#tables tbody tr:not(.group)"), count = page.locator("#count");
  const all = await rows.count();
  assert.ok((await count.textContent()).startsWith(all + " of " + all + " rows in "));
  assert.strictEqual(await count.getAttribute("aria-live"), "polite");
  await page.locator("#filter").fill("TCP");
  const seen = await rows.evaluateAll(list => list.filter(tr => !tr.hidden).map(tr => tr.cells[0].textContent));
  assert.ok(seen.length > 4 && seen.every(name => /tcp/i.test(name)), seen.join());
  assert.ok((await count.textContent()).startsWith(seen.length + " of " + all + " rows in "));
  await page.locator("#filter").fill("shared-memory mmap");
  assert.ok((await column(page, "Round trip, 64 B, same-cpu", "transport")).every(name => name === "mmap"));
  await page.locator("#filter").fill("no such mechanism");
  assert.ok((await count.textContent()).startsWith("0 of " + all + " rows in 0 of "));
  await page.locator("#filter").fill("");
  assert.strictEqual(await rows.evaluateAll(list => list.filter(tr => tr.hidden).length), 0);
  await page.done();
});

test("rows that spin can be hidden and come back", async browser => {
  const page = await open(browser, "run");
  const title = "Round trip, 64 B, same-llc", before = await column(page, title, "wait");
  assert.ok(before.includes("spin") && before.includes("block"));
  await page.locator("#spin").uncheck();
  assert.deepStrictEqual(await column(page, title, "wait"), before.filter(wait => wait !== "spin"));
  await page.locator("#spin").check();
  assert.deepStrictEqual(await column(page, title, "wait"), before);
  await page.done();
});

test("the theme is that of the system, or what was chosen", async browser => {
  const page = await open(browser, "run", { colorScheme: "dark" });
  const ground = () => page.evaluate(() => getComputedStyle(document.body).backgroundColor);
  const dark = await ground();
  await page.locator("#theme").selectOption("light");
  const light = await ground();
  assert.notStrictEqual(light, dark);
  await page.reload();
  assert.strictEqual(await ground(), light);
  await page.emulateMedia({ colorScheme: "light" });
  await page.locator("#theme").selectOption("dark");
  assert.strictEqual(await ground(), dark);
  await page.locator("#theme").selectOption("auto");
  assert.strictEqual(await ground(), light);
  await page.done();
});

test("what is downloaded is the file, byte for byte", async browser => {
  // a run small enough that there is room for all of them
  const page = await open(browser, "pauses", { acceptDownloads: true });
  for (const name of ["summary.csv", "trials.csv", "percentiles.csv", "env.json"]) {
    const [download] = await Promise.all([page.waitForEvent("download"), page.locator(`#downloads a[download="${name}"]`).click()]);
    assert.strictEqual(download.suggestedFilename(), name);
    assert.ok(fs.readFileSync(await download.path()).equals(fs.readFileSync(run + "-idle-gap/" + name)), name);
  }
  page.faults = page.faults.filter(fault => !fault.startsWith("asked for data:"));
  await page.done();
});

// The rows of a drawing by mechanism: in each panel the names, then the values; a panel of its own is headed by how it waits.
function rowsDrawn(texts, known) {
  const waits = { blocking: "block", spinning: "spin", "spinning, then blocking": "hybrid", epoll: "epoll" };
  const rows = [];
  let wait = "block";
  for (let i = 0; i < texts.length; i++) {
    const n = texts.slice(i).findIndex(t => !known.has(t));
    wait = waits[texts[i]] || wait;
    for (let k = 0; k < n; k++)
      rows.push({ name: texts[i + k] + " " + wait, text: texts[i + n + k] });
    i += Math.max(2 * n - 1, 0);
  }
  return rows;
}

test("figures: a row of each figure has the value that the CSV has", async browser => {
  const page = await open(browser, "run");
  const summary = rowsOf(fs.readFileSync(run + "/summary.csv", "utf8"));
  for (const place of ["same-cpu", "same-llc"]) {
    const wanted = summary.filter(r => r.status === "ok" && r.mode === "latency" && r.size_bytes === "64" && r.placement === place)
      .map(r => ({ ns: +r.lat_p50_ns, name: r.transport + " " + r.wait }));
    const texts = await page.locator(`figure[data-figure="latency-by-mechanism-${place}"] svg text`).allTextContents();
    const rows = rowsDrawn(texts.map(t => t.trim()), new Set(summary.map(r => r.transport)));
    assert.strictEqual(rows.length, wanted.length, place);
    for (const { name, text } of rows) {
      const [number, unit] = text.split(" ");
      const of = wanted.find(w => w.name === name);
      assert.ok(of, name);
      const value = of.ns / { ns: 1, "\u00b5s": 1e3, ms: 1e6, s: 1e9 }[unit];
      const digits = value >= 99.95 ? 0 : value >= 9.995 ? 1 : 2;
      // a half may be rounded either way
      assert.ok(Math.abs(+number - value) <= 0.5001 * 10 ** -digits, `${name}: ${number} ${unit} for ${of.ns} ns`);
    }
  }
  await page.done();
});

test("tables: the values that the CSV has", async browser => {
  const page = await open(browser, "run");
  const summary = rowsOf(fs.readFileSync(run + "/summary.csv", "utf8"));
  let compared = 0;
  for (const [size, bytes] of [["64 B", "64"], ["4 KiB", "4096"], ["1 MiB", "1048576"]])
    for (const place of ["same-cpu", "same-llc"]) {
      const title = `Round trip, ${size}, ${place}`;
      const names = await column(page, title, "transport"), waits = await column(page, title, "wait");
      // in the heading, or where one does not suit all rows behind each number
      const heading = await page.evaluate(t => Array.from(document.querySelectorAll("#tables table"))
        .find(x => x.caption.textContent.startsWith(t)).tHead.rows[0].textContent.match(/p50( ns| \u00b5s| ms)?/)[0], title);
      const values = await column(page, title, heading);
      for (let i = 0; i < names.length; i++) {
        const row = summary.find(r => r.mode === "latency" && r.size_bytes === bytes && r.placement === place &&
          r.transport === names[i] && r.wait === waits[i]);
        assert.ok(row, names[i]);
        if (row.lat_p50_ns === "")
          continue;
        const [number, unit = heading.split(" ")[1]] = values[i].split(" ");
        const digits = (number.split(".")[1] || "").length;
        const value = row.lat_p50_ns / { ns: 1, "\u00b5s": 1e3, ms: 1e6 }[unit];
        assert.ok(Math.abs(+number - value) <= 0.5001 * 10 ** -digits, `${title}${names[i]}: ${values[i]} for ${row.lat_p50_ns}`);
        compared++;
      }
    }
  assert.ok(compared > 60, "compared: " + compared);
  await page.done();
});

test("two runs: side by side, with a ratio that is that of the CSV, and a hostile label that is text", async browser => {
  const page = await open(browser, "pair");
  const ratios = await column(page, "Median latency in \u00b5s: mode latency, 64 B, same-cpu", "B/A");
  assert.ok(ratios.length > 10 && ratios.every(r => r.startsWith("3.00 ")), ratios.join());
  assert.ok((await page.locator("h1").textContent()).includes('"><script>alert(1)</script>'));
  assert.ok((await page.locator("#headline").textContent()).includes("A <b>machine</b> in new"));
  const boxes = await page.locator('figure[data-figure="latency-by-mechanism-same-cpu"]').evaluateAll(list => list.map(f => f.getBoundingClientRect().top));
  assert.strictEqual(boxes.length, 2);
  assert.strictEqual(boxes[0], boxes[1]);
  await page.done();
});

(async () => {
  const browser = await chromium.launch({ executablePath: process.env.CHROMIUM, args: ["--no-sandbox", "--disable-dev-shm-usage"] });
  let failed = 0;
  console.log("1.." + tests.length);
  for (const [i, t] of tests.entries()) {
    try {
      await t.body(browser);
      console.log("ok", i + 1, t.name);
    } catch (e) {
      failed++;
      console.log("not ok", i + 1, t.name + "\n# " + String(e.stack || e).slice(0, 1500).replace(/\n/g, "\n# "));
    }
  }
  await browser.close();
  process.exitCode = failed > 0 ? 1 : 0;
})();
