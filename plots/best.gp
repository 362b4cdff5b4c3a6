# SPDX-License-Identifier: MIT
# The fastest mechanism of every size and placement, among those that wait alike; what is tied with it stands below it.
#
# figure.gp: TITLE SUBTITLE WHERE DOUBTS TIES SEVERAL, PLACES, PLACE[] WAIT[] per column, SIZES, SIZE[] per row
# rows.csv:  x y family name tied value

load 'figure.gp'
load 'style.gp'
ROW = at_width(52, 42)
ABOVE = at_width(36, 26)
# what is to be explained below the cells, a line each
NOTES = ''
if (TIES) { NOTES = '=  statistically tied' }
if (SEVERAL) { NOTES = NOTES.'; grey: tied across families' }
NOTE_2 = DOUBTS ? '?  too few trials for an interval, which needs six' : ''
BELOW = 10 + at_width(22, 15) * ((NOTES ne '') + (NOTE_2 ne ''))
HEIGHT = HEAD + ABOVE + ROW * SIZES + BELOW
load 'page.gp'

LEFT = at_width(76, 46)
set tmargin at screen from_top(HEAD + ABOVE)
set bmargin at screen from_bottom(BELOW)
set lmargin at screen from_left(LEFT)
set rmargin at screen 0.985
set xrange [0.5 : PLACES + 0.5]
set yrange [SIZES + 0.5 : 0.5]
unset grid
unset key
unset xtics
set border 0
set ytics scale 0 font F13
set ytics ('' 1)
do for [i = 1:SIZES] { set ytics add (SIZE[i] i) }
do for [c = 1:PLACES] {
  set label PLACE[c] at first c, graph 1 center offset 0, 1.5 font F13 textcolor rgb INK
  set label wait_name(WAIT[c]) at first c, graph 1 center offset 0, 0.6 font F12 textcolor rgb 0x555555
}
set label NOTES at screen 0.015, screen from_bottom(BELOW - at_width(16, 11)) left font F12 textcolor rgb 0x555555
set label NOTE_2 at screen 0.015, screen from_bottom(at_width(14, 9)) left font F12 textcolor rgb 0x555555
# pale, so that text can be read on all of them
pale(c) = (((c / 65536) * 45 + 255 * 55) / 100) * 65536 + ((((c / 256) % 256) * 45 + 255 * 55) / 100) * 256 + \
  ((c % 256) * 45 + 255 * 55) / 100
up(x) = strcol('tied') eq '' ? 0.14 : 0.25
plot 'rows.csv' using (column('x')):(column('y')):(column('x') - 0.49):(column('x') + 0.49):(column('y') - 0.46): \
    (column('y') + 0.46):(pale(family_color(strcol('family')))) with boxxyerror linecolor rgb variable fillstyle solid noborder, \
  'rows.csv' using (column('x')):(column('y') - up(0)):(strcol('name')) with labels font F14 textcolor rgb INK, \
  'rows.csv' using (column('x')):(column('y') + 0.01):(strcol('tied')) with labels font F12 textcolor rgb INK, \
  'rows.csv' using (column('x')):(column('y') + 0.27):(strcol('value')) with labels font F12 textcolor rgb 0x444444
