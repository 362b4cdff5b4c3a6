# SPDX-License-Identifier: MIT
# The legend of all series, under the figure: the last panel of a multiplot.
#
# KEY_ENTRIES SLO ENTRY[], set by the figure's script; AROUND SERIES CHARS, FAMILY[] WAIT[] POINT[] WIDTH_OF[] per series, given in figure.gp

load 'legend-page.gp'
set key maxrows key_rows(KEY_ENTRIES, CHARS)
plot NaN notitle, for [i = 1:SERIES] keyentry with linespoints \
    linecolor rgb family_color(FAMILY[i]) dashtype wait_dash(WAIT[i]) linewidth WIDTH_OF[i] \
    pointtype shape(POINT[i]) title ENTRY[i], \
  keyentry with points linecolor rgb INK pointtype 6 pointsize 2.6 * POINTSIZE linewidth 1.4 title 'knee', \
  keyentry with lines linecolor rgb 0xb0b0b0 linewidth 1.6 title AROUND, \
  keyentry with lines linecolor rgb INK dashtype 3 linewidth 1.2 title 'limit of the knee', \
  keyentry with points linecolor rgb INK pointtype 13 pointsize 1.8 * POINTSIZE title SLO
