# SPDX-License-Identifier: MIT
# The figures of `ipcbench gate` and `ipcbench compare`: forest.gp and blocks.gp.

BEGIN {
  needed["compare"] = "cell metric better ratio ci_lo ci_hi min_effect tolerance verdict"
  needed["blocks"] = "cell metric at_s order slice1 slice2 slice3 slice4 ln_ratio wall_s dropped"
  filled["compare"] = "cell"
  filled["blocks"] = "cell metric"
}

what == "compare" { keep_finding() }
what == "blocks" { keep_block() }

# A field as a number, or nothing.
function number(name) { return amount(name) == "" ? "" : amount(name) + 0 }

function keep_finding(    i) {
  keep_date()
  if (get("version_base") != "")
    compared = plain(get("version_new"), 40) " against " plain(get("version_base"), 40)
  if (get("metric") == "") {
    gate_left_out[get("verdict") == "fail" ? "failed" : "skipped"]++
    return
  }
  i = ++findings
  finding_cell[i] = get("cell")
  finding_metric[i] = word(get("metric"))
  finding_worse[i] = get("better") == "higher" ? -1 : 1
  finding_base[i] = number("base")
  finding_ratio[i] = number("ratio")
  finding_lo[i] = number("ci_lo")
  finding_hi[i] = number("ci_hi")
  finding_tolerance[i] = amount("tolerance") + 0
  finding_effect[i] = amount("min_effect") + 0
  finding_verdict[i] = word(get("verdict"))
  finding_of[get("cell"), word(get("metric"))] = i
}

function keep_block(    key, k, n, s) {
  keep_date()
  key = get("cell") SUBSEP word(get("metric"))
  if (!(key in trace_of)) {
    trace_of[key] = ++traces
    trace_cell[traces] = get("cell")
    trace_metric[traces] = word(get("metric"))
  }
  k = trace_of[key]
  n = ++trace_blocks[k]
  block_at[k, n] = amount("at_s") + 0
  block_wall[k, n] = amount("wall_s") + 0
  block_reversed[k, n] = get("order") == "BAAB"
  block_dropped[k, n] = get("dropped") == "1"
  block_ln[k, n] = number("ln_ratio")
  for (s = 1; s <= 4; s++)
    block_slice[k, n, s] = number("slice" s)
}

# ---- axes of changes -------------------------------------------------------------------------------

# A change in percent that an axis may have a mark at.
function change_text(percent) {
  return percent == 0 ? "0" : sprintf("%+.10g %%%%", percent)
}

# Marks of an axis of logarithms, from LOW to HIGH, as changes in percent, about MOST of them; into figure.gp as
# TIC[] and TIC_TEXT[].
function change_tics(low, high, most,    i, n, list) {
  n = change_list(low, high, most, list)
  print "TICS = " n "\narray TIC[" n + 1 "]\narray TIC_TEXT[" n + 1 "]" > info
  for (i = 1; i <= n; i++)
    printf "TIC[%d] = %.9g\nTIC_TEXT[%d] = %s\n", i, log(1 + list[i] / 100), i, quoted(change_text(list[i])) > info
}

# Leaves the changes in percent in list[] and returns how many.
function change_list(low, high, most, list,    step, span, i, n, k, t, x) {
  span = exp(high) - exp(low)
  n = 0
  if (low > -0.5 && high < 0.5 && high - low < 0.6) {
    step = 0.00001
    # steps of percent narrow towards the right
    while (span / step > most || log(exp(high) / (exp(high) - step)) * most * 1.05 < high - low)
      step *= substr(sprintf("%e", step), 1, 1) == "2" ? 2.5 : 2
    for (i = -int(1 / step); i * step <= exp(high) - 1; i++)
      if (i * step > -1 && log(1 + i * step) >= low)
        list[++n] = i * step * 100
  } else {
    k = split(high - low < 1.3 ? "-60 -50 -40 -30 -25 -20 0 20 25 50 75 100" : "-99.9 -99 -90 -75 -50 -25 0 25 50 100 200 400 900 9900 99900", t, " ")
    # from no change outwards, as dense as there is room
    for (step = -1; step <= 1; step += 2) {
      span = 0
      for (i = 7 + (step > 0); i >= 1 && i <= k; i += step) {
        x = log(1 + t[i] / 100)
        if (x < low || x > high || (t[i] != 0 && abs(x - span) < (high - low) / most))
          continue
        list[++n] = t[i]
        span = x
      }
    }
  }
  return n
}

