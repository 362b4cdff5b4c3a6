# SPDX-License-Identifier: MIT
# Messages per second of all sides together against their number, and the p99 of their round trips beside it.
#
# figure.gp: TITLE SUBTITLE WHERE, SIDES what they are, BATCHES a list of their numbers, VALUES, RATES if the first of them is a
#            rate, IDEAL, and what facets.gp reads
# series-N.csv: sides msgs_per_s p99_ns, each with its interval; ideal_msgs_per_s, N times the rate of one pair, ideal_p99_ns, empty;
#               all maybe empty

load 'figure.gp'
load 'style.gp'
X_TITLE = SIDES
array Y_TITLE[2]
Y_TITLE[1] = RATES ? 'million messages/s' : 'p99 of round trips'
Y_TITLE[2] = 'p99 of round trips'
ONE_COLUMN = 0
MARKED = 1
ENTRIES = INTERVALS + IDEAL
CHARS_OF_KEY = 30
PANEL_LEAST = at_width(190, 110)
load 'facets.gp'
load 'page.gp'

load 'batch-axis.gp'
X_OF(x) = x

set multiplot
unset key
do for [p = 1:PANELS] {
  do for [v = 1:VALUES] {
    @FACET
    set xtics @BATCH_TICS
    of = v == 1 && RATES ? 'msgs_per_s' : 'p99_ns'
    unit = v == 1 && RATES ? 1e6 : 1e3
    if (v == 1 && RATES) {
      set logscale y 10
      set yrange [low(p, v) / 1e6 : high(p, v) / 1e6]
      if (high(p, v) / low(p, v) < 60) { set ytics @TICS_125 } else { set format y '%g'; set ytics 10; set mytics 1 }
    } else {
      @FACET_TIMES
    }
    plot for [k in LINES_IN[p]] 'series-'.k.'.csv' using (column('sides')):(column('ideal_'.of) / unit) with lines \
        linecolor rgb 0xb0b0b0 linewidth 0.8 dashtype 3, \
      for [k in LINES_IN[p]] 'series-'.k.'.csv' using (column('sides')):(column(of.'_ci_lo') / unit):(0):((column(of.'_ci_hi') - column(of.'_ci_lo')) / unit) \
        with vectors nohead linecolor rgb 0x90000000 + family_color(FAMILY[int(k)]) linewidth 1.6, \
      for [k in LINES_IN[p]] 'series-'.k.'.csv' using (column('sides')):(column(of) / unit) with linespoints \
        linecolor rgb family_color(FAMILY[int(k)]) dashtype wait_dash(WAIT[int(k)]) linewidth WIDTH_OF[int(k)] pointtype shape(POINT[int(k)])
    do for [h = 1:HEADING] { unset label 80 + h }
  }
}
load 'legend-page.gp'
@FACET_KEY
plot NaN notitle, keyentry with lines linecolor rgb 0x909090 linewidth 1.6 title (INTERVALS ? '95 % interval' : ''), \
  keyentry with lines linecolor rgb 0xb0b0b0 linewidth 0.8 dashtype 3 title (IDEAL ? 'N times the rate of one pair' : '')
unset multiplot
