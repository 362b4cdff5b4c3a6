# SPDX-License-Identifier: MIT
# The time of a round trip against the CPU time that it takes. Nothing on the front is beaten on both.
#
# figure.gp:  TITLE SUBTITLE WHERE X_LOW X_HIGH Y_LOW Y_HIGH BOX_WIDTH BOX_HEIGHT,
#             SERIES CHARS, NAME_OF[] TEXT[] FAMILY[] WAIT[] POINT[] WIDTH_OF[] per point
# points.csv: series lat_p50_ns cpu_ns_per_msg; front.csv: those that nothing beats on both
# labels.csv: series anchor x y from_x from_y to_x to_y, in pixels of the box

load 'figure.gp'
load 'style.gp'
HEIGHT = HEAD + BOX_HEIGHT + 94
load 'page.gp'

LEFT = 86
set tmargin at screen TOP
set bmargin at screen from_top(HEAD + BOX_HEIGHT)
set lmargin at screen from_left(LEFT)
set rmargin at screen from_left(LEFT + BOX_WIDTH)
set logscale xy 10
set xrange [X_LOW / 1e3 : X_HIGH / 1e3]
set yrange [Y_LOW / 1e3 : Y_HIGH / 1e3]
if (X_HIGH / X_LOW < 60) { set xtics @TIME_TICS_125 } else { set xtics @TIME_TICS }
if (Y_HIGH / Y_LOW < 60) { set ytics @TIME_TICS_125 } else { set ytics @TIME_TICS }
set xlabel 'round trip, p50' offset 0, LIFT textcolor rgb INK
set label 4 'CPU time of both sides per round trip' at screen 0.022, graph 0.5 center rotate textcolor rgb INK
set key at screen 0.5, screen from_bottom(10) center bottom horizontal Left reverse samplen 2.4 spacing SPACING font F13

# pixels of the box to values
x_at(px) = X_LOW * (X_HIGH / X_LOW)**(px / BOX_WIDTH) / 1e3
y_at(px) = Y_LOW * (Y_HIGH / Y_LOW)**(px / BOX_HEIGHT) / 1e3
us(name) = column(name) / 1e3
anchored(side) = strcol('anchor') eq side ? x_at(column('x')) : NaN
name(x) = TEXT[int(column('series'))]
point(i) = column('series') == i ? us('cpu_ns_per_msg') : NaN

plot 'labels.csv' using (x_at(column('from_x'))):(y_at(column('from_y'))): \
    (x_at(column('to_x')) - x_at(column('from_x'))):(y_at(column('to_y')) - y_at(column('from_y'))) \
    with vectors nohead linecolor rgb 0x9a9a9a linewidth 0.8 notitle, \
  'front.csv' using (us('lat_p50_ns')):(us('cpu_ns_per_msg')) with steps linecolor rgb 0x9a9a9a linewidth 1.4 dashtype 2 notitle, \
  'front.csv' using (us('lat_p50_ns')):(us('cpu_ns_per_msg')) with points pointtype 6 pointsize 2.4 * POINTSIZE linewidth 1.4 \
    linecolor rgb INK notitle, \
  for [i = 1:SERIES] 'points.csv' using (us('lat_p50_ns')):(point(i)) with points pointtype shape(POINT[i]) \
    pointsize 1.2 * POINTSIZE linecolor rgb family_color(FAMILY[i]) notitle, \
  'labels.csv' using (anchored('left')):(y_at(column('y'))):(name(0)) with labels left font F12 textcolor rgb INK notitle, \
  'labels.csv' using (anchored('right')):(y_at(column('y'))):(name(0)) with labels right font F12 textcolor rgb INK notitle, \
  'labels.csv' using (anchored('center')):(y_at(column('y'))):(name(0)) with labels center font F12 textcolor rgb INK notitle, \
  keyentry with linespoints linecolor rgb 0x9a9a9a linewidth 1.4 dashtype 2 pointtype 6 pointsize 2 * POINTSIZE \
    title 'front: nothing is both faster and cheaper'
