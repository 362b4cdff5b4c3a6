# SPDX-License-Identifier: MIT
# Colours, shapes and sizes that all figures share; page.gp is the page that they are drawn on.
#
# A mechanism keeps its colour (its family's), its point and its label in every figure of a run; how
# it waits is the dash of its line or the filling of its bar, and a wide line is of messages used in
# place. So figures survive greyscale and every kind of colour blindness: the colours are Okabe and Ito's (https://jfly.uni-koeln.de/color/).

WIDTH = 760
FONT = 'DejaVu Sans,Arial,sans-serif'
INK = 0x222222
FAINT = 0xcfcfcf

family_color(f) = f eq 'pipes' ? 0xe69f00 : f eq 'sockets' ? 0x0072b2 : \
  f eq 'message-queues' ? 0xcc79a7 : f eq 'shared-memory' ? 0x009e73 : \
  f eq 'files' ? 0xd55e00 : f eq 'notifications' ? 0x56b4e9 : 0x7f7f7f
wait_dash(w) = w eq 'block' ? 1 : w eq 'spin' ? 2 : w eq 'hybrid' ? 4 : 3
# pattern fills of gnuplot: 3 solid, 5 and 4 hatched, 2 crossed
wait_fill(w) = w eq 'block' ? 3 : w eq 'spin' ? 5 : w eq 'hybrid' ? 2 : 4
# distinct by shape first, filled before open
array SHAPES[15] = [7, 5, 9, 11, 13, 15, 6, 4, 8, 10, 12, 14, 1, 2, 3]
shape(n) = SHAPES[1 + (n - 1) % 15]

# The legend stands under the figure: N entries of at most CHARS characters.
key_columns(n, chars) = int(WIDTH / (70.0 + 7.6 * chars)) > 1 ? \
  int(WIDTH / (70.0 + 7.6 * chars)) : 1
key_rows(n, chars) = int(ceil(n / (1.0 * key_columns(n, chars))))
key_height(n, chars) = 12 + 20 * key_rows(n, chars)

# Verdicts of a comparison: by shape, by colour, and wherever they stand by a word. Green and orange never
# stand for good and bad alone.
TOLERATED = 0xe4e9ee
MIDDLE = 0x009e73
verdict_color(v) = v eq 'regression' ? 0xd55e00 : v eq 'improved' ? 0x009e73 : \
  v eq 'inconclusive' ? 0xcc79a7 : 0x0072b2
verdict_shape(v) = v eq 'regression' ? 5 : v eq 'improved' ? 9 : v eq 'inconclusive' ? 12 : 7
# base is 0, new is 1; one less is the same shape, hollow
version_color(n) = n ? 0xd55e00 : 0x0072b2
version_shape(n) = n ? 9 : 7
order_shape(reversed) = reversed ? 11 : 9
