# SPDX-License-Identifier: MIT
# Splits the tables of a run into one folder per figure, for scripts/plot.
#
#   MACHINE=TEXT awk -f figures.awk -f core-to-core.awk -f gate.awk -f over-time.awk \
#     what=summary summary.csv what=percentiles percentiles.csv what=timeline timeline.csv \
#     what=topology topology.csv what=compare compare.csv what=blocks blocks.csv
#
# Each folder, made in the current one, gets the rows of its figure, with the columns' own names, and figure.gp, which says
# what the gnuplot script needs to know of them. Prints one line per figure, "draw FOLDER SCRIPT",
# and one per thing that is missing, "note TEXT". Columns are addressed by name.

# ---- RFC 4180 --------------------------------------------------------------------------------------

# Splits one record into field[]; returns how many.
function split_record(record,    n, i, c, quoted, text) {
  if (index(record, "\"") == 0)
    return split(record, field, ",")
  delete field
  n = 0; text = ""; quoted = 0
  for (i = 1; i <= length(record); i++) {
    c = substr(record, i, 1)
    if (c == "\"") {
      if (quoted && substr(record, i + 1, 1) == "\"") {
        text = text c
        i++
      } else
        quoted = !quoted
    } else if (c == "," && !quoted) {
      field[++n] = text
      text = ""
    } else
      text = text c
  }
  field[++n] = text
  return n
}

FNR == 1 { pending = ""; columns = 0; read_of[what] = 1 }

