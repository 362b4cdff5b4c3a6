# SPDX-License-Identifier: MIT
# What a round trip takes after a pause: the median above, the 99th percentile below. No pause stands left of the
# dotted line, apart from the axis of logarithms.
#
# figure.gp: TITLE SUBTITLE WHERE ZERO HIGH, P99 whether there is one, SERIES CHARS, NAME_OF[] FAMILY[] WAIT[] POINT[] WIDTH_OF[] per series
# series-N.csv: think_ns at_ns lat_p50_ns lat_p99_ns; at_ns is ZERO where there was no pause

load 'figure.gp'
load 'style.gp'
KEY_ENTRIES = SERIES
KEY = key_height(KEY_ENTRIES, CHARS)
PANEL = 210
GAP = 22
HEIGHT = HEAD + 2 * PANEL + GAP + 60 + KEY
load 'page.gp'

array VALUE[2] = ['lat_p50_ns', 'lat_p99_ns']
array AXIS[2] = ['round trip, p50', 'the same, p99']
set lmargin at screen from_left(92)
set rmargin at screen 0.96
load 'pauses.gp'
set logscale y 10
set ytics @TIME_TICS
set arrow 4 from first ZERO / 1e3 * sqrt(5.0), graph 0 to first ZERO / 1e3 * sqrt(5.0), graph 1 nohead \
  linecolor rgb 0x7f7f7f linewidth 1 dashtype 3
us(name) = column(name) > 0 ? column(name) / 1e3 : NaN
after(x) = column('think_ns') > 0 ? column('at_ns') / 1e3 : NaN
without(x) = column('think_ns') > 0 ? NaN : column('at_ns') / 1e3

set multiplot
do for [p = 1:2] {
  set tmargin at screen from_top(HEAD + (p - 1) * (PANEL + GAP))
  set bmargin at screen from_top(HEAD + (p - 1) * (PANEL + GAP) + PANEL)
  set label 4 AXIS[p] at screen 0.022, graph 0.5 center rotate textcolor rgb INK
  if (p == 1) {
    set xtics @MARKS
  } else {
    set xtics @PAUSES
    if (!P99) { @NO_P99 }
    set xlabel 'pause before the round trip' offset 0, LIFT textcolor rgb INK
  }
  plot for [i = 1:SERIES] sprintf('series-%d.csv', i) using (after(0)):(us(VALUE[p])) with linespoints \
      linecolor rgb family_color(FAMILY[i]) dashtype wait_dash(WAIT[i]) linewidth WIDTH_OF[i] \
      pointtype shape(POINT[i]) notitle, \
    for [i = 1:SERIES] sprintf('series-%d.csv', i) using (without(0)):(us(VALUE[p])) with points \
      linecolor rgb family_color(FAMILY[i]) linewidth WIDTH_OF[i] pointtype shape(POINT[i]) notitle
  unset label
}
load 'legend.gp'
unset multiplot
