# SPDX-License-Identifier: MIT
# Panels of rows below each other, one per way to wait, with the name and the figure of each row at its left. Loaded after
# style.gp and before page.gp.
#
# figure.gp: ROWS PANELS, PANEL[] title FIRST[] row COUNT[] rows per panel, NAME_OF[] TEXT[] per row
# Set before: UNDER, what the axis of a panel takes below it; OVER, above it; LAST, what lies below all panels

ROW = at_width(21, 13.5)
TITLED = PANELS > 1 ? at_width(22, 15) : 0
HEIGHT = HEAD + ROW * ROWS + PANELS * (TITLED + OVER + UNDER) + LAST
top_px(p) = HEAD + ROW * (FIRST[p] - 1) + (p - 1) * UNDER + p * (TITLED + OVER)
bottom_px(p) = top_px(p) + ROW * COUNT[p]

# what is too long for its column loses its middle
FIGURES = 0
NAMES_LONGEST = 0
do for [i = 1:ROWS] {
  if (strlen(TEXT[i]) > FIGURES) { FIGURES = strlen(TEXT[i]) }
  if (strlen(NAME_OF[i]) > NAMES_LONGEST) { NAMES_LONGEST = strlen(NAME_OF[i]) }
}
ROOM = int((0.62 * WIDTH - length_of(FIGURES + 2, 13)) / length_of(1, 13))
if (NAMES_LONGEST > ROOM) { NAMES_LONGEST = ROOM }
short(name) = strlen(name) <= ROOM ? name : name[1 : ROOM / 2 - 1].'..'.name[strlen(name) - (ROOM - 1) / 2 + 1 : strlen(name)]
NAMES_END = length_of(NAMES_LONGEST, 13) + 0.02 * WIDTH
FIGURES_END = NAMES_END + length_of(FIGURES + 1, 13)
LEFT = FIGURES_END + at_width(10, 6)

# The rows of panel p, as a macro that ends what the one before has left.
ROWS_OF_PANEL = "\
  unset ytics; \
  set tmargin at screen from_top(top_px(p)); \
  set bmargin at screen from_top(bottom_px(p)); \
  set lmargin at screen from_left(LEFT); \
  set rmargin at screen from_left(WIDTH - at_width(26, 18)); \
  set yrange [COUNT[p] + 0.5 : 0.5]; \
  set label 1 PANEL[p] at screen 0.015, screen from_top(top_px(p) - OVER - 0.5 * TITLED) left font F13 textcolor rgb INK; \
  do for [i = 1:ROWS] { unset label 100 + i; unset label 1100 + i }; \
  do for [i = FIRST[p]:FIRST[p] + COUNT[p] - 1] { \
    set label 100 + i short(NAME_OF[i]) at screen from_left(NAMES_END), first i - FIRST[p] + 1 right textcolor rgb INK; \
    set label 1100 + i TEXT[i] at screen from_left(FIGURES_END), first i - FIRST[p] + 1 right textcolor rgb 0x555555 \
  }"
row(p) = column('panel') == p ? column('row') - FIRST[p] + 1 : NaN