{
  sub(/\r$/, "")
  record = pending == "" ? $0 : pending "\n" $0
  # an odd number of quotes: a field goes on in the next line
  copy_of_record = record
  if (gsub(/"/, "", copy_of_record) % 2 == 1) {
    pending = record
    next
  }
  pending = ""
  if (record == "")
    next
  fields = split_record(record)
  if (columns == 0) {
    columns = fields
    split("", at)
    for (i = 1; i <= fields; i++)
      at[field[i]] = i
    usable = has_columns(what)
    next
  }
  if (!usable || fields != columns)
    next
  if (what == "topology")
    keep_pair()
  else if (what == "compare")
    keep_finding()
  else if (what == "blocks")
    keep_block()
  else if (what == "timeline")
    keep_moment()
  else if (what == "summary")
    keep_summary()
  else
    keep_percentile()
}

function note(text) {
  if (!(text in noted))
    print "note " text
  noted[text] = 1
}

# Whether the file has what names a row; the rest is looked up where it is used.
function has_columns(what,    n, i, names, good) {
  good = 1
  n = split(what == "topology" ? "cpu_a cpu_b class status rtt_p50_ns" : \
    what == "compare" ? "cell metric better ratio ci_lo ci_hi min_effect tolerance verdict" : \
    what == "blocks" ? "cell metric at_s order slice1 slice2 slice3 slice4 ln_ratio wall_s dropped" : \
    what == "timeline" ? "transport wait mode size_bytes placement trial slice_start_s slice_s low_ns count" : \
    "transport family wait copy mode size_bytes placement cpu_tx cpu_rx idle", names, " ")
  for (i = 1; i <= n; i++)
    if (!(names[i] in at)) {
      note(what ".csv has no column " names[i] ": nothing is drawn from it")
      good = 0
    }
  return good
}

function get(name) { return name in at ? field[at[name]] : "" }

# Text of a user becomes text of a figure: no quotes, no control characters, not endless.
function plain(text, most) {
  gsub(/[\001-\037\177"']/, "?", text)
  if (length(text) > most)
    text = substr(text, 1, int(most / 2) - 1) ".." substr(text, length(text) - int((most - 1) / 2) + 1)
  return text
}

# What is one of a few words by the schema stays one word whatever a file says.
function word(text) {
  gsub(/[^A-Za-z0-9_-]/, "_", text)
  return substr(text, 1, 20)
}

# ---- rows ------------------------------------------------------------------------------------------

function place_of(    place) {
  place = get("placement") (get("idle") == "default" ? "" : "-" get("idle")) \
    (get("mem") == "" || get("mem") == "default" ? "" : "-mem-" get("mem"))
  gsub(/[^a-z0-9-]/, "_", place)
  if (!(place in place_text)) {
    places[++place_count] = place
    place_text[place] = plain(get("placement"), 40)
    if (get("cpu_tx") != "")
      place_text[place] = place_text[place] (get("cpu_tx") == get("cpu_rx") \
        ? " (CPU " (get("cpu_tx") + 0) ")" \
        : " (CPUs " (get("cpu_tx") + 0) " and " (get("cpu_rx") + 0) ")")
    if (get("idle") != "default")
      place_text[place] = place_text[place] ", idle " plain(get("idle"), 20)
    if (place ~ /-mem-/)
      place_text[place] = place_text[place] ", memory " plain(get("mem"), 20)
  }
  return place
}

function label_of() {
  return plain(get("transport"), 56) " " plain(get("wait"), 12) \
    (get("copy") == "inplace" ? " inplace" : "") \
    (get("dispatch") == "indirect" ? " indirect" : "")
}

# What tells a series from all others; labels may be cut.
function identity() {
  return get("transport") SUBSEP get("wait") SUBSEP get("copy") SUBSEP get("dispatch")
}

function keep_name(i) {
  label[i] = label_of()
  id[i] = identity()
  family[i] = word(get("family"))
  wait[i] = word(get("wait"))
  copy[i] = word(get("copy"))
  mode[i] = get("mode")
  size[i] = get("size_bytes") + 0
  place[i] = place_of()
  if (!(get("transport") in point_of))
    point_of[get("transport")] = ++points
  point[i] = point_of[get("transport")]
}

function keep_date() {
  if (get("run_id") ~ /^[0-9][0-9][0-9][0-9][0-9][0-9][0-9][0-9]T/)
    date = substr(get("run_id"), 1, 4) "-" substr(get("run_id"), 5, 2) "-" substr(get("run_id"), 7, 2)
}

function keep_summary(    m, n, i, names) {
  if (get("status") != "ok") {
    left_out[get("status")]++
    return
  }
  i = ++rows
  keep_name(i)
  # a pause before each round trip is an axis of its own
  if (get("think_ns") + 0 > 0)
    mode[i] = "think"
  arrivals[i] = word(get("arrivals"))
  keep_date()
  n = split("lat_p50_ns lat_p99_ns msgs_per_s bytes_per_s offered_msgs_per_s knee think_ns setup_ns first_message_ns", names, " ")
  for (m = 1; m <= n; m++)
    value[i, names[m]] = get(names[m])
}

function keep_percentile(    key) {
  if (get("mode") != "latency" || get("think_ns") + 0 > 0)
    return
  key = place_of() SUBSEP get("size_bytes") + 0 SUBSEP identity()
  if (!(key in curve)) {
    curve[key] = ++curves
    keep_name("c" curves)
  }
  key = curve[key]
  dots[key]++
  quantile[key, dots[key]] = get("quantile")
  quantile_ns[key, dots[key]] = get("value_ns")
}

# ---- helpers of the figures ------------------------------------------------------------------------

function quoted(text) {
  gsub(/'/, "''", text)
  return "'" text "'"
}

function bytes(n) {
  if (n >= 1048576 && n % 1048576 == 0) return n / 1048576 " MiB"
  if (n >= 1024 && n % 1024 == 0) return n / 1024 " KiB"
  return n " B"
}

# Three significant digits and the unit that suits: "2.15 µs", "310 ns".
function human(x, units,    n, u, i) {
  n = split(units, u, " ")
  x += 0
  for (i = 1; i < n && x >= 999.5; i++)
    x /= 1000
  return sprintf(x >= 99.95 ? "%.0f %s" : x >= 9.995 ? "%.1f %s" : "%.2f %s", x, u[i])
}

# The null transport moves nothing: its time is a floor worth a bar, its throughput is no figure.
function wanted(i, m, notify, name) {
  return mode[i] == m && (family[i] == "notifications") == notify && value[i, name] > 0 && \
    (family[i] != "harness" || m == "latency")
}

# The size at which mechanisms are compared: the usual one where it was measured.
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
  return best
}

function begin(name, script, title, subtitle) {
  folder = name
  system("mkdir " folder)
  info = folder "/figure.gp"
  print "TITLE = " quoted(title) > info
  if (ENVIRON["MACHINE"] != "")
    subtitle = subtitle "; " ENVIRON["MACHINE"]
  if (date != "")
    subtitle = subtitle ", " date
  print "SUBTITLE = " quoted(subtitle) > info
  print "draw " name " " script
}

# ---- bars ------------------------------------------------------------------------------------------

function write_bar(file, row, i, name, marker) {
  printf "%d,%s,%s,%s,%s\n", row, family[i], wait[i], value[i, name], marker == "" ? "" : value[i, marker] > file
}

# Draws the rows of one place, mode and size, best first. size 0 = notifications.
function bars(figure, p, m, s, name, marker, falling, units, title,    i, k, n, order, low, high, x, marked, seen, families, waits, file) {
  n = 0
  for (i = 1; i <= rows; i++) {
    if (place[i] != p || size[i] != s || !wanted(i, m, s == 0, name))
      continue
    for (k = n++; k > 0 && (falling ? value[order[k], name] + 0 < value[i, name] + 0 \
        : value[order[k], name] + 0 > value[i, name] + 0); k--)
      order[k + 1] = order[k]
    order[k + 1] = i
  }
  for (i = 1; i <= rows; i++)
    if (place[i] == p && size[i] == s && mode[i] == m && (family[i] == "notifications") == (s == 0) && \
        family[i] != "harness" && value[i, name] == "")
      note(place_text[p] (s == 0 ? "" : ", " bytes(s)) ": " label[i] " has too few samples for a bar in " figure)
  if (n == 0)
    return 0
  begin(figure "-" p, "by-mechanism.gp", title, place_text[p])
  file = folder "/rows.csv"
  print "array LABEL[" n "]\narray TEXT[" n "]" > info
  print "row,family,wait," name "," (marker == "" ? "none" : marker) > file
  low = high = value[order[1], name] + 0
  families = waits = ""
  for (k = 1; k <= n; k++) {
    i = order[k]
    write_bar(file, k, i, name, marker)
    printf "LABEL[%d] = %s\nTEXT[%d] = %s\n", k, quoted(label[i]), k, \
      quoted(human(value[i, name], units)) > info
    x = value[i, name] + 0
    if (x < low) low = x
    if (x > high) high = x
    if (marker != "" && value[i, marker] > 0) {
      marked = 1
      if (value[i, marker] + 0 > high) high = value[i, marker] + 0
      if (value[i, marker] + 0 < low) low = value[i, marker] + 0
    }
    if (!(family[i] in seen)) families = families " " family[i]
    if (!((wait[i], "wait") in seen)) waits = waits " " wait[i]
    seen[family[i]] = seen[wait[i], "wait"] = 1
  }
  close(file)
  print "ROWS = " n "\nFAMILIES = " quoted(families) "\nWAITS = " quoted(waits) > info
  print "VALUE = " quoted(name) "\nMARK = " quoted(marked ? marker : "") > info
  printf "LOW = %.6g\nHIGH = %.6g\n", low / 2, high * 1.3 > info
  return n
}

function bars_end(axis, scale, mark_name) {
  print "AXIS = " quoted(axis) "\nSCALE = " scale "\nMARK_NAME = " quoted(mark_name) > info
  close(info)
}

# ---- lines -----------------------------------------------------------------------------------------

function end_series(n, names,    k, i, chars) {
  chars = 0
  print "SERIES = " n > info
  print "array NAME[" n "]\narray FAMILY[" n "]\narray WAIT[" n "]\narray POINT[" n "]\narray WIDTH_OF[" n "]" > info
  for (k = 1; k <= n; k++) {
    i = names[k]
    printf "NAME[%d] = %s\nFAMILY[%d] = %s\nWAIT[%d] = %s\nPOINT[%d] = %d\nWIDTH_OF[%d] = %s\n", k, \
      quoted(label[i]), k, quoted(family[i]), k, quoted(wait[i]), k, point[i], k, \
      copy[i] == "inplace" ? "3.2" : "1.6" > info
    if (length(label[i]) > chars)
      chars = length(label[i])
  }
  print "CHARS = " chars > info
  close(info)
}

function on_line(i, p, m, name) {
  return place[i] == p && size[i] > 0 && family[i] != "harness" && wanted(i, m, 0, name)
}

# Lines against size. Returns the number of sizes; draws from two on.
function lines(figure, p, m, name, title,    i, k, n, first, sizes, seen, low, high, file, names, of) {
  sizes = n = 0
  for (i = 1; i <= rows; i++) {
    if (!on_line(i, p, m, name))
      continue
    if (!(size[i] in seen)) {
      if (sizes++ == 0 || size[i] < low) low = size[i]
      if (size[i] > high) high = size[i]
      seen[size[i]] = 1
    }
  }
  if (sizes < 2)
    return sizes
  begin(figure "-" p, "by-size.gp", title, place_text[p])
  for (i = 1; i <= rows; i++) {
    if (!on_line(i, p, m, name))
      continue
    if (!(id[i] in of)) {
      of[id[i]] = ++n
      names[n] = i
    }
    file = folder "/series-" of[id[i]] ".csv"
    if (names[of[id[i]]] == i)
      print "size_bytes,lat_p50_ns,msgs_per_s,bytes_per_s" > file
    print size[i] "," value[i, "lat_p50_ns"] "," value[i, "msgs_per_s"] "," value[i, "bytes_per_s"] > file
  }
  for (k = 1; k <= n; k++)
    close(folder "/series-" k ".csv")
  print "SIZE_LOW = " low "\nSIZE_HIGH = " high > info
  lines_panels(m)
  end_series(n, names)
  return sizes
}

function lines_panels(m) {
  if (m == "latency")
    print "PANELS = 1\narray VALUE[1] = ['lat_p50_ns']\narray SCALE[1] = [1e3]\n" \
      "array AXIS[1] = ['round trip p50, µs']" > info
  else
    print "PANELS = 2\narray VALUE[2] = ['bytes_per_s', 'msgs_per_s']\n" \
      "array SCALE[2] = [1e9, 1e6]\narray AXIS[2] = ['GB/s', 'million messages/s']" > info
}

# ---- open loop -------------------------------------------------------------------------------------

function by_load(i, k) {
  return value[i, "offered_msgs_per_s"] + 0 < value[k, "offered_msgs_per_s"] + 0
}

# The times of an open loop against its load, one line per mechanism. 0 = nothing to draw.
function open_loop(p, s, a,    i, k, n, m, order, of, names, low, high, x, file) {
  m = n = 0
  for (i = 1; i <= rows; i++) {
    if (place[i] != p || mode[i] != "rate" || size[i] != s || arrivals[i] != a || \
        !(value[i, "offered_msgs_per_s"] > 0))
      continue
    for (k = m++; k > 0 && by_load(i, order[k]); k--)
      order[k + 1] = order[k]
    order[k + 1] = i
    if (!(id[i] in of)) {
      of[id[i]] = ++n
      names[n] = i
    }
  }
  if (n == 0 || m < 2 * n)
    return 0
  begin("open-loop-" p (a == "constant" ? "" : "-" a), "open-loop.gp", \
    "Open loop: times from when " (s > 0 ? bytes(s) " messages" : "notifications") " were due", \
    a " arrivals, " place_text[p])
  for (k = 1; k <= n; k++)
    print "offered_msgs_per_s,msgs_per_s,lat_p50_ns,lat_p99_ns,knee" > (folder "/series-" k ".csv")
  low = high = value[order[1], "offered_msgs_per_s"] + 0
  for (k = 1; k <= m; k++) {
    i = order[k]
    x = value[i, "offered_msgs_per_s"] + 0
    if (x < low) low = x
    if (x > high) high = x
    file = folder "/series-" of[id[i]] ".csv"
    print x "," value[i, "msgs_per_s"] "," value[i, "lat_p50_ns"] "," value[i, "lat_p99_ns"] "," \
      (value[i, "knee"] == "yes" ? 1 : 0) > file
  }
  for (k = 1; k <= n; k++)
    close(folder "/series-" k ".csv")
  printf "LOW = %.6g\nHIGH = %.6g\n", low / 1.3, high * 1.3 > info
  end_series(n, names)
  return n
}

# ---- distributions ---------------------------------------------------------------------------------

function distribution(p, s,    k, n, d, high, x, names, file) {
  n = 0
  high = 10
  for (k = 1; k <= curves; k++) {
    if (place["c" k] != p || size["c" k] != s || family["c" k] == "notifications" || family["c" k] == "harness")
      continue
    # the maximum alone is no curve
    if (dots[k] < 2) {
      note(place_text[p] ", " bytes(s) ": " label["c" k] " has too few samples for a percentile curve")
      continue
    }
    if (n++ == 0)
      begin("percentiles-" p, "percentiles.gp", "Distribution of round-trip times, " bytes(s) " messages", place_text[p])
    names[n] = "c" k
    file = folder "/series-" n ".csv"
    print "quantile,value_ns" > file
    for (d = 1; d <= dots[k]; d++) {
      print quantile[k, d] "," quantile_ns[k, d] > file
      x = quantile[k, d] < 1 ? 1 / (1 - quantile[k, d]) : 0
      if (x > high) high = x
    }
    close(file)
  }
  if (n == 0)
    return 0
  printf "HIGH = %.6g\nSCALE = 1e3\nAXIS = %s\n", high * 1.2, quoted("round trip, µs") > info
  end_series(n, names)
  return n
}

# ---- what is drawn of a run ------------------------------------------------------------------------

function draw_latency(p,    s) {
  s = compared_size(p, "latency", "lat_p50_ns", 64, 0)
  if (s > 0 && bars("latency-by-mechanism", p, "latency", s, "lat_p50_ns", "lat_p99_ns", 0, "ns µs ms s", "Round trip of " bytes(s) " by mechanism"))
    bars_end("round trip p50, µs", "1e3", "p99")
  else
    note(p ": no round trip was measured, so latency-by-mechanism is not drawn")
  if (lines("latency-by-size", p, "latency", "lat_p50_ns", "Round-trip time against message size") < 2)
    note(p ": latency-by-size needs round trips of at least two sizes")
  if (s > 0 && !distribution(p, s))
    note(p ": no distribution in percentiles.csv, so percentiles is not drawn")
}

function draw_throughput(p,    s) {
  s = compared_size(p, "throughput", "bytes_per_s", 65536, 1)
  if (s > 0 && bars("throughput-by-mechanism", p, "throughput", s, "bytes_per_s", "", 1, "B/s kB/s MB/s GB/s", "Throughput of " bytes(s) " messages by mechanism"))
    bars_end("GB/s", "1e9", "")
  else
    note(p ": no throughput was measured, so throughput-by-mechanism is not drawn")
  if (lines("throughput-by-size", p, "throughput", "bytes_per_s", "Throughput against message size") < 2)
    note(p ": throughput-by-size needs throughput of at least two sizes")
}

function draw_open_loop(p,    i, s, a, sizes, kinds) {
  for (i = 1; i <= rows; i++)
    if (place[i] == p && mode[i] == "rate" && size[i] > 0) {
      sizes[size[i]] = 1
      kinds[arrivals[i]] = 1
    }
  s = 0
  for (i in sizes)
    if (s == 0 || i + 0 == 64 || (s != 64 && i + 0 < s))
      s = i + 0
  for (a in kinds)
    if (!open_loop(p, s, a))
      note(p ": an open-loop curve needs at least two loads of each mechanism")
}

# Only where it was asked for, so its absence is not worth a note.
function draw_setup(p,    s) {
  s = compared_size(p, "setup", "setup_ns", 64, 0)
  if (s > 0 && bars("setup-by-mechanism", p, "setup", s, "setup_ns", "first_message_ns", 0, "ns µs ms s", "Set-up and first message of " bytes(s) " by mechanism"))
    bars_end("creating and attaching, p50, µs", "1e3", "first message")
}

function draw_notifications(p) {
  if (bars("notification-latency", p, "latency", 0, "lat_p50_ns", "lat_p99_ns", 0, "ns µs ms s", "Notification round trip by mechanism"))
    bars_end("round trip p50, µs", "1e3", "p99")
}

END {
  for (k = 1; k <= place_count; k++) {
    draw_latency(places[k])
    draw_throughput(places[k])
    draw_notifications(places[k])
    draw_open_loop(places[k])
    draw_setup(places[k])
  }
  if (read_of["topology"])
    draw_core_to_core()
  draw_gate()
  if (read_of["timeline"])
    draw_over_time()
  if (rows == 0 && read_of["summary"])
    note("summary.csv has no row with status ok: nothing was measured")
  if (left_out["fail"] > 0)
    note(left_out["fail"] " cell" (left_out["fail"] == 1 ? "" : "s") " with failed trials left out")
}
