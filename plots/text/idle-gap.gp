# SPDX-License-Identifier: MIT
# Reads what ../idle-gap.gp does.

load 'figure.gp'
load 'style.gp'
LINES = 24
load 'text/page.gp'
load 'pauses.gp'
set logscale y 10
set xtics @PAUSES
set ytics @TIME_TICS
set xlabel 'pause before the round trip; p50'
after(n) = column('think_ns') > 0 ? column('at_ns') / 1e3 : NaN
without(n) = column('think_ns') > 0 ? NaN : column('at_ns') / 1e3
p50(n) = column('lat_p50_ns') > 0 ? column('lat_p50_ns') / 1e3 : NaN
unset bmargin
set key outside below horizontal Left reverse samplen 2 maxrows (words(PICKS) > 4 ? 3 : 2)
plot for [k = 1:words(PICKS)] 'series-'.word(PICKS, k).'.csv' using (after(0)):(p50(0)) with linespoints \
    linetype k pointtype k title NAME_OF[int(word(PICKS, k))], \
  for [k = 1:words(PICKS)] 'series-'.word(PICKS, k).'.csv' using (without(0)):(p50(0)) with points pointtype k notitle
