# SPDX-License-Identifier: MIT
# An axis of pauses, where none has a place of its own: PAUSES, a macro.
#
# ZERO HIGH, given in figure.gp; SPARSE, 1 for texts at every other power of ten

set logscale x 10
set xrange [ZERO / 2.2e3 : HIGH / 1e3]
# what lies left of the line is not part of the axis that ends there
PAUSES = sprintf("('none' %g", ZERO / 1e3)
if (!exists('SPARSE')) { SPARSE = 0 }
LAST_E = int(floor(log10(HIGH / 1e3)))
do for [e = -3:8] {
  if (10.0**e > ZERO / 1e3 * sqrt(5.0)) {
    PAUSES = PAUSES.sprintf(", '%s' %g", SPARSE && ((LAST_E - e) % 2 || 10.0**e < ZERO / 80) ? '' : time_text(1, e), 10.0**e)
  }
}
PAUSES = PAUSES.')'
