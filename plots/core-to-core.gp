# SPDX-License-Identifier: MIT
# What a round trip between every two CPUs takes, as colours; with figures in them where they fit.
#
# figure.gp: TITLE SUBTITLE AXIS, CPUS, CPU[] per CPU, LOW HIGH LOGARITHMIC of the colours
# rows.csv:  x y ns text dark; ns is 0 where a pair failed, dark says that text has to be white

load 'figure.gp'
load 'style.gp'
SIDE_MOST = at_width(440, 190)
SIDE = at_width(64, 40) * CPUS > SIDE_MOST ? SIDE_MOST : at_width(64, 40) * CPUS < at_width(240, 120) ? at_width(240, 120) : at_width(64, 40) * CPUS
LEFT = at_width(72, 44)
BELOW = at_width(62, 42)
HEIGHT = HEAD + SIDE + BELOW
load 'page.gp'

set tmargin at screen TOP
set bmargin at screen from_bottom(BELOW)
set lmargin at screen LEFT / (1.0 * WIDTH)
set rmargin at screen (LEFT + SIDE) / (1.0 * WIDTH)
set xrange [0.5 : CPUS + 0.5]
set yrange [CPUS + 0.5 : 0.5]
unset grid
unset key
set border 0
set xlabel 'CPU' offset 0, LIFT textcolor rgb INK
set ylabel 'CPU' offset 0.5, 0 textcolor rgb INK
STEP = CPUS <= 32 ? 1 : int(ceil(CPUS / 16.0))
unset xtics
unset ytics
TICS = CPUS > 16 ? F10 : F13
set xtics scale 0 offset 0, 0.3 font TICS
set ytics scale 0 offset 0.3, 0 font TICS
set xtics ('' 1)
set ytics ('' 1)
do for [i = 1:CPUS:STEP] {
  set xtics add (sprintf('%d', CPU[i]) i)
  set ytics add (sprintf('%d', CPU[i]) i)
}

# From light to dark in even steps of lightness, so that it reads in grey; from yellow to blue, which
# every kind of colour vision tells apart.
set palette defined (0 '#f6f0c4', 0.25 '#a9d0a8', 0.5 '#5aa5a6', 0.75 '#34729b', 1 '#23376f')
set cbrange [LOW : HIGH]
set colorbox vertical user \
  origin screen (LEFT + SIDE + at_width(24, 12)) / (1.0 * WIDTH), screen from_bottom(BELOW) \
  size screen at_width(18.0, 9.0) / WIDTH, screen SIDE / (1.0 * HEIGHT)
set cblabel AXIS noenhanced offset 1.8, 0 textcolor rgb INK
set format cb '%g'
if (LOGARITHMIC) {
  set logscale cb 10
  set cbtics (10**floor(log10(LOW)))
  do for [d = floor(log10(LOW)):ceil(log10(HIGH))] {
    set cbtics add (10.0**d, 2 * 10.0**d, 5 * 10.0**d)
  }
}

# many cells touch, few stand apart
HALF = CPUS > 16 ? 0.5 : 0.48
NOTE = CPUS > 12 ? F10 : F13
cell(x) = column('ns') > 0 ? column('x') : NaN

plot 'rows.csv' using (cell(0)):(column('y')):(column('x') - HALF):(column('x') + HALF): \
    (column('y') - HALF):(column('y') + HALF):(column('ns')) \
    with boxxyerror linecolor palette fillstyle solid border, \
  'rows.csv' using (CPUS <= 16 || column('ns') == 0 ? column('x') : NaN):(column('y')):(strcol('text')): \
    (column('dark') > 0 ? 0xffffff : INK) \
    with labels font NOTE textcolor rgb variable noenhanced
