# SPDX-License-Identifier: MIT
# How many times as fast mechanisms are as a baseline: a row per mechanism, a dot per size, small messages above.
#
# figure.gp: what dots.gp needs, SIZES, SIZE[] per size, INTERVALS RANGES TIES

load 'figure.gp'
load 'style.gp'
CLASSES = 'pipes sockets message-queues shared-memory files other'
class_color(c) = family_color(c)
class_shape(c) = 7
dot_size(n) = SIZES == 1 ? 1.5 : 0.7 + 1.4 * (n - 1) / (SIZES - 1)
ENTRIES = SIZES + (INTERVALS > 0) + (RANGES > 0) + (TIES > 0)
KEY_CHARS = TIES ? 21 : 14
UNITY = 1
KEYS = "for [n = 1:SIZES] keyentry with points pointtype 7 pointsize dot_size(n) * POINTSIZE linecolor rgb 0x7f7f7f title SIZE[n], \
  keyentry with lines linecolor rgb 0x7f7f7f linewidth 2.6 title (INTERVALS ? '95 % interval' : ''), \
  keyentry with lines linecolor rgb 0x7f7f7f linewidth 1 title (RANGES ? 'range of trials' : ''), \
  keyentry with lines linecolor rgb 0xffffff title (TIES ? '=  statistically tied' : '')"
load 'dots.gp'
