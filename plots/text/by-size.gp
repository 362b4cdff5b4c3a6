# SPDX-License-Identifier: MIT
# Reads what ../by-size.gp does.

load 'figure.gp'
load 'style.gp'
LINES = 24
load 'text/page.gp'
LABELS = COLUMNS / 11
load 'sizes.gp'
set xtics @SIZE_TICS
set logscale y 10
set format y '%g'
set xlabel 'message size; '.AXIS[1]
X(n) = column('size_bytes')
Y(n) = column(VALUE[1]) > 0 ? column(VALUE[1]) / SCALE[1] : NaN
load 'text/lines.gp'
