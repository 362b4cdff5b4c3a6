# SPDX-License-Identifier: MIT
# The time of a round trip against the CPU time that it takes. Nothing on the front of a panel is beaten on both. Those that wait
# alike have a panel.
#
# figure.gp:    TITLE SUBTITLE WHERE BOX_WIDTH BOX_HEIGHT PANELS REST, FRONT 0 if there is none, TRADES 1 if medians alone would make one, BARS, PANEL[] X_LOW[] X_HIGH[] Y_LOW[] Y_HIGH[] FIRST[] COUNT[] per panel,
#               SERIES CHARS, NAME_OF[] BARE[] FAMILY[] WAIT[] POINT[] WIDTH_OF[] per point
# points-P.csv: series lat_p50_ns cpu_ns_per_msg; front-P.csv: those that nothing beats on both, by intervals that part
# bars-P.csv:   intervals of those whose medians nothing beats: series lat_p50_ns cpu_ns_per_msg lat_lo lat_hi cpu_lo cpu_hi
# labels-P.csv: series anchor x y from_x from_y to_x to_y, in units of the box

load 'figure.gp'
SUBTITLE = SUBTITLE.(REST eq '' ? '' : '; '.REST)
load 'style.gp'
TITLED = PANELS > 1 || PANEL[1] ne '' ? at_width(20, 14) : 0
UNDER = at_width(50, 34)
HEIGHT = HEAD + PANELS * (TITLED + BOX_HEIGHT + UNDER) + at_width(46, 32)
load 'page.gp'

LEFT = at_width(82, 57)
set lmargin at screen from_left(LEFT)
set rmargin at screen from_left(LEFT + BOX_WIDTH)
set logscale xy 10
set xlabel 'round trip, p50' offset 0, LIFT textcolor rgb INK

# units of the box to values
x_at(px) = X_LOW[p] * (X_HIGH[p] / X_LOW[p])**(px / BOX_WIDTH) / 1e3
y_at(px) = Y_LOW[p] * (Y_HIGH[p] / Y_LOW[p])**(px / BOX_HEIGHT) / 1e3
us(name) = column(name) / 1e3
anchored(side) = strcol('anchor') eq side ? x_at(column('x')) : NaN
series(x) = FIRST[p] + int(column('series')) - 1
name(x) = TEXT[series(0)]
point(i) = series(0) == i ? us('cpu_ns_per_msg') : NaN
array TEXT[SERIES]
# gnuplot reads "\n" in a text among data
doubled(text) = strstrt(text, '\') == 0 ? text : text[1:strstrt(text, '\') - 1].'\\'.doubled(text[strstrt(text, '\') + 1:strlen(text)])
do for [i = 1:SERIES] { TEXT[i] = PANEL[1] ne '' || PANELS > 1 ? BARE[i] : NAME_OF[i]; TEXT[i] = doubled(TEXT[i]) }

set multiplot
unset key
do for [p = 1:PANELS] {
  TOP_PX = HEAD + p * TITLED + (p - 1) * (BOX_HEIGHT + UNDER)
  set tmargin at screen from_top(TOP_PX)
  set bmargin at screen from_top(TOP_PX + BOX_HEIGHT)
  set xrange [X_LOW[p] / 1e3 : X_HIGH[p] / 1e3]
  set yrange [Y_LOW[p] / 1e3 : Y_HIGH[p] / 1e3]
  if (X_HIGH[p] / X_LOW[p] < 60) { set xtics @TIME_TICS_125 } else { set xtics @TIME_TICS }
  if (Y_HIGH[p] / Y_LOW[p] < 60) { set ytics @TIME_TICS_125 } else { set ytics @TIME_TICS }
  if (X_HIGH[p] / X_LOW[p] < at_width(5, 2)) { set xtics @TIME_TICS_FINE }
  if (Y_HIGH[p] / Y_LOW[p] < 5) { set ytics @TIME_TICS_FINE }
  set label 4 'CPU time of both sides per round trip' at screen at_width(0.022, 0.03), graph 0.5 center rotate textcolor rgb INK
  set label 5 PANEL[p] at graph 0, graph 1 left offset 0, 0.7 textcolor rgb INK
  plot 'labels-'.p.'.csv' using (x_at(column('from_x'))):(y_at(column('from_y'))): \
      (x_at(column('to_x')) - x_at(column('from_x'))):(y_at(column('to_y')) - y_at(column('from_y'))) \
      with vectors nohead linecolor rgb 0x9a9a9a linewidth 0.8, \
    for [i = FIRST[p]:FIRST[p] + COUNT[p] - 1] 'bars-'.p.'.csv' using (us('lat_lo')):(point(i)):(us('lat_hi') - us('lat_lo')):(0) \
      with vectors nohead linecolor rgb 0x60000000 + family_color(FAMILY[i]) linewidth 1.6, \
    for [i = FIRST[p]:FIRST[p] + COUNT[p] - 1] 'bars-'.p.'.csv' using (series(0) == i ? us('lat_p50_ns') : NaN):(us('cpu_lo')):(0): \
      (us('cpu_hi') - us('cpu_lo')) with vectors nohead linecolor rgb 0x60000000 + family_color(FAMILY[i]) linewidth 1.6, \
    'front-'.p.'.csv' using (us('lat_p50_ns')):(us('cpu_ns_per_msg')) with steps linecolor rgb 0x9a9a9a linewidth 1.4 dashtype 2, \
    'front-'.p.'.csv' using (us('lat_p50_ns')):(us('cpu_ns_per_msg')) with points pointtype 6 pointsize 2.4 * POINTSIZE linewidth 1.4 \
      linecolor rgb INK, \
    for [i = FIRST[p]:FIRST[p] + COUNT[p] - 1] 'points-'.p.'.csv' using (us('lat_p50_ns')):(point(i)) with points pointtype shape(POINT[i]) \
      pointsize 1.2 * POINTSIZE linecolor rgb family_color(FAMILY[i]), \
    'labels-'.p.'.csv' using (anchored('left')):(y_at(column('y'))):(name(0)) with labels left font F12 textcolor rgb INK, \
    'labels-'.p.'.csv' using (anchored('right')):(y_at(column('y'))):(name(0)) with labels right font F12 textcolor rgb INK, \
    'labels-'.p.'.csv' using (anchored('center')):(y_at(column('y'))):(name(0)) with labels center font F12 textcolor rgb INK
  unset label
}
load 'legend-page.gp'
set key maxrows 2
plot NaN notitle, keyentry with linespoints linecolor rgb (FRONT ? 0x9a9a9a : 0xffffff) linewidth 1.4 dashtype 2 pointtype 6 pointsize 2 * POINTSIZE \
    title FRONT ? 'front: no mechanism is both faster and cheaper' : !TRADES ? 'no front: one mechanism is fastest and cheapest' : BARS ? 'no front: statistically tied' : 'no front: too few trials to tell', \
  keyentry with lines linecolor rgb 0x909090 linewidth 1.6 title (BARS ? '95 % interval' : '')
unset multiplot
