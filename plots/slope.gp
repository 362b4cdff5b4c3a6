# SPDX-License-Identifier: MIT
# A line per mechanism from one placement to the next, a panel per way to wait; names and values stand at the
# ends, in order, each behind the point of its line.
#
# figure.gp:    TITLE SUBTITLE WHERE AXIS LEFT_CHARS RIGHT_CHARS, PANELS, PANEL[] LINES_OF[] per panel, PLACES, PLACE[] per placement,
#               SERIES, NAME_OF[] FAMILY[] WAIT[] POINT[] WIDTH_OF[] PANEL_OF[] per series
# series-N.csv: column y, in lines from the top; labels.csv: panel column series y text

load 'figure.gp'
load 'style.gp'
LINE = at_width(17, 12)
ABOVE = at_width(30, 22)
GAP = at_width(24, 14)
TOTAL = 0
do for [p = 1:PANELS] { TOTAL = TOTAL + LINES_OF[p] * LINE + ABOVE + GAP }
HEIGHT = HEAD + TOTAL
load 'page.gp'

REACH_LONG = at_width(24, 14)
LEFT = at_width(56, 34) + length_of(LEFT_CHARS, 12)
RIGHT = REACH_LONG + 10 + length_of(RIGHT_CHARS, 12)
unset key
set border 0
unset xtics
unset ytics
unset grid
# labels are drawn within the axes alone, so that those reach to the edges of the page
UNIT = (PLACES - 1) / (WIDTH - LEFT - RIGHT)
set xrange [1 - LEFT * UNIT : PLACES + RIGHT * UNIT]
set lmargin at screen 0
set rmargin at screen 1
at(p, c, text) = column('panel') == p && column('column') == c ? text : NaN
REACH = REACH_LONG * UNIT

set multiplot
DOWN = HEAD
do for [p = 1:PANELS] {
  set tmargin at screen from_top(DOWN + ABOVE)
  set bmargin at screen from_top(DOWN + ABOVE + LINES_OF[p] * LINE)
  set yrange [LINES_OF[p] + 0.5 : -0.5]
  do for [c = 1:PLACES] {
    set arrow from first c, graph 0 to first c, graph 1 nohead linecolor rgb FAINT linewidth 1 back
    set label PLACE[c] at first c, graph 1 center offset 0, 0.8 font F13 textcolor rgb INK
  }
  if (PANELS > 1) { set label wait_name(PANEL[p]) at screen 0.015, graph 1 left offset 0, 0.8 font F14 textcolor rgb INK }
  set label AXIS at screen 0.022, graph 0.5 center rotate textcolor rgb INK
  plot for [i = 1:SERIES] sprintf('series-%d.csv', i) using (PANEL_OF[i] == p ? column('column') : NaN):(column('y')) with linespoints \
      linecolor rgb family_color(FAMILY[i]) linewidth WIDTH_OF[i] pointtype shape(POINT[i]) notitle, \
    for [i = 1:SERIES] for [c = 1:PLACES:PLACES - 1] 'labels.csv' using \
      (column('series') == i ? at(p, c, c == 1 ? 1 - REACH * 0.55 : PLACES + REACH * 0.55) : NaN):(column('y')) with points \
      linecolor rgb family_color(FAMILY[i]) pointtype shape(POINT[i]) notitle, \
    'labels.csv' using (at(p, 1, 1 - REACH)):(column('y')):(strcol('text')) with labels right font F12 textcolor rgb INK notitle, \
    'labels.csv' using (at(p, PLACES, PLACES + REACH)):(column('y')):(strcol('text')) with labels left font F12 textcolor rgb INK notitle
  unset label
  unset arrow
  DOWN = DOWN + ABOVE + LINES_OF[p] * LINE + GAP
}
unset multiplot
