# SPDX-License-Identifier: MIT
# The hockey stick: times of an open loop against the load that was offered, and how much of it was carried. A
# ring marks the knee, a diamond the highest rate that holds --slo, at its limit, with its interval.
#
# figure.gp: TITLE SUBTITLE WHERE LOW HIGH, P99 whether there is one, SLO SLO_PANEL where there is a limit, SERIES CHARS,
# NAME_OF[] FAMILY[] WAIT[] POINT[] WIDTH_OF[] per series
# series-N.csv: offered_msgs_per_s msgs_per_s lat_p50_ns lat_p99_ns knee, the same in each row: slo slo_lo slo_hi slo_ns

load 'figure.gp'
load 'style.gp'
if (!exists('SLO')) SLO = ''
if (!exists('SLO_PANEL')) SLO_PANEL = 0
KEY_ENTRIES = SERIES + 1 + (SLO ne '')
KEY = key_height(KEY_ENTRIES, CHARS)
PANEL = 190
GAP = 22
HEIGHT = HEAD + 2 * PANEL + 130 + 2 * GAP + 80 + KEY
load 'page.gp'

set lmargin at screen from_left(92)
set rmargin at screen 0.96
set logscale x 10
set xrange [LOW : HIGH]
top_of(p) = from_top(HEAD + (p - 1) * (PANEL + GAP))

us(name) = column(name) > 0 ? column(name) / 1e3 : NaN
knee(x) = column('knee') == 1 ? us('lat_p99_ns') : NaN
offered(x) = column('offered_msgs_per_s')
achieved(x) = column('msgs_per_s') > 0 ? 100 * column('msgs_per_s') / offered(0) : NaN

slo(panel) = panel == SLO_PANEL && column('slo') > 0 ? column('slo') : NaN
end(name, edge) = column(name) > 0 ? column(name) : edge

set multiplot
set format x ''
set xtics @RATE_MARKS
set logscale y 10
set ytics @TIME_TICS
unset key
set tmargin at screen top_of(1)
set bmargin at screen top_of(1) - from_bottom(PANEL)
set label 4 'due to received, p99' at screen 0.022, graph 0.5 center rotate textcolor rgb INK
if (!P99) { @NO_P99 }
plot for [i = 1:SERIES] sprintf('series-%d.csv', i) using (offered(0)):(us('lat_p99_ns')) with linespoints \
    linecolor rgb family_color(FAMILY[i]) dashtype wait_dash(WAIT[i]) linewidth WIDTH_OF[i] pointtype shape(POINT[i]), \
  for [i = 1:SERIES] sprintf('series-%d.csv', i) using (offered(0)):(knee(0)) with points \
    linecolor rgb INK pointtype 6 pointsize 2.6 * POINTSIZE linewidth 1.4, \
  for [i = 1:SERIES] sprintf('series-%d.csv', i) every ::0::0 \
    using (slo(1)):(us('slo_ns')):(end('slo_lo', LOW)):(end('slo_hi', HIGH)) with xerrorbars \
    linecolor rgb family_color(FAMILY[i]) pointtype 13 pointsize 1.8 * POINTSIZE linewidth 2
unset label
set yrange [*:*]
set ytics @TIME_TICS
set tmargin at screen top_of(2)
set bmargin at screen top_of(2) - from_bottom(PANEL)
set label 4 'the same, p50' at screen 0.022, graph 0.5 center rotate textcolor rgb INK
plot for [i = 1:SERIES] sprintf('series-%d.csv', i) using (offered(0)):(us('lat_p50_ns')) with linespoints \
    linecolor rgb family_color(FAMILY[i]) dashtype wait_dash(WAIT[i]) linewidth WIDTH_OF[i] pointtype shape(POINT[i]), \
  for [i = 1:SERIES] sprintf('series-%d.csv', i) every ::0::0 \
    using (slo(2)):(us('slo_ns')):(end('slo_lo', LOW)):(end('slo_hi', HIGH)) with xerrorbars \
    linecolor rgb family_color(FAMILY[i]) pointtype 13 pointsize 1.8 * POINTSIZE linewidth 2
unset logscale y
set tmargin at screen top_of(3)
set bmargin at screen top_of(3) - from_bottom(130)
set xtics @RATE_TICS
set yrange [0 : 115]
set ytics ('0' 0, '50 %%' 50, '100 %%' 100)
set label 4 'achieved' at screen 0.022, graph 0.5 center rotate textcolor rgb INK
set xlabel 'offered load, messages/s' offset 0, LIFT textcolor rgb INK
plot for [i = 1:SERIES] sprintf('series-%d.csv', i) using (offered(0)):(achieved(0)) with linespoints \
    linecolor rgb family_color(FAMILY[i]) dashtype wait_dash(WAIT[i]) linewidth WIDTH_OF[i] pointtype shape(POINT[i])
load 'legend.gp'
unset multiplot
