# SPDX-License-Identifier: MIT
# One dot per mechanism, best first, with its interval, on a logarithmic axis; where MARK names a column, a triangle. Those that
# wait differently have panels and axes of their own.
#
# figure.gp: TITLE SUBTITLE AXIS VALUE MARK SCALE FAMILIES INTERVALS RANGES MARK_NAME, PANEL_LOW[] PANEL_HIGH[] per panel, and what
#            row-panels.gp reads
# rows.csv:  row panel family spread lo hi, and the columns that VALUE and MARK name

load 'figure.gp'
load 'style.gp'
ENTRIES = words(FAMILIES) + INTERVALS + RANGES + (MARK eq '' ? 0 : 1)
KEY = key_height(ENTRIES, 16)
OVER = 0
UNDER = at_width(26, 18)
LAST = at_width(30, 18) + KEY
load 'row-panels.gp'
load 'page.gp'

set logscale x 10
set grid xtics noytics
set border 1
column_of(name) = column(name) > 0 ? column(name) / SCALE : NaN
spread(kind, name) = strcol('spread') eq kind ? column_of(name) : NaN
mark(x) = MARK eq '' ? NaN : column_of(MARK)

set multiplot
unset key
do for [p = 1:PANELS] {
  @ROWS_OF_PANEL
  set xrange [PANEL_LOW[p] / SCALE : PANEL_HIGH[p] / SCALE]
  # few powers of ten leave room for marks between them
  NEAR = PANEL_HIGH[p] / PANEL_LOW[p] < 5
  FINE = PANEL_HIGH[p] / PANEL_LOW[p] < at_width(100, 16)
  THIRDS = PANEL_HIGH[p] / PANEL_LOW[p] < at_width(1000, 100)
  if (SCALE == 1e3) {
    if (NEAR) { set xtics @TIME_TICS_NEAR } else { if (FINE) { set xtics @TIME_TICS_125 } else { if (THIRDS) { set xtics @TIME_TICS_13 } else { set xtics @TIME_TICS } } }
  } else {
    if (NEAR) { set xtics @TICS_NEAR } else { if (FINE) { set xtics @TICS_125 } else { if (THIRDS) { set xtics @TICS_13 } else { set xtics 10; set format x '%g' } } }
  }
  set xlabel (p == PANELS ? AXIS : '') offset 0, LIFT noenhanced textcolor rgb INK
  plot 'rows.csv' using (column_of(VALUE)):(row(p)):(mark(0) - column_of(VALUE)):(0) with vectors nohead \
      linecolor rgb 0x9a9a9a linewidth 1, \
    for [kind in 'range interval'] 'rows.csv' using (spread(kind, 'lo')):(row(p)):(spread(kind, 'hi') - spread(kind, 'lo')):(0): \
      (family_color(strcol('family'))) with vectors nohead linecolor rgb variable linewidth (kind eq 'range' ? 1.6 : 4), \
    'rows.csv' using (column_of(VALUE)):(row(p)):(family_color(strcol('family'))) with points pointtype 7 pointsize 1.6 * POINTSIZE \
      linecolor rgb variable, \
    'rows.csv' using (mark(0)):(row(p)) with points pointtype 9 pointsize POINTSIZE linecolor rgb INK
  do for [h = 1:HEADING] { unset label 80 + h }
}
load 'legend-page.gp'
set key maxrows key_rows(ENTRIES, 16)
plot NaN notitle, \
  for [f in FAMILIES] keyentry with points pointtype 7 pointsize 1.6 * POINTSIZE linecolor rgb family_color(f) title family_name(f), \
  keyentry with lines linewidth 4 linecolor rgb 0x7f7f7f title (INTERVALS ? '95 % interval' : ''), \
  keyentry with lines linewidth 1.6 linecolor rgb 0x7f7f7f title (RANGES ? 'range of trials' : ''), \
  keyentry with points pointtype 9 pointsize POINTSIZE linecolor rgb INK title (MARK eq '' ? '' : MARK_NAME)
unset multiplot
