# SPDX-License-Identifier: MIT
# The hockey stick: times of an open loop against the load that was offered, the median over trials with its interval, and how
# much of the load was carried. A ring marks the knee, the highest load below the dotted limit; a diamond marks the highest rate that
# holds --slo, at its limit, with its interval. Those that wait alike have a column.
#
# figure.gp: TITLE SUBTITLE WHERE, COLUMNS, COLUMN[] LINES_IN[] LOADS_LOW[] LOADS_HIGH[] per column, P50_LOW P50_HIGH P99_LOW P99_HIGH,
#            P99 whether there is one, SLO SLO_PANEL where there is a limit,
#            NAME_ROWS above the panels, 0 without, END_X[] END_Y[] END_ROW[] of the names in them,
#            AROUND what bars are, SERIES CHARS, BARE[] FAMILY[] WAIT[] POINT[] WIDTH_OF[] per series
# series-N.csv: offered_msgs_per_s msgs_per_s lat_p50_ns lat_p99_ns knee, around the medians p50_lo p50_hi p99_lo p99_hi, the same in
#               each row: slo slo_lo slo_hi slo_ns, and limit of the knee

load 'figure.gp'
load 'style.gp'
if (!exists('SLO')) SLO = ''
if (!exists('SLO_PANEL')) SLO_PANEL = 0
KEY_ENTRIES = SERIES + 3 + (SLO ne '')
# columns say how mechanisms wait, so that one which waits in two ways has one entry
array ENTRY[SERIES]
do for [i = 1:SERIES] {
  ENTRY[i] = NAME_ROWS ? '' : BARE[i]
  if (NAME_ROWS) { KEY_ENTRIES = KEY_ENTRIES - 1 }
  do for [j = 1:i - 1] {
    if (ENTRY[i] ne '' && BARE[j] eq BARE[i]) {
      ENTRY[i] = ''
      KEY_ENTRIES = KEY_ENTRIES - 1
    }
  }
}
if (CHARS < 17) { CHARS = 17 }
KEY = key_height(KEY_ENTRIES, CHARS)
PANEL = at_width(170, 105)
ACHIEVED = at_width(90, 56)
GAP = at_width(22, 14)
TITLED = COLUMNS > 1 ? at_width(20, 13) : 0
NAMES = at_width(14, 11) * NAME_ROWS
HEIGHT = HEAD + TITLED + NAMES + 2 * PANEL + ACHIEVED + 2 * GAP + at_width(60, 42) + KEY
load 'page.gp'

LEFT = at_width(84, 60)
BETWEEN = at_width(36, 22)
SIDE = (WIDTH - LEFT - at_width(22, 12) - (COLUMNS - 1) * BETWEEN) / COLUMNS
top_px(row) = HEAD + TITLED + NAMES + (row - 1) * (PANEL + GAP)
set logscale x 10
set format x ''

us(name) = column(name) > 0 ? column(name) / 1e3 : NaN
knee(x) = column('knee') == 1 ? us('lat_p99_ns') : NaN
offered(x) = column('offered_msgs_per_s')
achieved(x) = column('msgs_per_s') > 0 ? 100 * column('msgs_per_s') / offered(0) : NaN
slo(row) = row == SLO_PANEL && column('slo') > 0 ? column('slo') : NaN
end(name, edge) = column(name) > 0 ? column(name) : edge
array AXIS[3] = ['latency, p99', 'latency, p50', 'achieved']

