# SPDX-License-Identifier: MIT
# Times against the size of a message: a line for the median, a band from there to the 99th percentile. Bands of
# many mechanisms would cover each other, so each family has a panel, all on the same axes.
#
# figure.gp: TITLE SUBTITLE WHERE SIZE_LOW SIZE_HIGH LOW HIGH, CACHES, CACHE[] CACHE_BYTES[] per cache,
#            BANDS that have a height, PANELS, PANEL[] LINES_IN[] per panel,
#            SERIES CHARS, NAME_OF[] FAMILY[] WAIT[] POINT[] WIDTH_OF[] per series
# series-N.csv: size_bytes lat_p50_ns; band-N.csv: those that have lat_p99_ns as well, or the median twice

load 'figure.gp'
load 'style.gp'
KEY_ENTRIES = SERIES
KEY = key_height(KEY_ENTRIES, CHARS)
COLUMNS = PANELS == 1 ? 1 : 2
LINES = int(ceil(PANELS / (1.0 * COLUMNS)))
PANEL_HEIGHT = PANELS == 1 ? 320 : 170
GAP = 30
ABOVE = HEAD + (CACHES > 0 || PANELS > 1 ? 24 : 0)
HEIGHT = ABOVE + LINES * PANEL_HEIGHT + (LINES - 1) * GAP + 66 + KEY
load 'page.gp'

LABELS = PANELS == 1 ? 8 : 4
load 'sizes.gp'
set logscale y 10
set yrange [LOW / 1e3 : HIGH / 1e3]
LEFT = 92
SIDE = (WIDTH - LEFT - 26 - (COLUMNS - 1) * 26) / COLUMNS
line_of(p) = (p - 1) / COLUMNS
column_of(p) = (p - 1) % COLUMNS
top_of(p) = from_top(ABOVE + line_of(p) * (PANEL_HEIGHT + GAP))
left_of(p) = from_left(LEFT + column_of(p) * (SIDE + 26))

unset key
set multiplot
do for [p = 1:PANELS] {
  set tmargin at screen top_of(p)
  set bmargin at screen top_of(p) - from_bottom(PANEL_HEIGHT)
  set lmargin at screen left_of(p)
  set rmargin at screen left_of(p) + from_left(SIDE)
  if (column_of(p) > 0) {
    set format y ''
    set ytics @TIME_MARKS
  } else {
    if (HIGH / LOW < 30) { set ytics @TIME_TICS_125 } else { set ytics @TIME_TICS }
  }
  set label 4 family_name(PANEL[p]) at graph 0, graph 1 left offset 0.3, 0.7 font F14 textcolor rgb INK
  if (line_of(p) == 0) {
    do for [c = 1:CACHES] {
      set label 20 + c CACHE[c] at first CACHE_BYTES[c], graph 1 center offset 0, 0.7 font F11 textcolor rgb 0x555555
    }
  }
  if (p + COLUMNS > PANELS) { set xtics @SIZE_TICS } else { set xtics @SIZE_MARKS }
  if (p == PANELS) {
    set label 5 'message size' at screen 0.5, screen from_bottom(KEY + 18) center textcolor rgb INK
    set label 6 (BANDS > 0 ? 'round trip: line p50, band up to p99' : 'round trip, p50; too few samples for p99') at screen 0.022, \
      screen (TOP + from_bottom(66 + KEY)) / 2 center rotate textcolor rgb INK
  }
  plot for [i in LINES_IN[p]] 'band-'.i.'.csv' \
      using (column('size_bytes')):(column('lat_p50_ns') / 1e3):(column('lat_p99_ns') / 1e3) with filledcurves \
      fillcolor rgb family_color(FAMILY[int(i)]) fillstyle transparent solid 0.2 noborder notitle, \
    for [i in LINES_IN[p]] 'series-'.i.'.csv' using (column('size_bytes')):(column('lat_p50_ns') / 1e3) with linespoints \
      linecolor rgb family_color(FAMILY[int(i)]) dashtype wait_dash(WAIT[int(i)]) linewidth WIDTH_OF[int(i)] \
      pointtype shape(POINT[int(i)]) notitle
  unset label
}
load 'legend.gp'
unset multiplot
