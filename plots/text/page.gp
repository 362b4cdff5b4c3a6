# SPDX-License-Identifier: MIT
# A figure as text. COLUMNS, the width of the screen, and MICRO are given on the command line.
#
# LINES  of text below the title, set by the figure's script

set terminal dumb COLUMNS, LINES noenhanced
set output '/dev/stdout'
set encoding utf8
set datafile separator comma
set datafile columnheaders
set border 3
set tics nomirror
set bmargin 3
set tmargin 1
set rmargin 3
unset key
