# SPDX-License-Identifier: MIT
# An axis of message sizes, with at most LABELS texts, and rules where caches end: SIZE_TICS, SIZE_MARKS and
# CACHE_NAMES, macros.
#
# SIZE_LOW SIZE_HIGH, CACHES, CACHE[] CACHE_BYTES[] per cache, given in figure.gp

set logscale x 2
set xrange [SIZE_LOW / 1.3 : SIZE_HIGH * 1.3]
FIRST = int(floor(log(SIZE_LOW) / log(2) + 1e-9))
LAST = int(ceil(log(SIZE_HIGH) / log(2) - 1e-9))
STEP = int(ceil((LAST - FIRST + 1) / (1.0 * LABELS)))
SIZE_TICS = ''
SIZE_MARKS = ''
do for [e = FIRST:LAST] {
  SIZE_TICS = SIZE_TICS.(e == FIRST ? '(' : ', ').((e - FIRST) % STEP == 0 ? \
    sprintf("'%s' %.0f", size_text(e), 2.0**e) : sprintf("'' %.0f 1", 2.0**e))
  SIZE_MARKS = SIZE_MARKS.sprintf("%s'' %.0f %d", e == FIRST ? '(' : ', ', 2.0**e, (e - FIRST) % STEP != 0)
}
SIZE_TICS = SIZE_TICS.')'
SIZE_MARKS = SIZE_MARKS.')'
do for [c = 1:CACHES] {
  set arrow 20 + c from first CACHE_BYTES[c], graph 0 to first CACHE_BYTES[c], graph 1 nohead back \
    linecolor rgb 0x7f7f7f linewidth 1 dashtype 3
}
CACHE_NAMES = "do for [c = 1:CACHES] { \
  set label 20 + c word(CACHE[c], 1) at first CACHE_BYTES[c], graph 0 right offset character -0.2, character 0.9 font F10 textcolor rgb 0x555555 }"
