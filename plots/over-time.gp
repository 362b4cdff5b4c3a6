# SPDX-License-Identifier: MIT
# How times go over the timed window: time along, how long across, messages as colours; p50 and p99 as lines.
#
# figure.gp: TITLE SUBTITLE TIME AXIS, END of the time, LOW HIGH of the rows, MOST messages in a cell,
#            TICS, TIC[] TEXT[] of the rows, P50 P99 whether there is such a line
# rows.csv:  at row count; every cell of the map, NaN where there is nothing
# p50.csv, p99.csv: at row; an empty line is a gap

load 'figure.gp'
load 'style.gp'
LEFT = 104
RIGHT = WIDTH - 120
MAP = 330
HEIGHT = HEAD + MAP + 92
load 'page.gp'

set tmargin at screen TOP
set bmargin at screen from_bottom(92)
set lmargin at screen LEFT / (1.0 * WIDTH)
set rmargin at screen RIGHT / (1.0 * WIDTH)
set xrange [0 : END]
set yrange [LOW : HIGH]
set format x '%g'
set xlabel TIME offset 0, LIFT noenhanced textcolor rgb INK
set ylabel AXIS noenhanced textcolor rgb INK
unset ytics
if (TICS > 0) { set ytics (TEXT[1] TIC[1]) nomirror textcolor rgb INK }
do for [i = 2:TICS] {
  set ytics add (TEXT[i] TIC[i])
}
set key at screen 0.5, screen from_bottom(8) center bottom horizontal \
  Left reverse samplen 3 spacing SPACING font F13 noenhanced

# From light to dark in even steps of lightness, so that it reads in grey; from yellow to blue, which
# every kind of colour vision tells apart. One message alone has to be seen on white.
set palette defined (0 '#e9d36f', 0.25 '#9fc48a', 0.5 '#559c97', 0.75 '#34709a', 1 '#23306b')
set logscale cb 10
set cbrange [1 : MOST > 10 ? MOST : 10]
set format cb '%.0s %c'
set colorbox vertical user \
  origin screen (RIGHT + 24) / (1.0 * WIDTH), screen from_bottom(92) \
  size screen 18.0 / WIDTH, screen MAP / (1.0 * HEIGHT)
set cblabel 'messages per cell' noenhanced offset 1.2, 0 textcolor rgb INK

# a line that is not there still has its entry, which says so
if (!P50) { set print 'p50.csv'; print "at,row\nNaN,NaN"; unset print }
if (!P99) { set print 'p99.csv'; print "at,row\nNaN,NaN"; unset print }
# a light rim keeps the lines apart from dark cells; dashes lie on top where both are one
plot 'rows.csv' using (column('at')):(column('row')):(column('count')) with image notitle, \
  for [i = 1:2] word('p50 p99', i).'.csv' using (column('at')):(column('row')) with lines \
    linecolor rgb 0xffffff linewidth 3.2 notitle, \
  'p50.csv' using (column('at')):(column('row')) with lines linecolor rgb 0x000000 linewidth 1.3 \
    title (P50 ? 'p50' : 'p50: too few messages'), \
  'p99.csv' using (column('at')):(column('row')) with lines linecolor rgb 0xd55e00 dashtype 2 linewidth 1.3 \
    title (P99 ? 'p99' : 'p99: too few messages')
unset output

# cells have edges, which a browser that enlarges the image would wash out
if (FORMAT eq 'svg') { system("sed -i \"s/<image /<image style='image-rendering:pixelated' /\" figure.svg") }
