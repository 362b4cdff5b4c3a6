# SPDX-License-Identifier: MIT
# One bar per mechanism, best first, on a logarithmic axis; where MARK names a column, a marker.
#
# figure.gp: TITLE SUBTITLE AXIS VALUE MARK ROWS LOW HIGH SCALE FAMILIES WAITS MARK_NAME, LABEL[] TEXT[] per row
# rows.csv:  row family wait, and the columns that VALUE and MARK name

load 'figure.gp'
load 'style.gp'
ENTRIES = words(FAMILIES) + (words(WAITS) > 1 ? words(WAITS) : 0) + (MARK eq '' ? 0 : 1)
KEY = key_height(ENTRIES, 12)
HEIGHT = HEAD + 25 * ROWS + 60 + KEY
load 'page.gp'

set tmargin at screen TOP
set bmargin at screen from_bottom(60 + KEY)
set rmargin at screen 0.97
set logscale x 10
set xrange [LOW / SCALE : HIGH / SCALE]
set yrange [ROWS + 0.7 : 0.3]
set format x '%g'
set xlabel AXIS offset 0, LIFT noenhanced textcolor rgb INK
set grid xtics noytics
unset ytics
set ytics noenhanced scale 0 font F14
set ytics ('' 0)
do for [i = 1:ROWS] { set ytics add (LABEL[i].'   '.TEXT[i] i) }
# within two decades, powers of ten alone would leave the axis all but bare
if (HIGH / LOW < 100) {
  set xtics (10**floor(log10(LOW / SCALE)))
  do for [d = floor(log10(LOW / SCALE)):ceil(log10(HIGH / SCALE))] {
    set xtics add (2 * 10.0**d, 5 * 10.0**d, 10.0**(d + 1))
  }
}
set key at screen 0.5, screen from_bottom(8) center bottom vertical \
  maxrows key_rows(ENTRIES, 12) Left reverse samplen 1.6 spacing SPACING font F13 noenhanced
set style fill solid border

bar(w) = strcol('wait') eq w ? column(VALUE) / SCALE : NaN
any(x) = column(VALUE) / SCALE
mark(x) = MARK eq '' ? NaN : column(MARK) / SCALE
beyond(x) = mark(0) > any(0) ? mark(0) : any(0)
y(x) = column('row')

plot for [w in WAITS] 'rows.csv' \
    using (bar(w)):(y(0)):(LOW / SCALE):(bar(w)):(y(0) - 0.36):(y(0) + 0.36):(family_color(strcol('family'))) \
    with boxxyerror linecolor rgb variable fillstyle pattern wait_fill(w) border rgb INK notitle, \
  'rows.csv' using (any(0)):(y(0)):(beyond(0) - any(0)):(0) \
    with vectors nohead linecolor rgb INK linewidth 1.2 notitle, \
  'rows.csv' using (mark(0)):(y(0)) with points pointtype 9 pointsize POINTSIZE linecolor rgb INK notitle, \
  for [f in FAMILIES] keyentry with boxes fillstyle solid linecolor rgb family_color(f) \
    title family_name(f), \
  for [w in WAITS] keyentry with boxes linecolor rgb 0x7f7f7f fillstyle pattern wait_fill(w) border rgb INK \
    title (words(WAITS) > 1 ? w : ''), \
  keyentry with points pointtype 9 pointsize POINTSIZE linecolor rgb INK \
    title (MARK eq '' ? '' : MARK_NAME)
