# SPDX-License-Identifier: MIT
# The values of both versions of a comparison, a row per metric of a cell: before-after.gp. Times and rates, and values of
# another magnitude, are figures of their own. Findings are kept by gate.awk.

function is_compared(i, rates) {
  return (finding_metric[i] == "throughput") == rates && finding_base[i] > 0 && finding_ratio[i] > 0
}

# The values of the base from low to high. The new value is the base changed by the estimate: the median of the new version is
# another estimate, with which neither the percentage nor the interval agrees.
function before_after_group(figure, title, rates, units, low, high, n,    i, last, new) {
  begin(figure, "before-after", title, (compared == "" ? "new against base" : compared) ", " n (n == 1 ? " comparison" : " comparisons"))
  dots_begin()
  for (i = 1; i <= findings; i++) {
    if (!is_compared(i, rates) || finding_base[i] < low || finding_base[i] > high)
      continue
    if (finding_cell[i] != last)
      dots_head(plain(finding_cell[i], ENVIRON["HALF"] ? 52 : 86), "")
    last = finding_cell[i]
    new = finding_base[i] * finding_ratio[i]
    dots_subhead(metric_title(finding_metric[i]) ": " human(finding_base[i], units) " → " human(new, units) ", " finding_verdict[i])
    dots_row("", change_of(finding_ratio[i]), 1.3)
    dots_point(dots_y - 0.25, finding_base[i], "", "", "", "base", 1)
    dots_point(dots_y + 0.25, new, finding_base[i] * finding_lo[i], finding_base[i] * finding_hi[i], "interval", "new", 1)
  }
  dots_end(rates ? "messages/s" : "time", units)
}

# Values more than five times apart would squeeze every change on one axis.
function before_after(figure, name, rates, units,    i, k, n, sorted, groups, first, count) {
  for (i = 1; i <= findings; i++)
    if (is_compared(i, rates))
      insert(sorted, n++, finding_base[i])
  for (k = 1; k <= n; k++) {
    if (k == 1 || sorted[k] > 5 * sorted[first[groups]])
      first[++groups] = k
    count[groups]++
  }
  for (i = 1; i <= groups; i++) {
    k = first[i] + count[i] - 1
    before_after_group(figure (i > 1 ? "-" i : ""), \
      "Before and after: " (groups > 1 ? human(sorted[first[i]], units) " to " human(sorted[k], units) : name), rates, units, sorted[first[i]], \
      sorted[k], count[i])
  }
}

function draw_before_after(    i, n) {
  for (i = 1; i <= findings; i++)
    n += is_compared(i, 0) || is_compared(i, 1)
  if (findings > 0 && n == 0) {
    none("before-after", "before-after", "compare.csv has no row with the values of both versions")
    return
  }
  before_after("before-after-times", "times", 0, "ns µs ms s")
  before_after("before-after-rates", "rates", 1, "/s k/s M/s G/s")
}
