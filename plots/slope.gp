# SPDX-License-Identifier: MIT
# A line per mechanism from one placement to the next, a panel per way to wait, with intervals; names and values stand at the
# ends, in order, each with its point and a line to where that lies, or to the stretch of those that it names.
#
# figure.gp:    TITLE SUBTITLE WHERE AXIS LEFT_CHARS RIGHT_CHARS, PANELS, PANEL[] LINES_OF[] per panel, PLACES, PLACE[] per placement,
#               SERIES, FAMILY[] WAIT[] POINT[] WIDTH_OF[] PANEL_OF[] per series
# series-N.csv: column slot y lo hi, in lines from the top; labels.csv: panel column y from to series slot text, series 0 if it names several; tics.csv: panel y text

load 'figure.gp'
load 'style.gp'
LINE = at_width(17, 12)
ABOVE = at_width(46, 34)
GAP = at_width(24, 14)
TOTAL = 0
do for [p = 1:PANELS] { TOTAL = TOTAL + LINES_OF[p] * LINE + ABOVE + GAP }
HEIGHT = HEAD + TOTAL
load 'page.gp'

REACH_LONG = at_width(28, 20)
MARK = at_width(8, 6)
TICS_END = at_width(62, 50)
LEFT = TICS_END + 8 + (LEFT_CHARS > 0 ? REACH_LONG + 2 * MARK + length_of(LEFT_CHARS, 12) : 0)
RIGHT = REACH_LONG + 2 * MARK + 6 + length_of(RIGHT_CHARS, 12)
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
SLOT = at_width(11, 7) * UNIT
x(c) = column('column') + (column('column') == 1 ? 1 : -1) * column('slot') * SLOT
at(p, x) = column('panel') == p ? x : NaN
end(p, px) = at(p, column('column') == 1 ? 1 - px * UNIT : PLACES + px * UNIT)
# from beside the axis on to the point, if it is one
to_point(p) = column('series') > 0 ? x(0) - end(p, 6) : 0
text_at(c) = REACH_LONG + (column('series') > 0 ? 2 * MARK : 4)
named(p, i, c) = side(c, column('series') == i ? end(p, REACH_LONG + MARK) : NaN)
side(c, text) = (c == 1) == (column('column') == 1) ? text : NaN

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
  set label (PANELS > 1 ? wait_name(PANEL[p]).': ' : '').AXIS at screen 0.015, graph 1 left offset 0, 2 font F12 textcolor rgb INK
  # not through the names at the left
  GRID = LEFT_CHARS > 0 ? 1 : 1 - (LEFT - TICS_END - 4) * UNIT
  plot 'tics.csv' using (at(p, GRID)):(column('y')):(PLACES - GRID):(0) with vectors nohead \
      linecolor rgb 0xe8e8e8 linewidth 0.8, \
    'tics.csv' using (at(p, 1 - (LEFT - TICS_END) * UNIT)):(column('y')):(strcol('text')) with labels right font F12 textcolor rgb 0x555555, \
    'labels.csv' using (end(p, 6)):(column('from')):(0):(column('to') - column('from')) with vectors nohead linecolor rgb 0x7f7f7f, \
    'labels.csv' using (end(p, 6)):((column('from') + column('to')) / 2):(end(p, REACH_LONG) - end(p, 6)): \
      (column('y') - (column('from') + column('to')) / 2) with vectors nohead linecolor rgb 0x9a9a9a linewidth 0.8, \
    'labels.csv' using (end(p, 6)):(column('from')):(to_point(p)):(0) with vectors nohead linecolor rgb 0x9a9a9a linewidth 0.8, \
    for [i = 1:SERIES] sprintf('series-%d.csv', i) using (PANEL_OF[i] == p ? x(0) : NaN):(column('y')) with lines \
      linecolor rgb family_color(FAMILY[i]) linewidth WIDTH_OF[i], \
    for [i = 1:SERIES] sprintf('series-%d.csv', i) using (PANEL_OF[i] == p ? x(0) : NaN):(column('lo')):(0):(column('hi') - column('lo')) \
      with vectors nohead linecolor rgb 0x60000000 + family_color(FAMILY[i]) linewidth 2, \
    for [i = 1:SERIES] sprintf('series-%d.csv', i) using (PANEL_OF[i] == p ? x(0) : NaN):(column('y')) with points \
      linecolor rgb family_color(FAMILY[i]) pointtype shape(POINT[i]), \
    for [c = 1:2] for [i = 1:SERIES] 'labels.csv' using (named(p, i, c)):(column('y')) with points \
      linecolor rgb family_color(FAMILY[i]) pointtype shape(POINT[i]), \
    'labels.csv' using (side(1, end(p, text_at(0)))):(column('y')):(strcol('text')) with labels right font F12 textcolor rgb INK, \
    'labels.csv' using (side(2, end(p, text_at(0)))):(column('y')):(strcol('text')) with labels left font F12 textcolor rgb INK
  unset label
  unset arrow
  DOWN = DOWN + ABOVE + LINES_OF[p] * LINE + GAP
}
unset multiplot
