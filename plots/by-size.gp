# SPDX-License-Identifier: MIT
# One line per mechanism against the size of a message, in as many panels as there are VALUES.
#
# figure.gp: TITLE SUBTITLE WHERE PANELS, VALUE[] AXIS[] SCALE[] per panel, SIZE_LOW SIZE_HIGH,
#            CACHES, CACHE[] CACHE_BYTES[] per cache,
#            SERIES CHARS, NAME_OF[] FAMILY[] WAIT[] POINT[] WIDTH_OF[] per series
# series-N.csv: size_bytes and the columns that VALUE names

load 'figure.gp'
load 'style.gp'
KEY_ENTRIES = SERIES
KEY = key_height(KEY_ENTRIES, CHARS)
PANEL = 240
ABOVE = HEAD + (CACHES > 0 ? 18 : 0)
HEIGHT = ABOVE + PANELS * PANEL + (PANELS - 1) * 20 + 60 + KEY
load 'page.gp'

LABELS = 8
load 'sizes.gp'
set logscale y 10
set format y '%g'
set lmargin at screen 0.135
set rmargin at screen 0.95

panel_top(p) = from_top(ABOVE + (p - 1) * (PANEL + 20))

set multiplot
do for [p = 1:PANELS] {
  set tmargin at screen panel_top(p)
  set bmargin at screen panel_top(p) - from_bottom(PANEL)
  set ylabel AXIS[p] offset 0.5, 0 textcolor rgb INK
  if (p == 1) {
    do for [c = 1:CACHES] {
      set label 20 + c CACHE[c] at first CACHE_BYTES[c], graph 1 center offset 0, 0.8 font F11 textcolor rgb 0x555555
    }
  }
  if (p == PANELS) {
    set xtics @SIZE_TICS
    set xlabel 'message size' offset 0, LIFT textcolor rgb INK
  } else {
    set xtics @SIZE_MARKS
  }
  plot for [i = 1:SERIES] sprintf('series-%d.csv', i) \
    using (column('size_bytes')):(column(VALUE[p]) / SCALE[p]) with linespoints \
    linecolor rgb family_color(FAMILY[i]) dashtype wait_dash(WAIT[i]) linewidth WIDTH_OF[i] \
    pointtype shape(POINT[i]) notitle
  unset label
}
load 'legend.gp'
unset multiplot
