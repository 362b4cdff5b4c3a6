# SPDX-License-Identifier: MIT
# The rows of a run: one per cell of summary.csv, what its trials add, and the curves of percentiles.csv.

BEGIN {
  cell = "transport family wait copy mode size_bytes placement cpu_tx cpu_rx idle"
  needed["summary"] = cell " status"
  needed["percentiles"] = cell " quantile value_ns"
  needed["trials"] = cell " trial status messages"
  needed["sides"] = cell " trial pair side msgs_per_s"
  filled["percentiles"] = "transport family wait mode placement"
  # a mechanism of the program has one point in the figures of all runs; others follow
  points = split("pipe fifo unix-stream unix-dgram unix-seqpacket tcp udp sysv-mq posix-mq shm posix-shm sysv-shm mmap file posix-sem " \
    "sysv-sem signal eventfd timerfd futex condvar mutex rwlock barrier null", known, " ")
  for (k = 1; k <= points; k++)
    point_of[known[k]] = k
  filled["summary"] = filled["trials"] = filled["percentiles"] " status"
  filled["sides"] = filled["percentiles"] " pair side"
}

what == "summary" { keep_summary() }
what == "trials" { keep_trial() }
what == "sides" { keep_side() }
what == "percentiles" { keep_percentile() }

# " awake mem tx": of the name of a cell what follows its placement, but for what the series tells. Runs
# of older versions have no names, and no axis but these two.
function settings(    name, at) {
  if (get("cell") == "")
    return (get("idle") == "default" ? "" : " " get("idle")) \
      (get("mem") == "" || get("mem") == "default" ? "" : " mem " get("mem"))
  name = substr(get("cell"), length(get("transport")) + 1) " "
  at = index(name, " " get("placement") " ")
  name = at == 0 ? "" : substr(name, at + length(get("placement")) + 1)
  sub(/ indirect /, " ", name)
  sub(/ $/, "", name)
  return name
}

function place_key(    place) {
  place = get("placement") settings()
  gsub(/ /, "-", place)
  gsub(/[^a-z0-9-]/, "_", place)
  # it is part of the name of a folder
  return substr(place, 1, 80)
}

# Two that differ have figures of their own, even if their names do not tell them apart.
function place_of(    whole, place) {
  whole = get("placement") settings()
  if (!(whole in place_name)) {
    for (place = place_key(); place in place_text; place = place "_")
      ;
    place_name[whole] = place
    place_word[place] = plain(get("placement"), 40)
    place_rest[place] = settings()
    places[++place_count] = place
    place_text[place] = plain(get("placement"), 40)
    # of several pairs they are those of the first one
    if (get("cpu_tx") != "" && get("topology") !~ /:/)
      place_text[place] = place_text[place] (get("cpu_tx") == get("cpu_rx") \
        ? " (CPU " (get("cpu_tx") + 0) ")" \
        : " (CPUs " (get("cpu_tx") + 0) " and " (get("cpu_rx") + 0) ")")
    place_cpus[place] = place_text[place]
    if (settings() != "")
      place_text[place] = place_text[place] "," \
        (get("idle") == "default" ? "" : " idle") plain(settings(), 60)
  }
  return place_name[whole]
}

# Names leave out what is usual; a batch and a footprint are worth so much that a figure says them even so.
function keep_usual(p, i) {
  if (get("batch") == "1")
    one_by_one[p] = 1
  if (get("footprint") == "hot" && size[i] >= 65536)
    hot[p] = 1
}

# What stands below the title of a figure of a mode, of one size or of many (s == "").
function setting_text(p, m, s) {
  return place_text[p] (m == "throughput" && one_by_one[p] ? ", batch 1" : "") \
    (hot[p] && (s == "" || s >= 65536) ? ", footprint hot" : "")
}

# wait "" = without
function label_of(wait) {
  return plain(get("transport"), 56) (wait == "" ? "" : " " plain(wait, 12)) \
    (get("copy") == "inplace" ? " inplace" : "") \
    (get("dispatch") == "indirect" ? " indirect" : "")
}

