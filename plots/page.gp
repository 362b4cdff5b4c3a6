# SPDX-License-Identifier: MIT
# The page of a figure: terminal, title, axes. Loaded after style.gp.
#
# FORMAT                 svg or png, given on the command line
# TITLE, SUBTITLE, WHERE given in figure.gp: what, at which place, on which machine
# HEIGHT                 in pixels, set by the figure's script

if (FORMAT eq 'svg') {
  set terminal svg size WIDTH, HEIGHT dynamic noenhanced font FONT.',15' background '#ffffff'
} else {
  set terminal pngcairo size 2 * WIDTH, 2 * HEIGHT noenhanced font 'DejaVu Sans,15' \
    fontscale 1.5 linewidth 2 pointscale 2 dashlength 0.7 background '#ffffff'
}
# the two terminals disagree on how large a line and a point are
SPACING = FORMAT eq 'svg' ? 1.0 : 1.25
POINTSIZE = FORMAT eq 'svg' ? 0.6 : 0.9
LIFT = FORMAT eq 'svg' ? 0.5 : 0.1
set output 'figure.'.FORMAT
set encoding utf8
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
# the font in which a text fits the page
fitting(text, size) = sprintf(',%.1f', strlen(text) * size * 0.58 > 0.97 * WIDTH ? \
  0.97 * WIDTH / (0.58 * strlen(text)) : size)
set label 1 TITLE at screen 0.015, screen from_top(22) left font fitting(TITLE, 20.0) textcolor rgb INK
set label 2 SUBTITLE at screen 0.015, screen from_top(46) left font fitting(SUBTITLE, 13.0) textcolor rgb 0x444444
set label 3 WHERE at screen 0.015, screen from_top(65) left font fitting(WHERE, 13.0) textcolor rgb 0x666666
TOP = from_top(HEAD)
# an axis of nothing is an error to gnuplot: a panel without its p99 says why, on one that shows nothing
NO_P99 = "set yrange [1 : 10]; set ytics ('' 1); set label 9 'p99: too few samples' at graph 0.5, graph 0.5 center"
