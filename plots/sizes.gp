# SPDX-License-Identifier: MIT
# An axis of message sizes, with at most LABELS texts, and rules where caches end: SIZE_TICS and SIZE_MARKS,
# macros; KEY_OF_CACHES, the entry of these rules in a legend.
#
# SIZE_LOW SIZE_HIGH, CACHES, CACHE_BYTES[] per cache, CACHE_NAMES, given in figure.gp

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
CACHE_DASH = 2
do for [c = 1:CACHES] {
  set arrow 20 + c from first CACHE_BYTES[c], graph 0 to first CACHE_BYTES[c], graph 1 nohead back \
    linecolor rgb 0x7f7f7f linewidth 1 dashtype CACHE_DASH
}
KEY_OF_CACHES = "keyentry with lines linecolor rgb 0x7f7f7f linewidth 1 dashtype CACHE_DASH title (CACHES ? 'caches: '.CACHE_NAMES : '')"