# What tells a series from all others; labels may be cut.
function identity() {
  return get("transport") SUBSEP get("wait") SUBSEP get("copy") SUBSEP get("dispatch")
}

# What tells a cell from all others: its name, which runs of older versions lack.
function cell_key() {
  return get("cell") != "" ? get("cell") : place_key() SUBSEP identity() SUBSEP get("mode") SUBSEP \
    get("size_bytes") SUBSEP get("think_ns") + 0 SUBSEP get("rate") SUBSEP get("arrivals")
}

function keep_name(i) {
  label[i] = label_of(get("wait"))
  bare[i] = label_of("")
  transport[i] = plain(get("transport"), 56)
  id[i] = identity()
  family[i] = word(get("family"))
  wait[i] = word(get("wait"))
  copy[i] = word(get("copy"))
  batch[i] = amount("batch") + 0
  many[i] = match(get("topology"), /:[0-9]+/) ? substr(get("topology"), 1, RSTART - 1) : ""
  lanes[i] = many[i] == "" ? 1 : substr(get("topology"), RSTART + 1, RLENGTH - 1) + 0
  oversubscribed[i] = get("flags") ~ /oversubscribed/
  mode[i] = get("mode")
  size[i] = amount("size_bytes") + 0
  place[i] = place_of()
  keep_usual(place[i], i)
  if (!(get("transport") in point_of))
    point_of[get("transport")] = ++points
  point[i] = point_of[get("transport")]
}

# Another row of the same name, for values of its own.
function like_row(i, kind,    r) {
  r = kind i
  label[r] = label[i]
  bare[r] = bare[i]
  transport[r] = transport[i]
  id[r] = id[i]
  family[r] = family[i]
  wait[r] = wait[i]
  copy[r] = copy[i]
  point[r] = point[i]
  return r
}

function keep_date() {
  if (get("run_id") ~ /^[0-9][0-9][0-9][0-9][0-9][0-9][0-9][0-9]T/)
    date = substr(get("run_id"), 1, 4) "-" substr(get("run_id"), 5, 2) "-" substr(get("run_id"), 7, 2)
}

# A cell that failed has no values, and asks for its figures even so.
function keep_summary(    m, n, i, names) {
  if (get("status") != "ok")
    left_out[get("status")]++
  if (get("status") != "ok" && get("status") != "fail")
    return
  i = ++rows
  failed[i] = get("status") == "fail"
  measured += !failed[i]
  if (!failed[i])
    row_of[cell_key()] = i
  keep_name(i)
  # a pause before each round trip is an axis of its own
  if (amount("think_ns") + 0 > 0)
    mode[i] = "think"
  arrivals[i] = word(get("arrivals"))
  keep_date()
  n = split("lat_p50_ns lat_p50_ns_ci_lo lat_p50_ns_ci_hi lat_p99_ns lat_p99_ns_ci_lo lat_p99_ns_ci_hi msgs_per_s bytes_per_s bytes_per_s_ci_lo " \
    "bytes_per_s_ci_hi msgs_per_s_ci_lo msgs_per_s_ci_hi messages trials offered_msgs_per_s think_ns setup_ns setup_ns_ci_lo setup_ns_ci_hi first_message_ns cpu_ns_per_msg cpu_ns_per_msg_ci_lo cpu_ns_per_msg_ci_hi", names, " ")
  for (m = 1; m <= n; m++)
    value[i, names[m]] = failed[i] ? "" : amount(names[m])
  knee[i] = get("knee") == "yes"
  slo[i] = plain(get("slo"), 30)
  slo_row[i] = amount("slo_msgs_per_s") "," amount("slo_msgs_per_s_ci_lo") "," amount("slo_msgs_per_s_ci_hi") "," \
    amount("slo_ns")
}

