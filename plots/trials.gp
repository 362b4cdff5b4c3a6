# SPDX-License-Identifier: MIT
# How far from the median of its row every trial lies, on an axis of a few percent, and the 95 % interval of that median; where
# trials are too few for an interval, their range. Or how far each side lies from the mean of all.
#
# figure.gp: TITLE SUBTITLE WHERE DOT AXIS INTERVALS RANGES, REACH[] per panel, TICS TIC_PANEL[] TIC[] TIC_TEXT[], and what row-panels.gp reads
# rows.csv:  row panel family spread lo hi; spread is interval, range or nothing
# dots.csv:  row panel aside ln_ratio; dots of a row stand aside so that they stand apart

load 'figure.gp'
load 'style.gp'
ENTRIES = 1 + INTERVALS + RANGES
KEY = key_height(ENTRIES, 28)
OVER = 0
UNDER = at_width(26, 18)
LAST = at_width(30, 18) + KEY
load 'row-panels.gp'
load 'page.gp'

set border 1
set grid xtics noytics
of(kind, name) = strcol('spread') eq kind ? column(name) : NaN

set multiplot
unset key
do for [p = 1:PANELS] {
  @ROWS_OF_PANEL
  set xrange [-REACH[p] : REACH[p]]
  set xtics ('0' 0)
  do for [i = 1:TICS] { if (TIC_PANEL[i] == p) { set xtics add (TIC_TEXT[i] TIC[i]) } }
  set arrow 4 from first 0, graph 0 to first 0, graph 1 nohead linecolor rgb 0x9a9a9a linewidth 1 back
  set xlabel (p == PANELS ? AXIS : '') offset 0, LIFT noenhanced textcolor rgb INK
  plot for [kind in 'range interval'] 'rows.csv' using (of(kind, 'lo')):(row(p)):(of(kind, 'hi') - of(kind, 'lo')):(0): \
      (family_color(strcol('family'))) with vectors nohead linecolor rgb variable linewidth (kind eq 'range' ? 1.5 : 4), \
    'dots.csv' using (column('ln_ratio')):(row(p) + column('aside')) with points pointtype 7 pointsize 0.7 * POINTSIZE linecolor rgb INK
  do for [h = 1:HEADING] { unset label 80 + h }
}
load 'legend-page.gp'
set key maxrows key_rows(ENTRIES, 28)
plot NaN notitle, \
  keyentry with points pointtype 7 pointsize 0.7 * POINTSIZE linecolor rgb INK title DOT, \
  keyentry with lines linecolor rgb 0x7f7f7f linewidth 4 title (INTERVALS ? '95 % interval of the median' : ''), \
  keyentry with lines linecolor rgb 0x7f7f7f linewidth 1.5 title (RANGES ? 'range: too few trials' : '')
unset multiplot