function metric_title(metric) {
  return metric == "latency" ? "median latency" : metric == "p99" ? "p99 latency" : \
    metric == "cpu" ? "CPU per message" : metric
}

# The change of a row, as its text says it.
function change_of(ratio) {
  return ratio == "" ? "no figure" : sprintf(abs(ratio - 1) < 0.0005 ? "0.0 %%" : "%+.1f %%", (ratio - 1) * 100)
}

# ---- forest ----------------------------------------------------------------------------------------

# How far the axis goes, as a logarithm: all estimates, and intervals unless one would squeeze the rest.
function forest_reach(    i, reach, most, x) {
  reach = most = 0
  for (i = 1; i <= findings; i++) {
    x = 1.6 * log(1 + finding_tolerance[i])
    if (x > reach) reach = x
    if (finding_ratio[i] > 0 && abs(log(finding_ratio[i])) * 1.15 > reach)
      reach = abs(log(finding_ratio[i])) * 1.15
    if (finding_lo[i] > 0 && abs(log(finding_lo[i])) > most) most = abs(log(finding_lo[i]))
    if (finding_hi[i] > 0 && abs(log(finding_hi[i])) > most) most = abs(log(finding_hi[i]))
  }
  most *= 1.05
  if (reach == 0)
    reach = 0.05
  return most < reach ? reach : most < 3 * reach ? most : 3 * reach
}

function ln_of(ratio) { return ratio > 0 ? sprintf("%.9g", log(ratio)) : "" }

function draw_forest(    i, n, y, file, cells, reach, seen, verdicts) {
  begin("forest", "forest", compared == "" ? "New version against base" : compared, \
    findings == 1 ? "1 comparison" : findings " comparisons")
  reach = forest_reach()
  file = folder "/rows.csv"
  print "y,verdict,x,lo,hi,tolerance,effect" > file
  y = cells = 0
  print "array LABEL[" findings "]\narray LABEL_Y[" findings "]\narray SAYS[" findings "]" > info
  print "array CELL[" findings "]\narray CELL_Y[" findings "]" > info
  for (i = 1; i <= findings; i++) {
    if (i == 1 || finding_cell[i] != finding_cell[i - 1]) {
      cells++
      y += cells > 1 ? 1.25 : 1
      printf "CELL[%d] = %s\nCELL_Y[%d] = %.3f\n", cells, quoted(plain(finding_cell[i], 86)), cells, y > info
    }
    y++
    printf "LABEL[%d] = %s\nLABEL_Y[%d] = %.3f\nSAYS[%d] = %s\n", i, quoted(metric_title(finding_metric[i])), i, y, \
      i, quoted(change_of(finding_ratio[i]) "  " finding_verdict[i]) > info
    printf "%.3f,%s,%s,%s,%s,%.9g,%.9g\n", y, finding_verdict[i], ln_of(finding_ratio[i]), ln_of(finding_lo[i]), \
      ln_of(finding_hi[i]), finding_worse[i] * log(1 + finding_tolerance[i]), log(1 + finding_effect[i]) > file
    if (!(finding_verdict[i] in seen))
      verdicts = verdicts " " finding_verdict[i]
    seen[finding_verdict[i]] = 1
  }
  close(file)
  print "FINDINGS = " findings "\nCELLS = " cells "\nSPAN = " y "\nVERDICTS = " quoted(verdicts) > info
  printf "REACH = %.9g\n", reach > info
  change_tics(-reach, reach, ENVIRON["HALF"] == 1 ? 2.5 : 5.5)
  close(info)
}

