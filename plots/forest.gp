# SPDX-License-Identifier: MIT
# A forest plot: the change of every metric of every cell, with its interval. The axis is logarithmic, so
# that a doubling and a halving are equally far from no change.
#
# figure.gp: TITLE SUBTITLE, FINDINGS CELLS SPAN REACH VERDICTS, CELL[] CELL_Y[] per cell, LABEL[] LABEL_Y[] SAYS[]
#            per row, TICS TIC[] TIC_TEXT[]
# rows.csv:  y verdict x lo hi tolerance effect, all but y as logarithms of ratios

load 'figure.gp'
load 'style.gp'
ENTRIES = words(VERDICTS) + 2
KEY = key_height(ENTRIES, 22)
ROW = at_width(22, 14)
UNDER = at_width(54, 38)
HEIGHT = HEAD + ROW * (SPAN + 1) + UNDER + KEY
load 'page.gp'

set tmargin at screen TOP
set bmargin at screen from_bottom(UNDER + KEY)
set lmargin at screen at_width(150.0, 100.0) / WIDTH
set rmargin at screen 1 - at_width(190.0, 118.0) / WIDTH
set xrange [-REACH : REACH]
set yrange [SPAN + 0.8 : 0.3]
set border 1
unset ytics
set grid xtics noytics
set xlabel 'change of the metric, new against base' offset 0, LIFT textcolor rgb INK
set xtics font F13
set xtics ('' 0)
do for [i = 1:TICS] { set xtics add (TIC_TEXT[i] TIC[i]) }
set key at screen 0.5, screen from_bottom(8) center bottom vertical \
  maxrows key_rows(ENTRIES, 22) Left reverse samplen 1.6 spacing SPACING font F13 noenhanced
set clip two

do for [i = 1:CELLS] {
  set label at screen 0.015, first CELL_Y[i] CELL[i] left noenhanced font F13 textcolor rgb INK
}
do for [i = 1:FINDINGS] {
  set label at screen at_width(138.0, 94.0) / WIDTH, first LABEL_Y[i] LABEL[i] right noenhanced font F13 textcolor rgb 0x555555
  set label at screen 1 - at_width(178.0, 112.0) / WIDTH, first LABEL_Y[i] SAYS[i] left noenhanced font F13 textcolor rgb INK
}
do for [i = 2:CELLS] {
  set arrow from screen 0.015, first CELL_Y[i] - 0.62 to screen 0.985, first CELL_Y[i] - 0.62 \
    nohead linecolor rgb FAINT linewidth 0.8
}

of(v, name) = strcol('verdict') eq v ? column(name) : NaN
y(x) = column('y')
least(a, b) = a < b ? a : b
most(a, b) = a > b ? a : b

plot 'rows.csv' using (column('tolerance') / 2):(y(0)):(least(0, column('tolerance'))):(most(0, column('tolerance'))): \
    (y(0) - 0.46):(y(0) + 0.46) with boxxyerror linecolor rgb TOLERATED fillstyle solid noborder notitle, \
  for [side in '-1 1'] 'rows.csv' using (side * column('effect')):(y(0) - 0.46):(0):(0.92) with vectors nohead \
    linecolor rgb 0x7f7f7f linewidth 1 dashtype 3 notitle, \
  'rows.csv' using (0):(y(0) - 0.5):(0):(1) with vectors nohead linecolor rgb INK linewidth 1 notitle, \
  for [v in VERDICTS] 'rows.csv' using (of(v, 'lo')):(y(0)):(of(v, 'hi') - of(v, 'lo')):(0) with vectors nohead \
    linecolor rgb verdict_color(v) linewidth 2.4 notitle, \
  for [v in VERDICTS] 'rows.csv' using (of(v, 'x')):(y(0)) with points pointtype verdict_shape(v) \
    pointsize 1.7 * POINTSIZE linewidth 1.6 linecolor rgb verdict_color(v) notitle, \
  for [v in VERDICTS] keyentry with points pointtype verdict_shape(v) pointsize 1.7 * POINTSIZE linewidth 1.6 \
    linecolor rgb verdict_color(v) title v, \
  keyentry with boxes fillstyle solid noborder linecolor rgb TOLERATED title 'worse, but tolerated', \
  keyentry with lines linecolor rgb 0x7f7f7f linewidth 1 dashtype 3 title 'minimum effect'
