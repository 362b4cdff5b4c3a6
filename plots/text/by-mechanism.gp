# SPDX-License-Identifier: MIT
# Lines of characters for bars, an A where MARK lies. Reads what ../by-mechanism.gp does.

load 'figure.gp'
load 'style.gp'
LINES = ROWS + 6
load 'text/page.gp'

set logscale x 10
set xrange [LOW / SCALE : HIGH / SCALE]
# a row of characters for each
set yrange [ROWS + 1 : 0]
set format x '%g'
if (HIGH / LOW < 100) {
  set xtics (10**floor(log10(LOW / SCALE)))
  do for [d = floor(log10(LOW / SCALE)):ceil(log10(HIGH / SCALE))] {
    set xtics add (2 * 10.0**d, 5 * 10.0**d, 10.0**(d + 1))
  }
}
set ytics ('' 0) scale 0
do for [i = 1:ROWS] { set ytics add (LABEL[i].'  '.TEXT[i] i) }
set xlabel AXIS.(SCALE == 1e3 ? ', '.MICRO.'s' : '').(MARK eq '' ? '' : '; A: '.MARK_NAME)
bar(x) = column(VALUE) / SCALE
mark(x) = MARK eq '' ? NaN : column(MARK) > 0 ? column(MARK) / SCALE : NaN
plot 'rows.csv' using (LOW / SCALE):(column('row')):(bar(0) - LOW / SCALE):(0) with vectors nohead linetype 1, \
  'rows.csv' using (mark(0)):(column('row')) with points pointtype 1
