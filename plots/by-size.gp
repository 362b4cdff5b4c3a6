# SPDX-License-Identifier: MIT
# One line per mechanism against the size of a message, in as many panels as there are VALUES.
#
# figure.gp: TITLE SUBTITLE PANELS, VALUE[] AXIS[] SCALE[] per panel, SIZE_LOW SIZE_HIGH,
#            SERIES CHARS, NAME[] FAMILY[] WAIT[] POINT[] WIDTH_OF[] per series
# series-N.csv: size_bytes and the columns that VALUE names

load 'figure.gp'
load 'style.gp'
KEY = key_height(SERIES, CHARS)
PANEL = PANELS == 1 ? 330 : 260
HEIGHT = 74 + PANELS * PANEL + (PANELS - 1) * 56 + 60 + KEY
load 'page.gp'

set logscale x 2
set logscale y 10
set xrange [SIZE_LOW / 1.3 : SIZE_HIGH * 1.3]
set xtics ('1 B' 1, '' 2, '4 B' 4, '' 8, '16 B' 16, '' 32, '64 B' 64, '' 128, '256 B' 256, \
  '' 512, '1 KiB' 2**10, '' 2**11, '4 KiB' 2**12, '' 2**13, '16 KiB' 2**14, '' 2**15, \
  '64 KiB' 2**16, '' 2**17, '256 KiB' 2**18, '' 2**19, '1 MiB' 2**20, '' 2**21, \
  '4 MiB' 2**22, '' 2**23, '16 MiB' 2**24, '' 2**25, '64 MiB' 2**26, '' 2**27, \
  '256 MiB' 2**28, '' 2**29, '1 GiB' 2**30)
set format y '%g'
set lmargin at screen 0.115
set rmargin at screen 0.97

panel_top(p) = from_top(74 + (p - 1) * (PANEL + 56))
panel_bottom(p) = from_top(74 + (p - 1) * (PANEL + 56) + PANEL)

set multiplot
do for [p = 1:PANELS] {
  set tmargin at screen panel_top(p)
  set bmargin at screen panel_bottom(p)
  set ylabel AXIS[p] offset 0.5, 0 noenhanced textcolor rgb INK
  if (p == PANELS) {
    set xlabel 'message size' offset 0, LIFT textcolor rgb INK
    set key at screen 0.5, screen from_bottom(8) center bottom vertical \
      maxrows key_rows(SERIES, CHARS) Left reverse samplen 3.5 spacing SPACING font ',13' noenhanced
  } else {
    unset key
  }
  plot for [i = 1:SERIES] sprintf('series-%d.csv', i) \
    using (column('size_bytes')):(column(VALUE[p]) / SCALE[p]) with linespoints \
    linecolor rgb family_color(FAMILY[i]) dashtype wait_dash(WAIT[i]) linewidth WIDTH_OF[i] \
    pointtype shape(POINT[i]) title NAME[i]
  unset label 1
  unset label 2
}
unset multiplot
