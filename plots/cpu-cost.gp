# SPDX-License-Identifier: MIT
# CPU time of one message as a stack: sender and receiver, user and system time of each. The axis below is per message, the one
# above per byte of payload; both are linear. Those that wait differently have panels and axes of their own.
#
# figure.gp: TITLE SUBTITLE WHERE SIZE, HIGH[] SCALE[] AXIS[] per panel, and what row-panels.gp reads; SIZE 0: no payload
# rows.csv:  row panel tx_user_ns tx_sys_ns rx_user_ns rx_sys_ns

load 'figure.gp'
load 'style.gp'
KEY = key_height(4, 16)
OVER = SIZE > 0 ? at_width(40, 29) : 0
UNDER = at_width(52, 36)
LAST = KEY
load 'row-panels.gp'
load 'page.gp'

set border (SIZE > 0 ? 5 : 1)
set grid xtics noytics
part(name) = column(name) / SCALE[p]
tx_user(x) = part('tx_user_ns')
tx(x) = tx_user(0) + part('tx_sys_ns')
rx_user(x) = tx(0) + part('rx_user_ns')
rx(x) = rx_user(0) + part('rx_sys_ns')
# about so many marks, at a step of 1, 2 or 5
MARKS_MOST = at_width(6, 3)
decade(x) = 10.0**floor(log10(x))
step(x) = decade(x) * (x / decade(x) < 1.5 ? 1 : x / decade(x) < 3.5 ? 2 : x / decade(x) < 7.5 ? 5 : 10)

set multiplot
unset key
do for [p = 1:PANELS] {
  @ROWS_OF_PANEL
  set xrange [0 : HIGH[p] / SCALE[p]]
  set xtics step(HIGH[p] / SCALE[p] / MARKS_MOST)
  set format x '%g'
  set xlabel AXIS[p] offset 0, LIFT textcolor rgb INK
  if (SIZE > 0) {
    set x2range [0 : HIGH[p] / SIZE]
    set x2tics step(HIGH[p] / SIZE / MARKS_MOST)
    set format x2 '%g'
    set x2label 'ns per byte' offset 0, -LIFT textcolor rgb INK
  }
  plot 'rows.csv' using (tx_user(0)):(row(p)):(0):(tx_user(0)):(row(p) - 0.36):(row(p) + 0.36) with boxxyerror \
      linecolor rgb SENDER_USER fillstyle solid border rgb INK, \
    'rows.csv' using (tx(0)):(row(p)):(tx_user(0)):(tx(0)):(row(p) - 0.36):(row(p) + 0.36) with boxxyerror \
      linecolor rgb SENDER_SYSTEM fillstyle solid border rgb INK, \
    'rows.csv' using (rx_user(0)):(row(p)):(tx(0)):(rx_user(0)):(row(p) - 0.36):(row(p) + 0.36) with boxxyerror \
      linecolor rgb RECEIVER_USER fillstyle solid border rgb INK, \
    'rows.csv' using (rx(0)):(row(p)):(rx_user(0)):(rx(0)):(row(p) - 0.36):(row(p) + 0.36) with boxxyerror \
      linecolor rgb RECEIVER_SYSTEM fillstyle solid border rgb INK
  do for [h = 1:HEADING] { unset label 80 + h }
}
load 'legend-page.gp'
unset x2tics
unset x2label
set key maxrows key_rows(4, 16) samplen 1.6
plot NaN notitle, \
  keyentry with boxes fillstyle solid border rgb INK linecolor rgb SENDER_USER title 'sender, user', \
  keyentry with boxes fillstyle solid border rgb INK linecolor rgb SENDER_SYSTEM title 'sender, system', \
  keyentry with boxes fillstyle solid border rgb INK linecolor rgb RECEIVER_USER title 'receiver, user', \
  keyentry with boxes fillstyle solid border rgb INK linecolor rgb RECEIVER_SYSTEM title 'receiver, system'
unset multiplot
