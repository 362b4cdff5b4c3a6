# SPDX-License-Identifier: MIT
# One line per mechanism against the size of a message. Where messages have a cost of their own, lines run along the dotted
# diagonals of equal rates.
#
# figure.gp: TITLE SUBTITLE WHERE, VALUE[] AXIS[] SCALE[], of which the first is drawn, SIZE_LOW SIZE_HIGH, RATES[] exponents and sizes per panel,
#            CACHES, CACHE_BYTES[] per cache, CACHE_NAMES, and what facets.gp reads
# series-N.csv: size_bytes and the column that VALUE names

load 'figure.gp'
load 'style.gp'
VALUES = 1
X_TITLE = 'message size'
array Y_TITLE[1] = ['']
ONE_COLUMN = 0
ENTRIES = CACHES > 0 ? 2 : 1
CHARS_OF_KEY = 40
load 'facets.gp'
load 'page.gp'

LABELS = CELLS == 1 && !HALF ? 8 : at_width(3, 4)
load 'sizes.gp'
set logscale y 10
set mytics 1
set samples 2
set clip two
X_OF(x) = x
v = 1

set multiplot
unset key
do for [p = 1:PANELS] {
  @FACET
  if (is_last(cell_of(p, v))) { set xtics @SIZE_TICS } else { set xtics @SIZE_MARKS }
  set yrange [low(p, v) / SCALE[v] : high(p, v) / SCALE[v]]
  if (high(p, v) / low(p, v) < 60) { set ytics @TICS_125 } else { set format y '%g'; set ytics 10**(1 + int(log10(high(p, v) / low(p, v)) / 5.5)) }
  do for [e = 3:9] { unset label 200 + e }
  do for [i = 1:words(RATES[p]) / 2] {
    e = int(word(RATES[p], 2 * i - 1))
    x = real(word(RATES[p], 2 * i))
    set label 200 + e rate_text(1, e).'/s' at first x, first 10.0**e * x / SCALE[v] left \
      offset graph 0.03, character -0.55 font F10 textcolor rgb 0x555555
  }
  set label 2 AXIS[v] at graph 0, graph 0.5 center rotate offset character at_width(-5.2, -5.8), 0 font F12 textcolor rgb INK
  plot for [e = 2:11] 10.0**e * x / SCALE[v] with lines linecolor rgb 0xb0b0b0 linewidth 0.8 dashtype 3, \
    for [k in LINES_IN[p]] 'series-'.k.'.csv' using (column('size_bytes')):(column(VALUE[v]) / SCALE[v]) with linespoints \
      linecolor rgb family_color(FAMILY[int(k)]) dashtype wait_dash(WAIT[int(k)]) linewidth WIDTH_OF[int(k)] \
      pointtype shape(POINT[int(k)])
  do for [h = 1:HEADING] { unset label 80 + h }
}
load 'legend-page.gp'
@FACET_KEY
plot NaN notitle, keyentry with lines linecolor rgb 0x7f7f7f linewidth 0.8 dashtype 3 title 'equal message rate', \
  @KEY_OF_CACHES
unset multiplot
