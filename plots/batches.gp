# SPDX-License-Identifier: MIT
# Messages per second against the delay of the first message of a batch. A batch of one stands left of the dotted
# line, apart from the axis of logarithms; numbers beside the points are batches.
#
# figure.gp: TITLE SUBTITLE WHERE ZERO HIGH, SERIES CHARS, NAME_OF[] FAMILY[] WAIT[] POINT[] WIDTH_OF[] per series
# series-N.csv: batch delay_ns at_ns msgs_per_s; at_ns is ZERO for a batch of one

load 'figure.gp'
load 'style.gp'
KEY_ENTRIES = SERIES
KEY = key_height(KEY_ENTRIES, CHARS)
PANEL = 380
HEIGHT = HEAD + PANEL + 60 + KEY
load 'page.gp'

set lmargin at screen from_left(92)
set rmargin at screen 0.96
load 'pauses.gp'
set xtics @PAUSES
set logscale y 10
set format y '%g'
set arrow 4 from first ZERO / 1e3 * sqrt(5.0), graph 0 to first ZERO / 1e3 * sqrt(5.0), graph 1 nohead \
  linecolor rgb 0x7f7f7f linewidth 1 dashtype 3
after(x) = column('batch') > 1 ? column('at_ns') / 1e3 : NaN
without(x) = column('batch') > 1 ? NaN : column('at_ns') / 1e3
rate(x) = column('msgs_per_s') / 1e6

set multiplot
set tmargin at screen from_top(HEAD)
set bmargin at screen from_top(HEAD + PANEL)
set label 4 'million messages/s' at screen 0.022, graph 0.5 center rotate textcolor rgb INK
set xlabel 'delay of the first message of a batch, at that rate' offset 0, LIFT textcolor rgb INK
plot for [i = 1:SERIES] sprintf('series-%d.csv', i) using (after(0)):(rate(0)) with linespoints \
    linecolor rgb family_color(FAMILY[i]) dashtype wait_dash(WAIT[i]) linewidth WIDTH_OF[i] \
    pointtype shape(POINT[i]) notitle, \
  for [i = 1:SERIES] sprintf('series-%d.csv', i) using (without(0)):(rate(0)) with points \
    linecolor rgb family_color(FAMILY[i]) linewidth WIDTH_OF[i] pointtype shape(POINT[i]) notitle, \
  for [k in PICKS] 'series-'.k.'.csv' using (after(0)):(rate(0)):(strcol('batch')) with labels left offset 0.7, -0.5 \
    font F11 textcolor rgb INK notitle
unset label
load 'legend.gp'
unset multiplot
