# SPDX-License-Identifier: MIT
# The rate of messages and the delay that batches add, against their size: batches.gp. The first message of a batch waits for the
# others, at the rate that was measured: N - 1 of them. A batch of one adds no delay, and an axis of logarithms has no place for that.

# The name of a place, or its text, without the batch.
function no_batch(text) {
  if (match(text, /(-|,? )batch[- ][0-9]+/))
    text = substr(text, 1, RSTART - 1) substr(text, RSTART + RLENGTH)
  return text
}

# name "" = even those that were not measured
function in_batches(i, base, s, name) {
  return batch[i] > 0 && size[i] == s && no_batch(place[i]) == base && wanted(i, "throughput", 0, name)
}

# Leaves in batched[] the mechanisms with a batch above one, and returns whether one of them has two batches.
function batches_lines(base, s, name,    i, of, two) {
  split("", batched)
  for (i = 1; i <= rows; i++)
    if (batch[i] > 1 && in_batches(i, base, s, name))
      batched[id[i]] = 1
  two = 0
  for (i = 1; i <= rows; i++)
    two = two || (in_batches(i, base, s, name) && (id[i] in batched) && ++of[id[i]] == 2)
  return two
}

function delay_ns(i) { return (batch[i] - 1) * 1e9 / value[i, "msgs_per_s"] }

# An end of the interval of the rate, or "".
function messages_of(i, end) { return value[i, "bytes_per_s_ci_" end] > 0 ? real(value[i, "bytes_per_s_ci_" end] / size[i]) : "" }

# "1 4 16", of rows order[1..m], which ascend
function batch_list(order, m,    k, text) {
  for (k = 1; k <= m; k++)
    if (k == 1 || batch[order[k]] != batch[order[k - 1]])
      text = text (k == 1 ? "" : " ") batch[order[k]]
  return text
}

function batches_of(base, text, s,    i, k, m, order, of, names, title, intervals) {
  title = "Rate of " bytes(s) " messages against batch size"
  if (!batches_lines(base, s, "msgs_per_s")) {
    if (batches_lines(base, s, ""))
      lose("batches-" base, "batches", title, text, "no mechanism has two batches that were measured")
    else
      none("batches-" base, "batches", "it needs at least two batches of a mechanism, as in --batch 1,16,256")
    return
  }
  m = 0
  for (i = 1; i <= rows; i++)
    if (in_batches(i, base, s, "msgs_per_s") && (id[i] in batched)) {
      value[i, "batch"] = batch[i]
      m = insert_row(order, m, i, "batch", 0)
      series_of(i, of, names)
    }
  alike(names, of[""])
  begin("batches-" base, "batches", title, text)
  print "BATCHES = " quoted(batch_list(order, m)) > info
  facets_begin(of[""], names)
  begin_series(of[""], "batch,delay_ns,msgs_per_s,msgs_per_s_ci_lo,msgs_per_s_ci_hi")
  for (k = 1; k <= m; k++) {
    i = order[k]
    print batch[i] "," (batch[i] > 1 ? real(delay_ns(i)) : "") "," value[i, "msgs_per_s"] "," messages_of(i, "lo") "," \
      messages_of(i, "hi") > (folder "/series-" of[id[i]] ".csv")
    intervals = intervals || messages_of(i, "lo") != ""
    facet_point(of[id[i]], 1, batch[i], value[i, "msgs_per_s"])
    facet_point(of[id[i]], 2, batch[i], delay_ns(i))
  }
  print "INTERVALS = " intervals + 0 > info
  facets_end(of[""], 2, names)
  picks(of[""], names, "msgs_per_s", 1)
  end_series(of[""], names)
}

# Only where it was asked for, so its absence is not worth a note.
function draw_batches(p,    i, s, base) {
  base = no_batch(p)
  # places that differ in nothing else have one figure
  if (base in batches_drawn)
    return
  batches_drawn[base] = 1
  s = 0
  for (i = 1; i <= rows; i++)
    if (batch[i] > 1 && in_batches(i, base, size[i], "") && (s == 0 || size[i] == 64 || (s != 64 && size[i] < s)))
      s = size[i]
  if (s > 0)
    batches_of(base, no_batch(place_text[p]), s)
}
