# SPDX-License-Identifier: MIT
# CPU time of one message as a stack: sender and receiver, user and system time of each. The axis below is per
# message, the one above per byte of payload.
#
# figure.gp: TITLE SUBTITLE WHERE AXIS ROWS HIGH SCALE SIZE, LABEL[] TEXT[] per row; SIZE 0: no payload
# rows.csv:  row tx_user_ns tx_sys_ns rx_user_ns rx_sys_ns

load 'figure.gp'
load 'style.gp'
KEY = key_height(4, 20)
ABOVE = HEAD + (SIZE > 0 ? 44 : 0)
HEIGHT = ABOVE + 25 * ROWS + 60 + KEY
load 'page.gp'

set tmargin at screen from_top(ABOVE)
set bmargin at screen from_bottom(60 + KEY)
set rmargin at screen 0.96
set xrange [0 : HIGH / SCALE]
set yrange [ROWS + 0.7 : 0.3]
set xlabel AXIS offset 0, LIFT textcolor rgb INK
set grid xtics noytics
if (SIZE > 0) {
  set x2range [0 : HIGH / SIZE]
  # about five marks, at a step of 1, 2 or 5
  RAW = HIGH / SIZE / 5
  DECADE = 10.0**floor(log10(RAW))
  set x2tics DECADE * (RAW / DECADE < 1.5 ? 1 : RAW / DECADE < 3.5 ? 2 : RAW / DECADE < 7.5 ? 5 : 10)
  set format x2 '%g'
  set x2label 'ns per byte' offset 0, -LIFT textcolor rgb INK
  set border 7
}
unset ytics
set ytics scale 0 font F14
set ytics ('' 0)
do for [i = 1:ROWS] { set ytics add (LABEL[i].'   '.TEXT[i] i) }
set key at screen 0.5, screen from_bottom(8) center bottom vertical \
  maxrows key_rows(4, 20) Left reverse samplen 1.6 spacing SPACING font F13

tx_user(x) = column('tx_user_ns') / SCALE
tx(x) = tx_user(0) + column('tx_sys_ns') / SCALE
rx_user(x) = tx(0) + column('rx_user_ns') / SCALE
rx(x) = rx_user(0) + column('rx_sys_ns') / SCALE
y(x) = column('row')

plot 'rows.csv' using (tx_user(0)):(y(0)):(0):(tx_user(0)):(y(0) - 0.36):(y(0) + 0.36) with boxxyerror \
    linecolor rgb SENDER_USER fillstyle solid border rgb INK title 'sender, user', \
  'rows.csv' using (tx(0)):(y(0)):(tx_user(0)):(tx(0)):(y(0) - 0.36):(y(0) + 0.36) with boxxyerror \
    linecolor rgb SENDER_SYSTEM fillstyle solid border rgb INK title 'sender, system', \
  'rows.csv' using (rx_user(0)):(y(0)):(tx(0)):(rx_user(0)):(y(0) - 0.36):(y(0) + 0.36) with boxxyerror \
    linecolor rgb RECEIVER_USER fillstyle solid border rgb INK title 'receiver, user', \
  'rows.csv' using (rx(0)):(y(0)):(rx_user(0)):(rx(0)):(y(0) - 0.36):(y(0) + 0.36) with boxxyerror \
    linecolor rgb RECEIVER_SYSTEM fillstyle solid border rgb INK title 'receiver, system'
