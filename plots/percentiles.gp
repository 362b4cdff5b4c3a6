# SPDX-License-Identifier: MIT
# The whole distribution: each decade of the tail, 1/(1-p), has the same room.
#
# figure.gp: TITLE SUBTITLE HIGH, SERIES CHARS, NAME_OF[] FAMILY[] WAIT[] POINT[] WIDTH_OF[] per series
# series-N.csv: quantile value_ns

load 'figure.gp'
load 'style.gp'
KEY_ENTRIES = SERIES
KEY = key_height(KEY_ENTRIES, CHARS)
HEIGHT = HEAD + 350 + 60 + KEY
load 'page.gp'

set tmargin at screen TOP
set bmargin at screen from_bottom(60 + KEY)
set lmargin at screen 0.135
set rmargin at screen 0.95
set logscale x 10
set logscale y 10
set xrange [1 : HIGH]
set xtics @PERCENT_TICS
set ytics @TIME_TICS
set xlabel 'percentile' offset 0, LIFT textcolor rgb INK
set ylabel 'round trip' offset 0.5, 0 noenhanced textcolor rgb INK
unset key
set multiplot

# the maximum, quantile 1, lies at no place of this axis
x(n) = column('quantile') < 1 ? 1 / (1 - column('quantile')) : NaN
plot for [i = 1:SERIES] sprintf('series-%d.csv', i) \
  using (x(0)):(column('value_ns') / 1e3) with linespoints \
  linecolor rgb family_color(FAMILY[i]) dashtype wait_dash(WAIT[i]) linewidth WIDTH_OF[i] \
  pointtype shape(POINT[i]) pointinterval 10
load 'legend.gp'
unset multiplot
