# SPDX-License-Identifier: MIT
# The whole distribution: each decade of the tail, 1/(1-p), has the same room. It begins at p10, since a minimum may lie far off.
#
# figure.gp: TITLE SUBTITLE HIGH[] per panel, where its axis ends, and what facets.gp reads
# series-N.csv: quantile value_ns, and whether a point marks it: lines of one family differ by these

load 'figure.gp'
load 'style.gp'
VALUES = 1
X_TITLE = 'percentile of the round trips, %'
array Y_TITLE[1] = ['']
ONE_COLUMN = 0
ENTRIES = 0
CHARS_OF_KEY = 1
GROUPED = 1
X_GROUP(p) = HIGH[p]
load 'facets.gp'
load 'page.gp'

set logscale x 10
# the maximum, quantile 1, lies at no place of this axis
x(n) = column('quantile') >= 0.1 && column('quantile') < 1 ? 1 / (1 - column('quantile')) : NaN
X_OF(q) = 1 / (1 - q)
marked(n) = column('point') > 0 ? x(0) : NaN

set multiplot
unset key
v = 1
do for [p = 1:PANELS] {
  @FACET
  @FACET_TIMES
  set xrange [1.08 : HIGH[p]]
  if (!is_marked(cell_of(p, v))) { set xtics @PERCENT_MARKS } else {
    if (SIDE / log10(HIGH[p]) > (HIGH[p] < 5e4 ? at_width(38, 30) : length_of(7, 12) + 2)) { set xtics @PERCENT_TICS } else {
      if (HIGH[p] < 5e4) { set xtics @PERCENT_TICS_4 } else { set xtics @PERCENT_TICS_7 }
    }
  }
  plot for [k in LINES_IN[p]] 'series-'.k.'.csv' using (x(0)):(column('value_ns') / 1e3) with lines \
    linecolor rgb family_color(FAMILY[int(k)]) dashtype wait_dash(WAIT[int(k)]) linewidth WIDTH_OF[int(k)], \
    for [k in LINES_IN[p]] 'series-'.k.'.csv' using (marked(0)):(column('value_ns') / 1e3) with points \
    linecolor rgb family_color(FAMILY[int(k)]) pointtype shape(POINT[int(k)])
  do for [h = 1:HEADING] { unset label 80 + h }
}
unset multiplot
