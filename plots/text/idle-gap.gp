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
X(n) = column('at_ns') / 1e3
Y(n) = column('lat_p50_ns') > 0 ? column('lat_p50_ns') / 1e3 : NaN
load 'text/lines.gp'
