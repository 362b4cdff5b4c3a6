# SPDX-License-Identifier: MIT
# Rows of dots with intervals on a logarithmic axis, under headings, with a text at either side. The script of a figure sets
# what its classes look like, and loads this.
#
# UNITY, whether a line stands at a ratio of 1
# CLASSES, class_color(c), class_shape(c), dot_size(n), ENTRIES of the legend, KEY_CHARS of its longest, KEYS, its plot clauses
# figure.gp: TITLE SUBTITLE WHERE AXIS LOW HIGH LINES, CELLS, CELL[] CELL_SAYS[] CELL_Y[] SUB[], ROWS, LABEL[] SAYS[] ROW_Y[] ROW_HIGH[] ZONE[],
#            LEFT_CHARS RIGHT_CHARS, TICS TIC[] TIC_TEXT[]
# rows.csv:  y x lo hi spread class dot; spread is interval, range or nothing; x lo hi are logarithms

LINE = at_width(20, 14)
BELOW_AXIS = at_width(56, 42)
KEY = key_height(ENTRIES, KEY_CHARS)
HEIGHT = HEAD + LINE * LINES + BELOW_AXIS + KEY
load 'page.gp'

LEFT = at_width(26, 14) + length_of(LEFT_CHARS, 13)
RIGHT = at_width(24, 16) + length_of(RIGHT_CHARS, 13)
set tmargin at screen TOP
set bmargin at screen from_bottom(BELOW_AXIS + KEY)
set lmargin at screen from_left(LEFT)
set rmargin at screen 1 - from_left(RIGHT)
set xrange [LOW : HIGH]
set yrange [LINES : 0.2]
set border 1
unset ytics
set grid xtics noytics
set xlabel AXIS offset 0, LIFT noenhanced textcolor rgb INK
set xtics font F13
set xtics ('' 0)
do for [i = 1:TICS] { set xtics add (TIC_TEXT[i] TIC[i]) }
set key at screen 0.5, screen from_bottom(8) center bottom vertical \
  maxrows key_rows(ENTRIES, KEY_CHARS) Left reverse samplen 1.6 spacing SPACING font F13 noenhanced
set clip two
do for [i = 1:CELLS] {
  set label at screen 0.015, first CELL_Y[i] CELL[i] left font (SUB[i] ? F12 : F13) textcolor rgb (SUB[i] ? 0x555555 : INK)
  set label at screen 0.985, first CELL_Y[i] CELL_SAYS[i] right font F13 textcolor rgb INK
  if (i > 1 && !SUB[i]) {
    set arrow from screen 0.015, first CELL_Y[i] - 0.65 to screen 0.985, first CELL_Y[i] - 0.65 \
      nohead linecolor rgb FAINT linewidth 0.8
  }
}
do for [i = 1:ROWS] {
  if (ZONE[i] > 0) {
    set object rectangle from first -ZONE[i], first ROW_Y[i] - ROW_HIGH[i] / 2 to first ZONE[i], first ROW_Y[i] + ROW_HIGH[i] / 2 \
      behind fillstyle solid noborder fillcolor rgb TOLERATED
  }
  if (UNITY) {
    set arrow from first 0, first ROW_Y[i] - ROW_HIGH[i] / 2 to first 0, first ROW_Y[i] + ROW_HIGH[i] / 2 nohead back \
      linecolor rgb INK linewidth 1
  }
  set label at screen from_left(LEFT - at_width(12, 6)), first ROW_Y[i] LABEL[i] right font F13 textcolor rgb INK
  set label at screen 0.985, first ROW_Y[i] SAYS[i] right font F13 textcolor rgb INK
}

of(c, name) = strcol('class') eq c ? column(name) : NaN
bar(c, s, name) = strcol('spread') eq s ? of(c, name) : NaN
y(x) = column('y')
plot for [c in CLASSES] for [s in 'interval range'] 'rows.csv' using (bar(c, s, 'lo')):(y(0)):(bar(c, s, 'hi') - bar(c, s, 'lo')):(0) \
    with vectors nohead linecolor rgb class_color(c) linewidth (s eq 'range' ? 1 : 2.6) notitle, \
  for [c in CLASSES] 'rows.csv' using (of(c, 'x')):(y(0)):(dot_size(column('dot')) * POINTSIZE) with points \
    pointtype class_shape(c) pointsize variable linewidth 1.4 linecolor rgb class_color(c) notitle, \
  @KEYS
