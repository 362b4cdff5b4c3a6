# SPDX-License-Identifier: MIT
# The distribution of one size: percentiles.gp.

function distribution(p, s,    k, n, d, high, x, names, file, title) {
  if (mechanisms(p, "latency", s) == 0)
    return
  title = "Distribution of round-trip times, " bytes(s) " messages"
  n = 0
  high = 10
  for (k = 1; k <= curves; k++) {
    if (place["c" k] != p || size["c" k] != s || family["c" k] == "notifications" || family["c" k] == "harness")
      continue
    # a point is not a curve
    if (points_of[k] < 2) {
      note(place_text[p] ", " bytes(s) ": " label["c" k] " has too few samples for a percentile curve")
      continue
    }
    if (n++ == 0)
      begin("percentiles-" p, "percentiles", title, place_text[p])
    names[n] = "c" k
    file = folder "/series-" n ".csv"
    print "quantile,value_ns" > file
    for (d = 1; d <= dots[k]; d++) {
      print quantile[k, d] "," quantile_ns[k, d] > file
      x = quantile[k, d] < 1 ? 1 / (1 - quantile[k, d]) : 0
      if (x > high) high = x
    }
  }
  if (n == 0) {
    lose("percentiles-" p, "percentiles", title, place_text[p], why_empty(p, "latency", s, "lat_p50_ns", "percentiles", \
      "percentiles.csv has no curve of that size"))
    return
  }
  print "HIGH = " real(high * 1.2) > info
  picks(n, names, "lat_p50_ns", 0)
  end_series(n, names)
}
