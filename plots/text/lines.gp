# SPDX-License-Identifier: MIT
# Lines of characters for the series that PICKS of figure.gp names, letters for their points. X and Y give the
# values of a row; what axes need is set before.

unset bmargin
set key outside below horizontal Left reverse samplen 2 maxrows (words(PICKS) > 4 ? 3 : 2)
plot for [k = 1:words(PICKS)] 'series-'.word(PICKS, k).'.csv' using (X(0)):(Y(0)) with linespoints \
  linetype k pointtype k title NAME_OF[int(word(PICKS, k))]
