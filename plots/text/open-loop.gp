# SPDX-License-Identifier: MIT
# Reads what ../open-loop.gp does.

load 'figure.gp'
load 'style.gp'
LINES = 24
load 'text/page.gp'
set logscale xy 10
set xrange [LOW : HIGH]
set xtics @RATE_TICS
set ytics @TIME_TICS
SHOWN = P99 ? 'p99' : 'p50'
set xlabel 'offered load, messages/s; latency, '.SHOWN
X(n) = column('offered_msgs_per_s')
Y(n) = column('lat_'.SHOWN.'_ns') > 0 ? column('lat_'.SHOWN.'_ns') / 1e3 : NaN
load 'text/lines.gp'
