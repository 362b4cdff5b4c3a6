# SPDX-License-Identifier: MIT
# Reads what ../batches.gp does.

load 'figure.gp'
load 'style.gp'
LINES = 24
load 'text/page.gp'
load 'pauses.gp'
set logscale y 10
set format y '%g'
set xtics @PAUSES
set xlabel 'delay of the first message of a batch; million messages/s'
after(n) = column('batch') > 1 ? column('at_ns') / 1e3 : NaN
without(n) = column('batch') > 1 ? NaN : column('at_ns') / 1e3
rate(n) = column('msgs_per_s') / 1e6
unset bmargin
set key outside below horizontal Left reverse samplen 2 maxrows (words(PICKS) > 4 ? 3 : 2)
plot for [k = 1:words(PICKS)] 'series-'.word(PICKS, k).'.csv' using (after(0)):(rate(0)) with linespoints \
    linetype k pointtype k title NAME_OF[int(word(PICKS, k))], \
  for [k = 1:words(PICKS)] 'series-'.word(PICKS, k).'.csv' using (without(0)):(rate(0)) with points pointtype k notitle
