# SPDX-License-Identifier: MIT
# Reads what ../percentiles.gp does.

load 'figure.gp'
load 'style.gp'
LINES = 24
load 'text/page.gp'
set logscale xy 10
set xrange [1 : MOST]
set xtics @PERCENT_TICS
set ytics @TIME_TICS
set xlabel 'percentile, %; round trip'
X(n) = column('quantile') < 1 ? 1 / (1 - column('quantile')) : NaN
Y(n) = column('value_ns') > 0 ? column('value_ns') / 1e3 : NaN
load 'text/lines.gp'
