# SPDX-License-Identifier: MIT
# The page of a figure: terminal, title, axes. Loaded after style.gp.
#
# FORMAT                 svg, png or pdf, given on the command line; PAPER, 1 for the size of a printed page
# TITLE, SUBTITLE, WHERE given in figure.gp: what, at which place, on which machine
# HEIGHT                 in units, set by the figure's script

if (!exists('PAPER')) { PAPER = 0 }
INCH = MM / 25.4 / WIDTH
# dots of a PNG per unit: 300 per inch on paper
DOTS = PAPER ? 300 * INCH : 2
THIN = at_width(1, 0.8)
if (FORMAT eq 'svg') {
  set terminal svg size WIDTH, HEIGHT dynamic noenhanced linewidth THIN font FONT.F13 background '#ffffff'
}
if (FORMAT eq 'png') {
  set terminal pngcairo size int(DOTS * WIDTH), int(DOTS * HEIGHT) noenhanced font 'DejaVu Sans'.F13 \
    fontscale 0.75 * DOTS linewidth DOTS * THIN pointscale DOTS dashlength 0.7 background '#ffffff'
}
if (FORMAT eq 'pdf') {
  set terminal pdfcairo size INCH * WIDTH, INCH * HEIGHT noenhanced font 'DejaVu Sans'.F13 \
    fontscale 0.75 * 72 * INCH linewidth 2 * 72 * INCH * THIN pointscale 72 * INCH dashlength 0.7 background '#ffffff'
}
# terminals disagree on how large a line and a point are
SPACING = FORMAT eq 'svg' ? 1.0 : 1.25
POINTSIZE = (FORMAT eq 'svg' ? 0.6 : 0.9) * at_width(1, 0.72)
LIFT = FORMAT eq 'svg' ? 0.5 : 0.1
set output 'figure.'.FORMAT
set datafile separator comma
set datafile columnheaders
set border 3 linecolor rgb INK
set tics nomirror textcolor rgb INK
set grid linecolor rgb FAINT linewidth 0.8 dashtype 1
set pointsize POINTSIZE

# pixels from the bottom, the top and the left edge, as parts of the page
from_bottom(px) = px / (1.0 * HEIGHT)
from_top(px) = 1 - px / (1.0 * HEIGHT)
from_left(px) = px / (1.0 * WIDTH)
do for [h = 1:HEADING] {
  set label 80 + h HEADING_TEXT[h] at screen 0.015, screen from_top(HEADING_Y[h]) left font sprintf(',%.1f', HEADING_SIZE[h]) \
    textcolor rgb (HEADING_SIZE[h] == HEADING_SIZE[1] ? INK : 0x555555)
}
TOP = from_top(HEAD)
# an axis of nothing is an error to gnuplot: a panel without its p99 says why, on one that shows nothing
NO_P99 = "set yrange [1 : 10]; set ytics ('' 1); set label 9 'p99: too few samples' at graph 0.5, graph 0.5 center"
