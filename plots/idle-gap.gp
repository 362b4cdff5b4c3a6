# SPDX-License-Identifier: MIT
# What a round trip takes after a pause: the median and the 99th percentile, each with its interval. No pause stands
# left of the dotted line, apart from the axis of logarithms.
#
# figure.gp: TITLE SUBTITLE WHERE ZERO HIGH, P99 whether there is one, AROUND what bars are, and what facets.gp reads
# series-N.csv: think_ns at_ns lat_p50_ns lat_p99_ns, and around them p50_lo p50_hi p99_lo p99_hi; at_ns is ZERO where there
#               was no pause

load 'figure.gp'
load 'style.gp'
VALUES = P99 ? 2 : 1
X_TITLE = 'pause before the round trip'
array Y_TITLE[2] = ['p50', 'p99']
if (!P99) { Y_TITLE[1] = 'p50 (p99: too few samples)' }
ONE_COLUMN = 1
MARKED = 1
ENTRIES = 1
CHARS_OF_KEY = 30
# names stand beside the last of the points
NAMES_MOVED = 1
load 'facets.gp'
array LAST_AT[CELLS]
do for [p = 1:PANELS] {
  do for [v = 1:VALUES] {
    LAST_AT[cell_of(p, v) + 1] = 0
    do for [k in LINES_IN[p]] {
      last = log(tail_x(int(k), v) * 2.2 / ZERO + 1e-9) / log(HIGH * 2.2 / ZERO)
      if (last > LAST_AT[cell_of(p, v) + 1]) { LAST_AT[cell_of(p, v) + 1] = last }
    }
  }
}
names_at(p, v) = LAST_AT[cell_of(p, v) + 1] > 0.9 ? 1 : LAST_AT[cell_of(p, v) + 1] + 0.04
load 'page.gp'

SPARSE = HALF
load 'pauses.gp'
X_OF(x) = x / 1e3
set arrow 4 from first ZERO / 1e3 * sqrt(5.0), graph 0 to first ZERO / 1e3 * sqrt(5.0), graph 1 nohead \
  linecolor rgb 0x7f7f7f linewidth 1 dashtype 3
us(name) = column(name) > 0 ? column(name) / 1e3 : NaN
at(x) = column('at_ns') / 1e3
after(x) = column('think_ns') > 0 ? at(0) : NaN

set multiplot
unset key
do for [p = 1:PANELS] {
  do for [v = 1:VALUES] {
    @FACET
    @FACET_TIMES
    set xtics @PAUSES
    name = v == 1 ? 'p50' : 'p99'
    plot for [k in LINES_IN[p]] 'series-'.k.'.csv' using (at(0)):(us(name.'_lo')):(0):(us(name.'_hi') - us(name.'_lo')) with vectors nohead \
        linecolor rgb 0x80000000 + family_color(FAMILY[int(k)]) linewidth 1.6, \
      for [k in LINES_IN[p]] 'series-'.k.'.csv' using (after(0)):(us('lat_'.name.'_ns')) with lines \
        linecolor rgb family_color(FAMILY[int(k)]) dashtype wait_dash(WAIT[int(k)]) linewidth WIDTH_OF[int(k)], \
      for [k in LINES_IN[p]] 'series-'.k.'.csv' using (at(0)):(us('lat_'.name.'_ns')) with points \
        linecolor rgb family_color(FAMILY[int(k)]) pointtype shape(POINT[int(k)])
    do for [h = 1:HEADING] { unset label 80 + h }
  }
}
load 'legend-page.gp'
@FACET_KEY
plot NaN notitle, keyentry with lines linecolor rgb 0x909090 linewidth 1.6 title AROUND
unset multiplot
