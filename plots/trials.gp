# SPDX-License-Identifier: MIT
# Left the medians as bars, best first; right, on an axis of its own that shows a few percent, how far from the
# median of its row every trial lies, and the 95 % interval of that median; where trials are too few for an
# interval, their range.
#
# figure.gp: TITLE SUBTITLE WHERE AXIS ROWS LOW HIGH SCALE REACH INTERVALS RANGES, LABEL[] TEXT[] per row,
#            TICS TIC[] TIC_TEXT[]
# rows.csv:  row family value spread lo hi; spread is interval, range or nothing
# dots.csv:  row ln_ratio

load 'figure.gp'
load 'style.gp'
ENTRIES = 1 + INTERVALS + RANGES
KEY = key_height(ENTRIES, 50)
HEIGHT = HEAD + 25 * ROWS + 60 + KEY
load 'page.gp'

set multiplot
set tmargin at screen TOP
set bmargin at screen from_bottom(60 + KEY)
set lmargin at screen from_left(262)
set rmargin at screen from_left(390)
set yrange [ROWS + 0.7 : 0.3]
set logscale x 10
set xrange [LOW / SCALE : HIGH / SCALE]
set format x '%g'
# a narrow axis has room for few marks
DECADES = log10(HIGH / LOW)
set xtics 10.0**(DECADES > 4 ? 2 : 1)
# within one and a half decades there may be one power of ten, or none
if (DECADES < 1.5) {
  do for [e = floor(log10(LOW / SCALE)):ceil(log10(HIGH / SCALE))] { set xtics add (2 * 10.0**e, 5 * 10.0**e) }
}
set xlabel AXIS offset 0, LIFT textcolor rgb INK
set grid xtics noytics
unset ytics
set ytics scale 0 font F14
set ytics ('' 0)
do for [i = 1:ROWS] { set ytics add (LABEL[i].'   '.TEXT[i] i) }
unset key
y(x) = column('row')
plot 'rows.csv' using (column('value') / SCALE):(y(0)):(LOW / SCALE):(column('value') / SCALE):(y(0) - 0.36):(y(0) + 0.36): \
  (family_color(strcol('family'))) with boxxyerror linecolor rgb variable fillstyle solid border rgb INK

unset label
unset logscale x
unset ytics
set border 1
set lmargin at screen from_left(412)
set rmargin at screen from_left(614)
set xrange [-REACH : REACH]
# marks of the greater changes stand close
set xtics ('0' 0) font F12
do for [i = 1:TICS] { set xtics add (TIC_TEXT[i] TIC[i]) }
set xlabel 'from its median'
set arrow 4 from first 0, graph 0 to first 0, graph 1 nohead linecolor rgb INK linewidth 1 back
set key at screen 0.5, screen from_bottom(8) center bottom vertical \
  maxrows key_rows(ENTRIES, 50) Left reverse samplen 2.4 spacing SPACING font F13
of(kind, name) = strcol('spread') eq kind ? column(name) : NaN
plot for [kind in 'range interval'] 'rows.csv' using (of(kind, 'lo')):(y(0)):(of(kind, 'hi') - of(kind, 'lo')):(0) \
    with vectors nohead linecolor rgb (kind eq 'range' ? 0x9a9a9a : 0x56b4e9) linewidth (kind eq 'range' ? 1.5 : 7) notitle, \
  'dots.csv' using (column('ln_ratio')):(y(0)) with points pointtype 7 pointsize 0.8 * POINTSIZE linecolor rgb INK \
    title 'one trial', \
  keyentry with lines linecolor rgb 0x56b4e9 linewidth 7 title (INTERVALS ? '95 % interval of the median' : ''), \
  keyentry with lines linecolor rgb 0x9a9a9a linewidth 1.5 title (RANGES ? 'range: an interval needs six trials' : '')
unset multiplot
