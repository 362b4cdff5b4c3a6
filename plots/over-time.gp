# SPDX-License-Identifier: MIT
# How times go over the timed window: time along, how long across, messages as colours; p50 and p99 as lines.
#
# figure.gp: TITLE SUBTITLE TIME AXIS, END of the time, LOW HIGH of the rows, MOST messages in a cell,
#            TICS, TIC[] TEXT[] of the rows, P50 P99 whether there is such a line
# rows.csv:  at row count; every cell of the map, NaN where there is nothing
# p50.csv, p99.csv: at row; an empty line is a gap

load 'figure.gp'
load 'style.gp'
LEFT = at_width(100, 70)
RIGHT = WIDTH - at_width(110, 78)
MAP = at_width(320, 180)
# a line that is not there has an entry of its own row, which says so
KEY_ROWS = P50 && P99 ? 1 : 2
BELOW = at_width(64, 42) + at_width(18, 14) * KEY_ROWS
HEIGHT = HEAD + MAP + BELOW
LINE = 0xd0006f
load 'page.gp'

set tmargin at screen TOP
set bmargin at screen from_bottom(BELOW)
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
  Left reverse samplen 3 spacing SPACING font F13 noenhanced maxcols 3 - KEY_ROWS

# From light to dark in even steps of lightness, so that it reads in grey; from yellow to blue, which
# every kind of colour vision tells apart. One message alone has to be seen on white.
set palette defined (0 '#e9d36f', 0.25 '#9fc48a', 0.5 '#559c97', 0.75 '#34709a', 1 '#23306b')
set logscale cb 10
set cbrange [1 : MOST > 10 ? MOST : 10]
set format cb '%.0s %c'
set colorbox vertical user \
  origin screen (RIGHT + at_width(20, 12)) / (1.0 * WIDTH), screen from_bottom(BELOW) \
  size screen at_width(18.0, 9.0) / WIDTH, screen MAP / (1.0 * HEIGHT)
set cblabel 'messages per cell' noenhanced offset 1.2, 0 textcolor rgb INK

if (!P50) { set print 'p50.csv'; print "at,row\nNaN,NaN"; unset print }
if (!P99) { set print 'p99.csv'; print "at,row\nNaN,NaN"; unset print }
# one colour that neither end of the palette has; dashes lie on top where both are one
plot 'rows.csv' using (column('at')):(column('row')):(column('count')) with image notitle, \
  'p50.csv' using (column('at')):(column('row')) with lines linecolor rgb LINE linewidth 1.8 \
    title (P50 ? 'p50' : 'p50: too few messages'), \
  'p99.csv' using (column('at')):(column('row')) with lines linecolor rgb LINE dashtype 2 linewidth 1.8 \
    title (P99 ? 'p99' : 'p99: too few messages')
unset output

# cells have edges, which a browser that enlarges the image would wash out
if (FORMAT eq 'svg') { system("sed -i \"s/<image /<image style='image-rendering:pixelated' /\" figure.svg") }