# ---- blocks ----------------------------------------------------------------------------------------

# A name for a file: what is odd becomes a dash.
function slug(text) {
  gsub(/[^A-Za-z0-9.=]+/, "-", text)
  gsub(/^-+|-+$/, "", text)
  return substr(text, 1, 80)
}

# Puts x into sorted[1..n], which grows by one.
function insert(sorted, n, x,    k) {
  for (k = n + 1; k > 1 && sorted[k - 1] > x; k--)
    sorted[k] = sorted[k - 1]
  sorted[k] = x
}

function middle(sorted, n) {
  return n % 2 ? sorted[(n + 1) / 2] : (sorted[n / 2] + sorted[n / 2 + 1]) / 2
}

# What an axis has to show: all that was kept, and of what was dropped all that would not flatten the rest;
# span_low and span_high. Returns how many values stay outside.
function span_of(kept, n, dropped, m,    i, low, high, reach, outside) {
  low = high = kept[1] + 0
  for (i = 2; i <= n; i++) {
    if (kept[i] < low) low = kept[i]
    if (kept[i] > high) high = kept[i]
  }
  reach = 2 * (high - low)
  if (n == 0)
    reach = 1e300
  span_low = low
  span_high = high
  outside = 0
  for (i = 1; i <= m; i++)
    if (dropped[i] < low - reach || dropped[i] > high + reach)
      outside++
    else if (dropped[i] < span_low || (n == 0 && i == 1))
      span_low = dropped[i]
  for (i = 1; i <= m; i++)
    if (dropped[i] <= high + reach && (dropped[i] > span_high || (n == 0 && i == 1)))
      span_high = dropped[i]
  return outside
}

# The difference of each block, and the median of all kept ones so far.
function write_differences(k, seconds,    n, m, i, sorted, lost, x, file) {
  file = folder "/blocks.csv"
  print "at,x,reversed,dropped,middle" > file
  n = m = 0
  for (i = 1; i <= trace_blocks[k]; i++) {
    x = block_ln[k, i]
    if (x != "" && block_dropped[k, i])
      lost[++m] = x
    else if (x != "")
      insert(sorted, n++, x)
    printf "%.9g,%s,%d,%d,%s\n", (block_at[k, i] + block_wall[k, i] / 2) / seconds, x, block_reversed[k, i], \
      block_dropped[k, i], n ? sprintf("%.9g", middle(sorted, n)) : "" > file
  }
  close(file)
  print "DIFFERENCES = " n + m > info
  beyond += span_of(sorted, n, lost, m)
  # no change is part of the picture
  if (span_low > -0.001) span_low = -0.001
  if (span_high < 0.001) span_high = 0.001
}

# The values themselves, each at the middle of its slice.
function write_slices(k, seconds,    i, s, n, m, kept, lost, x, new, file) {
  file = folder "/slices.csv"
  print "at,value,new,dropped" > file
  n = m = 0
  for (i = 1; i <= trace_blocks[k]; i++)
    for (s = 1; s <= 4; s++) {
      x = block_slice[k, i, s]
      if (x == "")
        continue
      new = (s == 2 || s == 3) != block_reversed[k, i]
      printf "%.9g,%s,%d,%d\n", (block_at[k, i] + block_wall[k, i] * (s - 0.5) / 4) / seconds, x, new, \
        block_dropped[k, i] > file
      if (block_dropped[k, i])
        lost[++m] = x
      else
        kept[++n] = x
    }
  close(file)
  beyond += span_of(kept, n, lost, m)
}

