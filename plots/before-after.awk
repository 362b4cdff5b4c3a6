# SPDX-License-Identifier: MIT
# The values of both versions of a comparison, a row per metric of a cell: before-after.gp. Times and rates, which have no
# axis in common, are figures of their own. Findings are kept by gate.awk.

function is_rate(i) { return finding_metric[i] == "throughput" }

function before_after(figure, title, rates, units,    i, n, last) {
  for (i = 1; i <= findings; i++)
    n += is_rate(i) == rates && finding_base[i] > 0 && finding_new[i] > 0
  if (n == 0)
    return
  begin(figure, "before-after", title, (compared == "" ? "new against base" : compared) ", " n (n == 1 ? " comparison" : " comparisons"))
  dots_begin()
  for (i = 1; i <= findings; i++) {
    if (is_rate(i) != rates || !(finding_base[i] > 0) || !(finding_new[i] > 0))
      continue
    if (finding_cell[i] != last)
      dots_head(plain(finding_cell[i], ENVIRON["HALF"] ? 52 : 86), "")
    last = finding_cell[i]
    dots_subhead(metric_title(finding_metric[i]) ": " human(finding_base[i], units) " → " human(finding_new[i], units) ", " \
      finding_verdict[i])
    dots_row("", change_of(finding_ratio[i]), 1.3)
    dots_point(dots_y - 0.25, finding_base[i], "", "", "", "base", 1)
    dots_point(dots_y + 0.25, finding_new[i], finding_base[i] * finding_lo[i], finding_base[i] * finding_hi[i], "interval", "new", 1)
  }
  dots_end(rates ? "messages/s" : "time", units)
}

function draw_before_after(    i, n) {
  for (i = 1; i <= findings; i++)
    n += finding_base[i] > 0 && finding_new[i] > 0
  if (findings > 0 && n == 0) {
    none("before-after", "before-after", "compare.csv has no row with the values of both versions")
    return
  }
  before_after("before-after-times", "Times before and after", 0, "ns µs ms s")
  before_after("before-after-rates", "Rates before and after", 1, "/s k/s M/s G/s")
}
