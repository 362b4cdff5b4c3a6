# SPDX-License-Identifier: MIT
# Rows of dots with intervals under headings, a text at either side: dots.gp. Rows take as many lines as they have dots.

function dots_begin() {
  dots_line = dots_heads = dots_rows = 0
  dots_low = dots_high = dots_far_low = dots_far_high = ""
  dots_file = folder "/rows.csv"
  print "y,x,lo,hi,spread,class,dot" > dots_file
  dots_left = dots_right = 0
}

function dots_head(left, right) {
  dots_line += dots_line > 0 ? 1.35 : 1
  dots_head_text[++dots_heads] = left
  dots_head_says[dots_heads] = right
  dots_head_y[dots_heads] = dots_line
}

# One more line of the heading.
function dots_subhead(text) {
  dots_head_text[++dots_heads] = text
  dots_head_says[dots_heads] = ""
  dots_head_y[dots_heads] = dots_line += 1
  dots_sub[dots_heads] = 1
}

# The next row, of so many lines; dots_y is its middle.
function dots_row(text, says, lines_high) {
  dots_y = dots_line + 0.5 + lines_high / 2
  dots_line += lines_high
  dots_label[++dots_rows] = text
  dots_says[dots_rows] = says
  dots_row_y[dots_rows] = dots_y
  dots_row_high[dots_rows] = lines_high
  if (length(text) > dots_left) dots_left = length(text)
  if (length(says) > dots_right) dots_right = length(says)
}

# A ratio that counts as none, and all that are nearer to 1, are grey in the row.
function dots_zone(to) { dots_grey[dots_rows] = log(to) }

function dots_point(y, x, lo, hi, spread, class, dot) {
  printf "%.3f,%s,%s,%s,%s,%s,%s\n", y, ln_of(x), ln_of(lo), ln_of(hi), spread, class, dot > dots_file
  dots_extent(log(x), log(x))
  if (lo > 0 && hi > 0) {
    if (dots_far_low == "" || log(lo) < dots_far_low) dots_far_low = log(lo)
    if (dots_far_high == "" || log(hi) > dots_far_high) dots_far_high = log(hi)
  }
}

function dots_extent(from, to) {
  if (dots_low == "" || from < dots_low) dots_low = from
  if (dots_high == "" || to > dots_high) dots_high = to
}

# gnuplot has no empty arrays.
function dots_arrays(names, n,    k, count, list) {
  count = split(names, list, " ")
  for (k = 1; k <= count; k++)
    print "array " list[k] "[" n + 1 "]" > info
}

# The axis holds all dots, and their intervals unless one would squeeze the rest. units "" = of ratios.
function dots_end(axis, units,    k, span) {
  close(dots_file)
  span = dots_high - dots_low
  if (span < 0.05)
    span = 0.05
  if (dots_far_low != "" && dots_far_low < dots_low)
    dots_low = dots_far_low < dots_low - span ? dots_low - span : dots_far_low
  if (dots_far_high != "" && dots_far_high > dots_high)
    dots_high = dots_far_high > dots_high + span ? dots_high + span : dots_far_high
  span = (dots_high - dots_low) * 0.04
  if (span < 0.002)
    span = 0.002
  dots_low -= span
  dots_high += span
  printf "AXIS = %s\nLOW = %.9g\nHIGH = %.9g\nLINES = %.3f\nLEFT_CHARS = %.1f\nRIGHT_CHARS = %d\n", quoted(axis), dots_low, \
    dots_high, dots_line + 0.7, dots_left, dots_right > info
  print "CELLS = " dots_heads "\nROWS = " dots_rows > info
  dots_arrays("CELL CELL_SAYS CELL_Y SUB", dots_heads)
  dots_arrays("LABEL SAYS ROW_Y ROW_HIGH ZONE", dots_rows)
  for (k = 1; k <= dots_heads; k++)
    printf "CELL[%d] = %s\nCELL_SAYS[%d] = %s\nCELL_Y[%d] = %.3f\nSUB[%d] = %d\n", k, quoted(dots_head_text[k]), k, \
      quoted(dots_head_says[k]), k, dots_head_y[k], k, dots_sub[k] > info
  for (k = 1; k <= dots_rows; k++) {
    printf "LABEL[%d] = %s\nSAYS[%d] = %s\nROW_Y[%d] = %.3f\nROW_HIGH[%d] = %.3f\nZONE[%d] = %.9g\n", k, quoted(dots_label[k]), \
      k, quoted(dots_says[k]), k, dots_row_y[k], k, dots_row_high[k], k, dots_grey[k] > info
    delete dots_grey[k]
  }
  axis_tics(dots_low, dots_high, units)
  close(info)
}

# Marks of an axis of logarithms from low to high, about seven of them on a full page, in list[1..n]: even steps on a short axis, 1 2 5
# on a longer one, powers of ten beyond, not all of them on a very long one. Returns n.
function tic_list(low, high, list,    room, n, e, k, m, x, step, t) {
  n = 0
  room = ENVIRON["HALF"] ? 0.6 : 1
  if (high - low < 1.2) {
    for (step = 10 ^ int(log(exp(low)) / log(10) - 5); (exp(high) - exp(low)) / step > 6.5 * room; k++)
      step *= k % 3 == 1 ? 2.5 : 2
    for (x = step * int(exp(low) / step); x <= exp(high) * 1.000001; x += step)
      if (x > 0 && log(x) >= low)
        list[++n] = x
  } else {
    # decades between marks, where there are more than there is room for
    step = int((high - low) / log(10) / (7 * room)) + 1
    m = split(high - low > 9 * room ? "1" : high - low > 4.5 * room ? "1 3" : "1 2 5", t, " ")
    for (e = int(low / log(10)) - 1; e <= high / log(10) + 1; e++)
      for (k = 1; k <= m; k++)
        if (e % step == 0 && log(t[k]) + e * log(10) >= low && log(t[k]) + e * log(10) <= high)
          list[++n] = t[k] * 10 ^ e
  }
  return n
}

function axis_tics(low, high, units,    n, k, list) {
  n = tic_list(low, high, list)
  print "TICS = " n "\narray TIC[" n + 1 "]\narray TIC_TEXT[" n + 1 "]" > info
  for (k = 1; k <= n; k++)
    printf "TIC[%d] = %.9g\nTIC_TEXT[%d] = %s\n", k, log(list[k]), k, \
      quoted(units == "" ? sprintf("%.4g×", list[k]) : mark_text(list[k], units)) > info
}

# "5 µs", as short as it is exact.
function mark_text(x, units,    n, u, i) {
  n = split(units, u, " ")
  for (i = 1; i < n && x >= 999.999; i++)
    x /= 1000
  return sprintf("%.4g %s", x, u[i])
}
