# SPDX-License-Identifier: MIT
# Messages per second against the size of a batch, and beside it the delay of the first message of a batch.
#
# figure.gp: TITLE SUBTITLE WHERE, BATCHES a list of sizes, INTERVALS if there are any, and what facets.gp reads
# series-N.csv: batch delay_ns msgs_per_s and its interval, maybe empty; no delay for a batch of one

load 'figure.gp'
load 'style.gp'
VALUES = 2
X_TITLE = 'messages per batch'
array Y_TITLE[2] = ['million messages/s', 'delay of first message']
ONE_COLUMN = 0
MARKED = 1
ENTRIES = 1
CHARS_OF_KEY = 30
PANEL_LEAST = at_width(190, 110)
load 'facets.gp'
load 'page.gp'

load 'batch-axis.gp'
X_OF(x) = x
rate(x) = column('msgs_per_s') / 1e6
end(of) = column('msgs_per_s_ci_'.of) / 1e6

set multiplot
unset key
do for [p = 1:PANELS] {
  do for [v = 1:VALUES] {
    @FACET
    set xtics @BATCH_TICS
    if (v == 1) {
      set logscale y 10
      set yrange [low(p, v) / 1e6 : high(p, v) / 1e6]
      if (high(p, v) / low(p, v) < 60) { set ytics @TICS_125 } else { set format y '%g'; set ytics 10; set mytics 1 }
      plot for [k in LINES_IN[p]] 'series-'.k.'.csv' using (column('batch')):(end('lo')):(0):(end('hi') - end('lo')) with vectors nohead \
          linecolor rgb 0x90000000 + family_color(FAMILY[int(k)]) linewidth 1.6, \
        for [k in LINES_IN[p]] 'series-'.k.'.csv' using (column('batch')):(rate(0)) with linespoints \
          linecolor rgb family_color(FAMILY[int(k)]) dashtype wait_dash(WAIT[int(k)]) linewidth WIDTH_OF[int(k)] pointtype shape(POINT[int(k)])
    } else {
      @FACET_TIMES
      plot for [k in LINES_IN[p]] 'series-'.k.'.csv' using (column('batch')):(column('delay_ns') / 1e3) with linespoints \
        linecolor rgb family_color(FAMILY[int(k)]) dashtype wait_dash(WAIT[int(k)]) linewidth WIDTH_OF[int(k)] pointtype shape(POINT[int(k)])
    }
    do for [h = 1:HEADING] { unset label 80 + h }
  }
}
load 'legend-page.gp'
@FACET_KEY
plot NaN notitle, keyentry with lines linecolor rgb 0x909090 linewidth 1.6 title (INTERVALS ? '95 % interval' : '')
unset multiplot
