# SPDX-License-Identifier: MIT
# The legend of all series, under the figure: the last panel of a multiplot. It has the whole page to itself, since
# gnuplot breaks a legend that is higher than its plot.
#
# KEY_ENTRIES, set by the figure's script: SERIES, or one more for the ring of a knee, two with SLO, a limit
# SERIES CHARS, NAME_OF[] FAMILY[] WAIT[] POINT[] WIDTH_OF[] per series, given in figure.gp

set tmargin at screen 1
set bmargin at screen 0
set lmargin at screen 0
set rmargin at screen 1
set border 0
unset xtics
unset ytics
unset grid
unset label
unset arrow
unset logscale
unset xlabel
unset ylabel
set xrange [0 : 1]
set yrange [0 : 1]
set key at screen 0.5, screen from_bottom(8) center bottom vertical \
  maxrows key_rows(KEY_ENTRIES, CHARS) Left reverse samplen 3.5 spacing SPACING font F13
plot NaN notitle, for [i = 1:SERIES] keyentry with linespoints \
    linecolor rgb family_color(FAMILY[i]) dashtype wait_dash(WAIT[i]) linewidth WIDTH_OF[i] \
    pointtype shape(POINT[i]) title NAME_OF[i], \
  keyentry with points linecolor rgb INK pointtype 6 pointsize 2.6 * POINTSIZE linewidth 1.4 \
    title (KEY_ENTRIES > SERIES ? 'knee' : ''), \
  keyentry with points linecolor rgb INK pointtype 13 pointsize 1.8 * POINTSIZE \
    title (KEY_ENTRIES > SERIES + 1 ? SLO : '')
