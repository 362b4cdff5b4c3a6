# SPDX-License-Identifier: MIT
# The whole distribution: each decade of the tail, 1/(1-p), has the same room.
#
# figure.gp: TITLE SUBTITLE AXIS SCALE HIGH, SERIES CHARS, NAME[] FAMILY[] WAIT[] POINT[] WIDTH_OF[] per series
# series-N.csv: quantile value_ns

load 'figure.gp'
load 'style.gp'
KEY = key_height(SERIES, CHARS)
HEIGHT = 74 + 350 + 60 + KEY
load 'page.gp'

set tmargin at screen TOP
set bmargin at screen from_bottom(60 + KEY)
set lmargin at screen 0.115
set rmargin at screen 0.97
set logscale x 10
set logscale y 10
set xrange [1 : HIGH]
set xtics ('0' 1, '50 %%' 2, '90 %%' 10, '99 %%' 100, '99.9 %%' 1000, '99.99 %%' 1e4, \
  '99.999 %%' 1e5, '99.9999 %%' 1e6, '99.99999 %%' 1e7)
set format y '%g'
set xlabel 'percentile' offset 0, LIFT textcolor rgb INK
set ylabel AXIS offset 0.5, 0 noenhanced textcolor rgb INK
set key at screen 0.5, screen from_bottom(8) center bottom vertical \
  maxrows key_rows(SERIES, CHARS) Left reverse samplen 3.5 spacing SPACING font ',13' noenhanced

# the maximum, quantile 1, lies at no place of this axis
x(n) = column('quantile') < 1 ? 1 / (1 - column('quantile')) : NaN
plot for [i = 1:SERIES] sprintf('series-%d.csv', i) \
  using (x(0)):(column('value_ns') / SCALE) with linespoints \
  linecolor rgb family_color(FAMILY[i]) dashtype wait_dash(WAIT[i]) linewidth WIDTH_OF[i] \
  pointtype shape(POINT[i]) pointinterval 10 title NAME[i]
