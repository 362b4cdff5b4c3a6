# SPDX-License-Identifier: MIT
# An axis of batches, every measured one marked: BATCH_TICS, a macro.
#
# BATCHES, given in figure.gp

set logscale x 2
set xrange [word(BATCHES, 1) / 1.5 : word(BATCHES, words(BATCHES)) * 1.5]
BATCH_TICS = ''
do for [b in BATCHES] { BATCH_TICS = BATCH_TICS.(BATCH_TICS eq '' ? '(' : ', ').sprintf("'%s' %s", b, b) }
BATCH_TICS = BATCH_TICS.')'
