# SPDX-License-Identifier: MIT
# Times against the size of a message: a line for the median, a band from there to the 99th percentile. Those that wait alike have
# one axis.
#
# figure.gp: TITLE SUBTITLE WHERE SIZE_LOW SIZE_HIGH, CACHES, CACHE_BYTES[] per cache, CACHE_NAMES, BANDS that have a height, and what
#            facets.gp reads
# series-N.csv: size_bytes lat_p50_ns; band-N.csv: those that have lat_p99_ns as well, or the median twice

load 'figure.gp'
load 'style.gp'
VALUES = 1
X_TITLE = 'message size'
array Y_TITLE[1] = ['']
ONE_COLUMN = 0
ENTRIES = CACHES > 0 ? 3 : 2
CHARS_OF_KEY = 40
load 'facets.gp'
load 'page.gp'

LABELS = CELLS == 1 && !HALF ? 8 : at_width(3, 4)
load 'sizes.gp'
X_OF(x) = x
us(name) = column(name) / 1e3

set multiplot
unset key
v = 1
do for [p = 1:PANELS] {
  @FACET
  @FACET_TIMES
  if (is_last(cell_of(p, v))) { set xtics @SIZE_TICS } else { set xtics @SIZE_MARKS }
  plot for [k in LINES_IN[p]] 'band-'.k.'.csv' using (column('size_bytes')):(us('lat_p50_ns')):(us('lat_p99_ns')) with filledcurves \
      fillcolor rgb family_color(FAMILY[int(k)]) fillstyle transparent solid 0.2 noborder notitle, \
    for [k in LINES_IN[p]] 'series-'.k.'.csv' using (column('size_bytes')):(us('lat_p50_ns')) with linespoints \
      linecolor rgb family_color(FAMILY[int(k)]) dashtype wait_dash(WAIT[int(k)]) linewidth WIDTH_OF[int(k)] \
      pointtype shape(POINT[int(k)]) notitle
  do for [h = 1:HEADING] { unset label 80 + h }
}
load 'legend-page.gp'
@FACET_KEY
plot NaN notitle, \
  keyentry with lines linecolor rgb INK linewidth 1.6 title 'round trip, p50', \
  keyentry with filledcurves linecolor rgb (BANDS > 0 ? INK : 0xffffff) fillstyle transparent solid 0.2 noborder \
    title (BANDS > 0 ? 'median to p99' : 'p99: too few samples'), \
  @KEY_OF_CACHES
unset multiplot
