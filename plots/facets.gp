# SPDX-License-Identifier: MIT
# A grid of panels of lines, each line with its name right of its panel, at the height of its end. Loaded after style.gp and
# before page.gp.
#
# Panels in one column share the axis below the last of them that has it. A panel is as high as its names.
#
# figure.gp: PANELS NAME_CHARS, PANEL[] LINES_IN[] NAMES[] per panel, LOW_1[] HIGH_1[] per panel, END_1[] TAIL_1[] TAIL_X_1[] per line,
#            the same _2 where there are two VALUES; what end_series() writes
# Set before: VALUES, 1 or 2 panels per group of lines; X_TITLE, Y_TITLE[] of them; ONE_COLUMN; ENTRIES of the legend, CHARS_OF_KEY;
#             PANEL_LEAST, the least height of a panel; GROUPED with X_GROUP() if not all panels have one axis;
#             MARKED if all have texts at their axes; NAMES_MOVED and names_at(p, v), where names stand if not right of the axis, as a part of its length

COLUMNS = HALF || ONE_COLUMN || VALUES * PANELS == 1 ? 1 : 2
CELLS = VALUES * PANELS
LINES = int(ceil(CELLS / (1.0 * COLUMNS)))
NAME_ROOM = at_width(20, 15) + length_of(NAME_CHARS, 11)
LEFT = at_width(58, 46)
SIDE = (WIDTH - at_width(12, 6)) / COLUMNS - LEFT - NAME_ROOM
# where the point beside a name is, right of the axis, as a part of its length
NAME_POINT = at_width(11.0, 8.0) / SIDE
TITLED = at_width(26, 18)
UNDER = at_width(26, 18)
# the legend stands in the empty cell of the grid, if there is one
IN_CELL = COLUMNS == 2 && CELLS % 2 == 1
KEY = IN_CELL ? 4 : key_height(ENTRIES, CHARS_OF_KEY)
# the lines of the grid, from 0, the last of which is the page below it
array LINE_TOP[LINES + 1]
array LINE_HIGH[LINES]
if (!exists('PANEL_LEAST')) { PANEL_LEAST = 0 }
is_last(c) = c + COLUMNS >= CELLS
# two panels have the same axis if they are of one X_GROUP()
if (!exists('GROUPED')) { X_GROUP(p) = 1 }
if (!exists('MARKED')) { MARKED = 0 }
if (!exists('NAMES_MOVED')) { names_at(p, v) = 1 }
is_marked(c) = is_last(c) || MARKED || X_GROUP(c / VALUES + 1) != X_GROUP((c + COLUMNS) / VALUES + 1)
LINE_TOP[1] = HEAD + TITLED
do for [line_n = 1:LINES] {
  LINE_HIGH[line_n] = PANEL_LEAST
  do for [c = (line_n - 1) * COLUMNS:(line_n * COLUMNS < CELLS ? line_n * COLUMNS : CELLS) - 1] {
    high_px = at_width(16, 10.5) * NAMES[c / VALUES + 1] * (CELLS == 1 ? at_width(2.2, 1.6) : 1)
    if (high_px > LINE_HIGH[line_n]) { LINE_HIGH[line_n] = high_px }
  }
  LINE_TOP[line_n + 1] = LINE_TOP[line_n] + LINE_HIGH[line_n] + TITLED + \
    (is_last(line_n * COLUMNS - 1) ? UNDER : is_marked(line_n * COLUMNS - COLUMNS) || is_marked(line_n * COLUMNS - 1) ? at_width(22, 14) : at_width(10, 7))
}
HEIGHT = LINE_TOP[LINES + 1] - TITLED + at_width(24, 16) + KEY

cell_of(p, v) = VALUES * (p - 1) + v - 1
left_px(c) = at_width(6, 3) + (c % COLUMNS) * (WIDTH - at_width(12, 6)) / COLUMNS + LEFT
top_px(c) = LINE_TOP[c / COLUMNS + 1]
bottom_px(c) = top_px(c) + (c < CELLS ? LINE_HIGH[c / COLUMNS + 1] : 0)
low(p, v) = v == 1 ? LOW_1[p] : LOW_2[p]
high(p, v) = v == 1 ? HIGH_1[p] : HIGH_2[p]
end_of(k, v) = v == 1 ? END_1[k] : END_2[k]
tail_of(k, v) = v == 1 ? TAIL_1[k] : TAIL_2[k]
tail_x(k, v) = v == 1 ? TAIL_X_1[k] : TAIL_X_2[k]
# where a value lies in a panel, from 0 to 1
height_of(y, p, v) = log(y / low(p, v)) / log(high(p, v) / low(p, v))

# Panel p of value v, with the names of its lines, as a macro that ends what the one before has left. X_OF() turns what facet_point()
# got into values of the axis. A name has the point of its line, and a thin line leads to it from where that ends.
FACET = "\
  set tmargin at screen from_top(top_px(cell_of(p, v))); \
  set bmargin at screen from_top(bottom_px(cell_of(p, v))); \
  set lmargin at screen from_left(left_px(cell_of(p, v))); \
  set rmargin at screen from_left(left_px(cell_of(p, v)) + SIDE); \
  set xtics font F12; \
  set xlabel (is_last(cell_of(p, v)) ? X_TITLE : '') offset 0, LIFT textcolor rgb INK; \
  set ytics font F12; \
  set label 1 PANEL[p].(PANEL[p] ne '' && Y_TITLE[v] ne '' ? ': ' : '').Y_TITLE[v] at graph 0, graph 1 left \
    offset 0, character 0.7 font F12 textcolor rgb INK; \
  do for [k = 1:SERIES] { unset label 100 + k; unset arrow 100 + k }; \
  do for [word_k in LINES_IN[p]] { \
    k = int(word_k); \
    if (end_of(k, v) >= 0) { \
      set label 100 + k BARE[k] at graph names_at(p, v) + NAME_POINT, graph end_of(k, v) left offset character 0.7, -0.12 font F11 \
        textcolor rgb text_color(FAMILY[k]) point pointtype shape(POINT[k]) linecolor rgb family_color(FAMILY[k]); \
      set arrow 100 + k from first X_OF(tail_x(k, v)), graph height_of(tail_of(k, v), p, v) to graph names_at(p, v) + 0.3 * NAME_POINT, graph end_of(k, v) nohead \
        back linecolor rgb 0x70000000 + family_color(FAMILY[k]) linewidth 0.8 \
    } \
  }"
# the marks of an axis of times in microseconds
FACET_TIMES = "\
  set logscale y 10; \
  set yrange [low(p, v) / 1e3 : high(p, v) / 1e3]; \
  if (high(p, v) / low(p, v) < 60) { set ytics @TIME_TICS_125 } else { \
    if (LINE_HIGH[cell_of(p, v) / COLUMNS + 1] / log10(high(p, v) / low(p, v)) > letters(12) * 1.2) { set ytics @TIME_TICS } else { set ytics @TIME_TICS_2 } \
  }"
# Where the legend stands; after legend-page.gp.
FACET_KEY = "\
  if (IN_CELL) { \
    set key at screen from_left(left_px(CELLS) - 40), screen from_top(top_px(CELLS)) left top vertical maxrows ENTRIES \
  } else { \
    set key maxrows key_rows(ENTRIES, CHARS_OF_KEY) \
  }"
