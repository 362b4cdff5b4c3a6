# SPDX-License-Identifier: MIT
# A row per claim: its comparison that supports it least. Grey is what counts as equally fast.
#
# figure.gp: what dots.gp needs, VERDICTS INTERVALS

load 'figure.gp'
load 'style.gp'
CLASSES = VERDICTS
class_color(c) = verdict_color(c eq 'holds' ? 'improved' : c eq 'does-not-hold' ? 'regression' : 'inconclusive')
class_shape(c) = verdict_shape(c eq 'holds' ? 'improved' : c eq 'does-not-hold' ? 'regression' : 'inconclusive')
class_title(c) = c eq 'does-not-hold' ? 'does not hold' : c
dot_size(n) = 1.7
ENTRIES = words(VERDICTS) + 1 + (INTERVALS > 0)
KEY_CHARS = 18
UNITY = 1
KEYS = "for [c in CLASSES] keyentry with points pointtype class_shape(c) pointsize 1.7 * POINTSIZE linewidth 1.6 \
    linecolor rgb class_color(c) title class_title(c), \
  keyentry with lines linecolor rgb 0x7f7f7f linewidth 2.6 title (INTERVALS ? '95 % interval' : ''), \
  keyentry with boxes fillstyle solid noborder linecolor rgb TOLERATED title 'counts as equal'"
load 'dots.gp'
