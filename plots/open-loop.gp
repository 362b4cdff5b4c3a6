# SPDX-License-Identifier: MIT
# The hockey stick: times of an open loop against its load. A line for the 99th percentile, a thin one
# for the median, a ring around the knee.
#
# figure.gp: TITLE SUBTITLE LOW HIGH, SERIES CHARS, NAME[] FAMILY[] WAIT[] POINT[] WIDTH_OF[] per series
# series-N.csv: offered_msgs_per_s msgs_per_s lat_p50_ns lat_p99_ns knee

load 'figure.gp'
load 'style.gp'
# one entry more, for the ring
KEY = key_height(SERIES + 1, CHARS > 46 ? CHARS : 46)
HEIGHT = 74 + 350 + 60 + KEY
load 'page.gp'

set tmargin at screen TOP
set bmargin at screen from_bottom(60 + KEY)
set lmargin at screen 0.115
set rmargin at screen 0.97
set logscale x 10
set logscale y 10
set xrange [LOW / 1e3 : HIGH / 1e3]
set format x '%.10g'
set ytics ('0.1 µs' 0.1, '1 µs' 1, '10 µs' 10, '100 µs' 100, '1 ms' 1e3, '10 ms' 1e4, '100 ms' 1e5, '1 s' 1e6, '10 s' 1e7)
set xlabel 'offered load, thousand messages/s' offset 0, LIFT textcolor rgb INK
set ylabel 'due to received: p99, thin p50' offset 0.5, 0 noenhanced textcolor rgb INK
set key at screen 0.5, screen from_bottom(8) center bottom vertical \
  maxrows key_rows(SERIES + 1, CHARS > 46 ? CHARS : 46) Left reverse samplen 3.5 spacing SPACING font ',13' noenhanced

us(name) = column(name) > 0 ? column(name) / 1e3 : NaN
knee(x) = column('knee') == 1 ? us('lat_p99_ns') : NaN
load_of(x) = column('offered_msgs_per_s') / 1e3

plot for [i = 1:SERIES] sprintf('series-%d.csv', i) using (load_of(0)):(us('lat_p99_ns')) with linespoints \
    linecolor rgb family_color(FAMILY[i]) dashtype wait_dash(WAIT[i]) linewidth WIDTH_OF[i] \
    pointtype shape(POINT[i]) title NAME[i], \
  for [i = 1:SERIES] sprintf('series-%d.csv', i) using (load_of(0)):(us('lat_p50_ns')) with lines \
    linecolor rgb family_color(FAMILY[i]) dashtype wait_dash(WAIT[i]) linewidth 0.7 notitle, \
  for [i = 1:SERIES] sprintf('series-%d.csv', i) using (load_of(0)):(knee(0)) with points \
    linecolor rgb INK pointtype 6 pointsize 2.6 * POINTSIZE linewidth 1.4 notitle, \
  keyentry with points linecolor rgb INK pointtype 6 pointsize 2.6 * POINTSIZE linewidth 1.4 \
    title 'knee: p99 under 10 times that of the lowest load'