# The factor and the name of a unit that suits the values.
function unit_of(metric, high,    n, i, names) {
  unit_scale = 1
  n = split(metric == "throughput" ? "messages/s,thousand messages/s,million messages/s" : "ns,µs,ms,s", names, ",")
  for (i = 1; i < n && high / unit_scale >= 1000; i++)
    unit_scale *= 1000
  unit_name = names[i]
}

# Why the blocks of a trace make no figure, "" if they do.
function trace_lacks(k, last,    i, s, n) {
  for (i = 1; i <= trace_blocks[k]; i++)
    for (s = 1; s <= 4; s++)
      n += block_slice[k, i, s] != ""
  return n == 0 ? "no slice of it has a value" : last > 0 ? "" : "its blocks have no time"
}

function draw_trace(k,    i, n, name, title, about, seconds, last, f, low, high, compare_text) {
  n = trace_blocks[k]
  name = "blocks-" slug(trace_cell[k]) "-" slug(trace_metric[k])
  if (trace_name[name]++)
    name = name "-" trace_name[name]
  last = block_at[k, n] + block_wall[k, n]
  seconds = last > 300 ? 60 : 1
  compare_text = compared == "" ? "" : ", " compared
  title = plain(trace_cell[k], 80)
  about = metric_title(trace_metric[k]) compare_text ", " n (n == 1 ? " block" : " blocks")
  if (trace_lacks(k, last) != "") {
    lose(name, "blocks", title, about, trace_lacks(k, last))
    return
  }
  begin(name, "blocks", title, about)
  beyond = 0
  write_slices(k, seconds)
  unit_of(trace_metric[k], span_high)
  i = span_high > span_low ? (span_high - span_low) * 0.08 : span_high == 0 ? 1 : abs(span_high) * 0.01
  printf "VALUE_LOW = %.9g\nVALUE_HIGH = %.9g\n", (span_low - i) / unit_scale, (span_high + i) / unit_scale > info
  write_differences(k, seconds)
  f = finding_of[trace_cell[k], trace_metric[k]]
  low = f ? ln_of(finding_lo[f]) : ""
  high = f ? ln_of(finding_hi[f]) : ""
  printf "CI_LOW = %s\nCI_HIGH = %s\n", low == "" ? "NaN" : low, high == "" ? "NaN" : high > info
  if (low != "" && low + 0 < span_low) span_low = low + 0
  if (high != "" && high + 0 > span_high) span_high = high + 0
  i = (span_high - span_low) * 0.08
  printf "LOW = %.9g\nHIGH = %.9g\n", span_low - i, span_high + i > info
  print "SCALE = " unit_scale "\nAXIS = " quoted(unit_name) "\nTIME = " quoted(seconds == 60 ? "minutes" : "seconds") > info
  printf "LAST = %.9g\nBEYOND = %d\n", last / seconds, beyond > info
  change_tics(span_low - i, span_high + i, 8.5)
  close(info)
}

function draw_gate(    k) {
  if (findings > 0) {
    draw_forest()
    draw_before_after()
  } else if ("compare" in given)
    lose("forest", "forest", "New version against base", "", lacks("compare") != "" ? lacks("compare") : \
      "compare.csv has no row with a metric")
  # what was measured besides, such as a p99 that was not compared, has no row in the forest either, nor have all of the
  # many comparisons of claims
  for (k = 1; k <= traces; k++)
    if (claims > 0 ? (trace_cell[k], trace_metric[k]) in claim_shown : findings == 0 || (trace_cell[k], trace_metric[k]) in finding_of)
      draw_trace(k)
  if ("blocks" in given && lacks("blocks") != "")
    lose("blocks", "blocks", "Blocks", "", lacks("blocks"))
  else if ("blocks" in given && traces == 0)
    none("blocks", "blocks", "blocks.csv has no block")
  for (k in gate_left_out)
    note(gate_left_out[k] " " k " cell" (gate_left_out[k] == 1 ? "" : "s") " left out of forest")
}