set multiplot
unset key
do for [c = 1:COLUMNS] {
  set lmargin at screen from_left(LEFT + (c - 1) * (SIDE + BETWEEN))
  set rmargin at screen from_left(LEFT + (c - 1) * (SIDE + BETWEEN) + SIDE)
  set xrange [LOADS_LOW[c] : LOADS_HIGH[c]]
  # two marks in a power of ten, if their texts have room
  SHORT = SIDE / log10(LOADS_HIGH[c] / LOADS_LOW[c]) > at_width(100, 64)
  do for [row = 1:3] {
    set tmargin at screen from_top(top_px(row))
    set bmargin at screen from_top(top_px(row) + (row < 3 ? PANEL : ACHIEVED))
    set label 4 (c == 1 ? AXIS[row] : '') at screen at_width(0.022, 0.03), graph 0.5 center rotate textcolor rgb INK
    set label 5 (row == 1 ? COLUMN[c] : '') at graph 0, screen from_top(HEAD + 0.4 * TITLED) left textcolor rgb INK
    do for [k in LINES_IN[c]] {
      i = int(k)
      if (row == 1 && NAME_ROWS) {
        name_px = top_px(1) - at_width(14, 11) * (END_ROW[i] - 0.5)
        set label 100 + i BARE[i] at first END_X[i], screen from_top(name_px) right offset character -0.4, 0 font F11 \
          textcolor rgb text_color(FAMILY[i])
        set arrow 100 + i from first END_X[i], screen from_top(name_px) to first END_X[i], first END_Y[i] / 1e3 nohead \
          linecolor rgb 0x7f7f7f linewidth 0.8 dashtype 3
      } else { unset arrow 100 + i }
    }
    if (row == 3 && c == 1) {
      set label 6 'offered load, messages/s' at screen from_left(0.5 * (LEFT + WIDTH - at_width(22, 12))), screen from_bottom(KEY + at_width(16, 11)) center textcolor rgb INK
    }
    if (SHORT) {
      if (row < 3) { set xtics @RATE_MARKS_13 } else { set xtics @RATE_TICS_13 }
    } else {
      if (row < 3) { set xtics @RATE_MARKS } else { set xtics @RATE_TICS }
    }
    name = row == 1 ? 'p99' : 'p50'
    if (row < 3) {
      set logscale y 10
      set yrange [(row == 1 ? P99_LOW : P50_LOW) / 1e3 : (row == 1 ? P99_HIGH : P50_HIGH) / 1e3]
      FINE = row == 1 ? P99_HIGH < 30 * P99_LOW : P50_HIGH < 30 * P50_LOW
      if (c == 1) { if (FINE) { set ytics @TIME_TICS_125 } else { set ytics @TIME_TICS } } else { set ytics @TIME_MARKS; set format y '' }
      if (row == 1 && !P99) { @NO_P99 }
      plot for [i in LINES_IN[c]] 'series-'.i.'.csv' using (offered(0)):(us(name.'_lo')):(0):(us(name.'_hi') - us(name.'_lo')) \
          with vectors nohead linecolor rgb 0x90000000 + family_color(FAMILY[int(i)]) linewidth 1.2, \
        for [i in LINES_IN[c]] 'series-'.i.'.csv' using (offered(0)):(row == 1 ? us('limit') : NaN) with lines \
          linecolor rgb family_color(FAMILY[int(i)]) dashtype 3 linewidth 1.2, \
        for [i in LINES_IN[c]] 'series-'.i.'.csv' using (offered(0)):(us('lat_'.name.'_ns')) with linespoints \
          linecolor rgb family_color(FAMILY[int(i)]) dashtype wait_dash(WAIT[int(i)]) linewidth WIDTH_OF[int(i)] \
          pointtype shape(POINT[int(i)]), \
        for [i in LINES_IN[c]] 'series-'.i.'.csv' using (offered(0)):(row == 1 ? knee(0) : NaN) with points \
          linecolor rgb INK pointtype 6 pointsize 2.6 * POINTSIZE linewidth 1.4, \
        for [i in LINES_IN[c]] 'series-'.i.'.csv' every ::0::0 \
          using (slo(row)):(us('slo_ns')):(end('slo_lo', LOADS_LOW[c])):(end('slo_hi', LOADS_HIGH[c])) with xerrorbars \
          linecolor rgb family_color(FAMILY[int(i)]) pointtype 13 pointsize 1.8 * POINTSIZE linewidth 2
    } else {
      unset logscale y
      set yrange [0 : 115]
      if (c == 1) { set ytics ('0' 0, '50 %%' 50, '100 %%' 100) } else { set ytics ('' 0, '' 50, '' 100) }
      plot for [i in LINES_IN[c]] 'series-'.i.'.csv' using (offered(0)):(achieved(0)) with linespoints \
        linecolor rgb family_color(FAMILY[int(i)]) dashtype wait_dash(WAIT[int(i)]) linewidth WIDTH_OF[int(i)] \
        pointtype shape(POINT[int(i)])
    }
    unset label
    unset arrow
  }
}
load 'legend.gp'
unset multiplot
