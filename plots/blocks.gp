# SPDX-License-Identifier: MIT
# The blocks of one metric of one cell in the order of time: what the slices measured above, the difference
# of each block below. Blocks that were dropped are hollow.
#
# figure.gp:  TITLE SUBTITLE SCALE AXIS VALUE_LOW VALUE_HIGH TIME LAST LOW HIGH BEYOND, CI_LOW CI_HIGH or NaN,
#             TICS TIC[] TIC_TEXT[], DIFFERENCES how many
# slices.csv: at value new dropped
# blocks.csv: at x reversed dropped middle; x is ln(new / base)

load 'figure.gp'
if (BEYOND > 0) { SUBTITLE = SUBTITLE.sprintf('; %d dropped value%s beyond the edges', BEYOND, BEYOND == 1 ? '' : 's') }
load 'style.gp'
PANEL = at_width(180, 100)
BETWEEN = at_width(32, 20)
UNDER = at_width(56, 38)
KNOWN = CI_LOW == CI_LOW && CI_HIGH == CI_HIGH
ENTRIES = KNOWN ? 7 : 6
KEY = key_height(ENTRIES, 14)
HEIGHT = HEAD + 2 * PANEL + BETWEEN + UNDER + KEY
load 'page.gp'

set multiplot
set lmargin at screen at_width(0.15, 0.2)
set rmargin at screen 0.97
set xrange [-0.01 * LAST : 1.01 * LAST]
set clip one

kept(name, which) = column('dropped') == 0 && column(name) == which ? column('at') : NaN
lost(name, which) = column('dropped') == 1 && column(name) == which ? column('at') : NaN

# ---- values ----
set tmargin at screen TOP
set bmargin at screen from_top(HEAD + PANEL)
set format x ''
set yrange [VALUE_LOW : VALUE_HIGH]
set label 4 AXIS at screen 0.03, graph 0.5 center rotate noenhanced textcolor rgb INK
unset key
plot for [v = 0:1] 'slices.csv' using (kept('new', v)):(column('value') / SCALE) with points \
    pointtype version_shape(v) linecolor rgb version_color(v), \
  for [v = 0:1] 'slices.csv' using (lost('new', v)):(column('value') / SCALE) with points \
    pointtype version_shape(v) - 1 linecolor rgb version_color(v)

# ---- differences ----
do for [h = 1:HEADING] { unset label 80 + h }
set tmargin at screen from_top(HEAD + PANEL + BETWEEN)
set bmargin at screen from_bottom(UNDER + KEY)
set format x '%.10g'
set xlabel TIME.' since the start' offset 0, LIFT textcolor rgb INK
set yrange [LOW : HIGH]
set label 4 'new against base'
if (DIFFERENCES == 0) { set label 5 'no block has a difference' at graph 0.5, graph 0.4 center textcolor rgb INK }
set ytics ('' 0)
do for [i = 1:TICS] { set ytics add (TIC_TEXT[i] TIC[i]) }
set arrow 1 from graph 0, first 0 to graph 1, first 0 nohead linecolor rgb INK linewidth 1 back
if (KNOWN) {
  set object 1 rectangle from graph 0, first CI_LOW to graph 1, first CI_HIGH behind \
    fillstyle solid noborder fillcolor rgb TOLERATED
}
set key at screen 0.5, screen from_bottom(8) center bottom vertical \
  maxrows key_rows(ENTRIES, 14) Left reverse samplen 1.6 spacing SPACING font F13 noenhanced
plot 'blocks.csv' using (column('at')):(column('middle')) with lines linecolor rgb MIDDLE linewidth 2 notitle, \
  for [o = 0:1] 'blocks.csv' using (kept('reversed', o)):(column('x')) with points \
    pointtype order_shape(o) linecolor rgb INK notitle, \
  for [o = 0:1] 'blocks.csv' using (lost('reversed', o)):(column('x')) with points \
    pointtype order_shape(o) - 1 linecolor rgb 0x7f7f7f notitle, \
  keyentry with points pointtype version_shape(0) linecolor rgb version_color(0) title 'base', \
  keyentry with points pointtype version_shape(1) linecolor rgb version_color(1) title 'new', \
  keyentry with points pointtype order_shape(0) linecolor rgb INK title 'base first', \
  keyentry with points pointtype order_shape(1) linecolor rgb INK title 'new first', \
  keyentry with points pointtype 6 linecolor rgb 0x7f7f7f title 'hollow: dropped', \
  keyentry with lines linecolor rgb MIDDLE linewidth 2 title 'median so far', \
  keyentry with boxes fillstyle solid noborder linecolor rgb TOLERATED title (KNOWN ? 'interval' : '')
unset multiplot
