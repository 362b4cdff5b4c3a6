# SPDX-License-Identifier: MIT
# Makes the whole page the panel of a legend, the last one of a multiplot: gnuplot breaks a legend that is higher than its plot.

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
unset object
set key at screen 0.5, screen from_bottom(at_width(6, 3)) center bottom vertical Left reverse samplen 3.5 spacing SPACING font F12
