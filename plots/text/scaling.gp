# SPDX-License-Identifier: MIT
# Reads what ../scaling.gp does; the rate if there is one, else the p99.

load 'figure.gp'
load 'style.gp'
LINES = 24
load 'text/page.gp'
load 'batch-axis.gp'
set logscale y 10
set format y '%g'
set xtics @BATCH_TICS
set xlabel SIDES.'; '.(RATES ? 'million messages/s of all' : 'p99 of round trips, µs')
unset bmargin
set key outside below horizontal Left reverse samplen 2 maxrows (words(PICKS) > 4 ? 3 : 2)
plot for [k = 1:words(PICKS)] 'series-'.word(PICKS, k).'.csv' \
  using (column('sides')):(RATES ? column('msgs_per_s') / 1e6 : column('p99_ns') / 1e3) with linespoints \
  linetype k pointtype k title NAME_OF[int(word(PICKS, k))]