# Trials belong to cells that were summed up; those of a cell that failed are left out with it.
function keep_trial(    i, n, k, names) {
  if (get("status") != "ok" || !(cell_key() in row_of))
    return
  i = row_of[cell_key()]
  n = ++trials[i]
  for (k = split("lat_p50_ns lat_p99_ns bytes_per_s setup_ns", names, " "); k > 0; k--)
    trial_value[i, n, names[k]] = amount(names[k])
  for (k = split("tx_user_s tx_sys_s rx_user_s rx_sys_s", names, " "); k > 0; k--)
    if (amount(names[k]) == "")
      return
  if (!(amount("messages") > 0))
    return
  for (k in names)
    cpu_s[i, names[k]] += get(names[k])
  cpu_messages[i] += get("messages")
}

# The rate of a side in a trial, of those that take part alike: of a fan-out the receivers, else the senders.
function keep_side(    i, k, t) {
  if (!(cell_key() in row_of) || !(amount("pair") > 0) || amount("msgs_per_s") == "")
    return
  i = row_of[cell_key()]
  if (get("side") != (many[i] == "fan-out" ? "rx" : "tx"))
    return
  k = amount("pair") + 0
  if (k > sides[i])
    sides[i] = k
  if (!((i, amount("trial")) in side_trial))
    side_trial[i, amount("trial")] = ++side_trials[i]
  t = side_trial[i, amount("trial")]
  side_rate[i, t, k] = get("msgs_per_s") + 0
  side_sum[i, t] += get("msgs_per_s")
}

function keep_percentile(    key) {
  if (get("mode") != "latency" || amount("think_ns") + 0 > 0)
    return
  if (amount("quantile") == "" || !(amount("value_ns") > 0))
    return
  key = cell_key()
  if (!(key in curve)) {
    curve[key] = ++curves
    keep_name("c" curves)
  }
  key = curve[key]
  dots[key]++
  # the maximum, quantile 1, lies at no place of the axis
  points_of[key] += amount("quantile") < 1
  quantile[key, dots[key]] = amount("quantile")
  quantile_ns[key, dots[key]] = amount("value_ns")
  if (amount("quantile") == 0.5)
    value["c" key, "lat_p50_ns"] = amount("value_ns")
}

# Whether row i is of a mode and has a value; name "" = even without one. The null transport moves nothing: its time is a
# floor worth a bar, its throughput means nothing.
function wanted(i, m, notify, name) {
  return mode[i] == m && (family[i] == "notifications") == notify && (name == "" || value[i, name] > 0) && \
    (family[i] != "harness" || m == "latency")
}

# The size at which mechanisms are compared: the usual one where it was measured. 0 = the run asks for none.
function compared_size(p, m, name, usual, largest,    i, best) {
  best = 0
  for (i = 1; i <= rows; i++) {
    if (place[i] != p || !wanted(i, m, 0, name))
      continue
    if (size[i] == usual)
      return usual
    if (best == 0 || (largest ? size[i] > best : size[i] < best))
      best = size[i]
  }
  return best == 0 && name != "" ? compared_size(p, m, "", usual, largest) : best
}

# How many mechanisms the run has for a figure that compares them. size 0 = notifications.
function mechanisms(p, m, s,    i, n) {
  for (i = 1; i <= rows; i++)
    n += family[i] != "harness" && compares(i, p, m, s, "")
  return n + 0
}

# Why no cell has a value, "" if one has. size 0 = notifications, -1 = all other sizes.
function why_without(p, m, s, name,    i, n, bad) {
  n = bad = 0
  for (i = 1; i <= rows; i++) {
    if (place[i] != p || (s >= 0 && size[i] != s) || !wanted(i, m, s == 0, ""))
      continue
    if (value[i, name] > 0)
      return ""
    n++
    bad += failed[i]
  }
  if (bad == n)
    return n == 1 ? "its only cell failed" : "all " n " cells failed"
  if (!(("summary", name) in has))
    return "summary.csv has no column " name
  return "no cell has " (name == "lat_p50_ns" ? "the 20 samples that a median takes" : "a value of " name)
}

# Why a figure that compares mechanisms has no row: what the summary lacks, else what another table does.
function why_empty(p, m, s, name, what, otherwise,    why) {
  why = why_without(p, m, s, name)
  if (why == "")
    why = lacks(what)
  return why == "" ? otherwise : why
}
