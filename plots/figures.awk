# SPDX-License-Identifier: MIT
# What is drawn of a run, in the order to be shown.

function draw_latency(p,    s, name) {
  # batches are of throughput alone
  if (p ~ /-batch-[0-9]+(-|$)/)
    return
  s = compared_size(p, "latency", "lat_p50_ns", 64, 0)
  if (s == 0) {
    none("latency-by-mechanism-" p, "by-mechanism", "no round trip was measured")
    return
  }
  name = "Round trip of " bytes(s) " by mechanism"
  if (bars("latency-by-mechanism", p, "latency", s, "lat_p50_ns", "lat_p99_ns", 0, "ns µs ms s", name))
    bars_end("round trip, p50", "1e3", "p99")
  lines("latency-by-size", "bands", p, "latency", "lat_p50_ns", "Round-trip time against message size")
  distribution(p, s)
}

function draw_throughput(p,    s, name) {
  s = compared_size(p, "throughput", "bytes_per_s", 65536, 1)
  if (s == 0) {
    none("throughput-by-mechanism-" p, "by-mechanism", "no throughput was measured")
    return
  }
  name = "Throughput of " bytes(s) " messages by mechanism"
  if (bars("throughput-by-mechanism", p, "throughput", s, "bytes_per_s", "", 1, "B/s kB/s MB/s GB/s", name))
    bars_end("GB/s", "1e9", "")
  lines("throughput-by-size", "by-size", p, "throughput", "bytes_per_s", "Throughput against message size")
}

# Only where it was asked for, so its absence is not worth a line.
function draw_setup(p,    s, name) {
  s = compared_size(p, "setup", "setup_ns", 64, 0)
  name = "Set-up and first message of " bytes(s)
  if (s > 0 && bars("setup-by-mechanism", p, "setup", s, "setup_ns", "first_message_ns", 0, "ns µs ms s", name))
    bars_end("creating and attaching, p50", "1e3", "first message")
}

function draw_notifications(p,    name) {
  name = "Notification round trip by mechanism"
  if (mechanisms(p, "latency", 0) > 0 && \
      bars("notification-latency", p, "latency", 0, "lat_p50_ns", "lat_p99_ns", 0, "ns µs ms s", name))
    bars_end("round trip, p50", "1e3", "p99")
}

END {
  if ("summary" in given && lacks("summary") != "")
    fault(lacks("summary"))
  for (k = 1; k <= place_count; k++) {
    draw_latency(places[k])
    draw_throughput(places[k])
    draw_notifications(places[k])
    draw_relative(places[k])
    draw_cpu_cost(places[k])
    draw_trade_off(places[k])
    draw_trials(places[k])
    draw_open_loop(places[k])
    draw_idle_gap(places[k])
    draw_setup(places[k])
    draw_batches(places[k])
    draw_scaling(places[k])
  }
  for (k = 1; k <= place_count; k++)
    draw_placements(places[k])
  if ("topology" in given)
    draw_core_to_core()
  draw_claims()
  draw_gate()
  if ("timeline" in given)
    draw_over_time()
  if (measured == 0 && read_of["summary"] && lacks("summary") == "")
    note("summary.csv has no row with status ok: nothing was measured")
  if (left_out["fail"] > 0)
    note(left_out["fail"] " cell" (left_out["fail"] == 1 ? "" : "s") " with failed trials left out")
}
