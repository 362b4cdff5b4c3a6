# SPDX-License-Identifier: MIT
# Reads what ../bands.gp does.

load 'figure.gp'
load 'style.gp'
LINES = 24
load 'text/page.gp'
LABELS = COLUMNS / 11
load 'sizes.gp'
set xtics @SIZE_TICS
set logscale y 10
set ytics @TIME_TICS
set xlabel 'message size; round trip p50'
X(n) = column('size_bytes')
Y(n) = column('lat_p50_ns') > 0 ? column('lat_p50_ns') / 1e3 : NaN
load 'text/lines.gp'
