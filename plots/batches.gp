# SPDX-License-Identifier: MIT
# Messages per second against the delay of the first message of a batch. A batch of one stands left of the dotted line, apart from
# the axis of logarithms; the least of the others is written beside its point, and its line goes on to the largest.
#
# figure.gp: TITLE SUBTITLE WHERE ZERO HIGH, BATCH_LEAST above one, and what facets.gp reads
# series-N.csv: batch delay_ns at_ns msgs_per_s and its interval, maybe empty; at_ns is ZERO for a batch of one

load 'figure.gp'
load 'style.gp'
VALUES = 1
X_TITLE = 'delay of the first message of a batch, at that rate'
array Y_TITLE[1] = ['']
ONE_COLUMN = 1
ENTRIES = 0
CHARS_OF_KEY = 1
PANEL_LEAST = at_width(240, 140)
load 'facets.gp'
load 'page.gp'

SPARSE = HALF
load 'pauses.gp'
set logscale y 10
set mytics 1
X_OF(x) = x / 1e3
set arrow 4 from first ZERO / 1e3 * sqrt(5.0), graph 0 to first ZERO / 1e3 * sqrt(5.0), graph 1 nohead \
  linecolor rgb 0x7f7f7f linewidth 1 dashtype 3
at(x) = column('at_ns') / 1e3
after(x) = column('batch') > 1 ? at(0) : NaN
rate(x) = column('msgs_per_s') / 1e6
end(of) = column('msgs_per_s_ci_'.of) / 1e6
first(x) = column('batch') == BATCH_LEAST ? x : NaN

set multiplot
unset key
v = 1
do for [p = 1:PANELS] {
  @FACET
  set yrange [low(p, v) / 1e6 : high(p, v) / 1e6]
  if (high(p, v) / low(p, v) < 60) { set ytics @TICS_125 } else { set format y '%g'; set ytics 10 }
  set label 2 'million messages/s' at graph 0, graph 0.5 center rotate offset character -5.2, 0 font F12 textcolor rgb INK
  if (is_last(cell_of(p, v))) { set xtics @PAUSES } else { set xtics @MARKS }
  plot for [k in LINES_IN[p]] 'series-'.k.'.csv' using (at(0)):(end('lo')):(0):(end('hi') - end('lo')) with vectors nohead \
      linecolor rgb 0x90000000 + family_color(FAMILY[int(k)]) linewidth 1.6, \
    for [k in LINES_IN[p]] 'series-'.k.'.csv' using (after(0)):(rate(0)) with lines \
      linecolor rgb family_color(FAMILY[int(k)]) dashtype wait_dash(WAIT[int(k)]) linewidth WIDTH_OF[int(k)], \
    for [k in LINES_IN[p]] 'series-'.k.'.csv' using (at(0)):(rate(0)) with points \
      linecolor rgb family_color(FAMILY[int(k)]) pointtype shape(POINT[int(k)]), \
    for [k in LINES_IN[p]] 'series-'.k.'.csv' using (first(after(0))):(rate(0)):(strcol('batch')) with labels right \
      offset -0.8, 0 font F10 textcolor rgb text_color(FAMILY[int(k)])
  do for [h = 1:HEADING] { unset label 80 + h }
}
unset multiplot
