# SPDX-License-Identifier: MIT
# The values of both versions of a comparison, one above the other in each row. New is the base changed by the estimate, with the
# interval of that.
#
# figure.gp: what dots.gp needs

load 'figure.gp'
load 'style.gp'
CLASSES = 'base new'
class_color(c) = version_color(c eq 'new')
class_shape(c) = version_shape(c eq 'new') - (c eq 'base')
dot_size(n) = 1.5
ENTRIES = 3
KEY_CHARS = 28
UNITY = 0
KEYS = "for [c in CLASSES] keyentry with points pointtype class_shape(c) pointsize 1.5 * POINTSIZE linewidth 1.4 \
    linecolor rgb class_color(c) title c, \
  keyentry with lines linecolor rgb version_color(1) linewidth 2.6 title 'interval of the change'"
load 'dots.gp'
