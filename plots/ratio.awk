# SPDX-License-Identifier: MIT
# How many times as fast one cell is as another, over the trials of both: the Hodges-Lehmann estimate and the 95 % interval
# of the exact rank-sum test, as bench/stats/two-sample.h has them.

# The interval reaches from the k-th least to the k-th greatest of the m n ratios. Returns k, 0 if the trials are too few.
function rank_depth(m, n,    k, j, u, most, ways, all, below) {
  if ((m, n) in depth_of)
    return depth_of[m, n]
  most = int(m * n / 2)
  # beyond that the normal approximation is as good
  if (m * n > 1600)
    return depth_of[m, n] = int(m * n / 2 - 1.96 * sqrt(m * n * (m + n + 1) / 12))
  for (j = 0; j <= m; j++)
    ways[j, 0] = 1
  # in how many orders of the values of both samples u pairs are inverted, one more value at a time
  for (k = 1; k <= n; k++)
    for (j = 1; j <= m; j++)
      for (u = k; u <= most; u++)
        ways[j, u] += ways[j - 1, u - k]
  all = 1
  for (j = 1; j <= m; j++)
    all *= (n + j) / j
  k = 0
  for (below = ways[m, 0] / all; below <= 0.025; below += ways[m, k] / all)
    k++
  return depth_of[m, n] = k
}

# Shell's.
function sort_numbers(list, n,    gap, i, k, x) {
  for (gap = int(n / 2); gap > 0; gap = gap == 2 ? 1 : int(gap / 2.2))
    for (i = gap + 1; i <= n; i++) {
      x = list[i]
      for (k = i; k > gap && list[k - gap] > x; k -= gap)
        list[k] = list[k - gap]
      list[k] = x
    }
}

# How many times as fast row i is as row b: ratio, ratio_lo, ratio_hi, and in ratio_kind what the last two are: an
# interval, or the range of too few trials, or "" of none. Both rows have a value.
function compare_rows(i, b, name, falling,    s, t, k, m, n, x, y, pairs) {
  for (t = 1; t <= trials[b]; t++)
    if (trial_value[b, t, name] > 0)
      x[++m] = trial_value[b, t, name]
  for (t = 1; t <= trials[i]; t++)
    if (trial_value[i, t, name] > 0)
      y[++n] = trial_value[i, t, name]
  for (s = 1; s <= m; s++)
    for (t = 1; t <= n; t++)
      pairs[++k] = falling ? y[t] / x[s] : x[s] / y[t]
  sort_numbers(pairs, k)
  t = k > 1 ? rank_depth(m, n) : 0
  ratio_kind = t > 0 ? "interval" : k > 1 ? "range" : ""
  ratio_lo = t > 0 ? pairs[t] : k > 1 ? pairs[1] : ""
  ratio_hi = t > 0 ? pairs[k + 1 - t] : k > 1 ? pairs[k] : ""
  if (t > 0)
    ratio = sqrt(pairs[int((k + 1) / 2)] * pairs[int(k / 2) + 1])
  else
    ratio = falling ? value[i, name] / value[b, name] : value[b, name] / value[i, name]
}

# Whether the interval found last cannot tell the two apart.
function is_tied() { return ratio_kind == "interval" && ratio_lo <= 1 && ratio_hi >= 1 }

function ratio_text(x) {
  return sprintf(x >= 99.95 ? "%.0f×" : x >= 9.995 ? "%.1f×" : x >= 0.0995 ? "%.2f×" : "%.4f×", x)
}
