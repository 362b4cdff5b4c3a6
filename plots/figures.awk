# SPDX-License-Identifier: MIT
# What is drawn of a run, in the order to be shown.

function draw_latency(p,    s) {
  # batches are of throughput alone
  if (p ~ /-batch-[0-9]+(-|$)/)
    return
  s = compared_size(p, "latency", "lat_p50_ns", 64, 0)
  if (s > 0 && bars("latency-by-mechanism", p, "latency", s, "lat_p50_ns", "lat_p99_ns", 0, "ns µs ms s", "Round trip of " bytes(s) " by mechanism"))
    bars_end("round trip p50, µs", "1e3", "p99")
  else
    note(p ": no round trip was measured, so latency-by-mechanism is not drawn")
  if (lines("latency-by-size", "bands.gp", p, "latency", "lat_p50_ns", "Round-trip time against message size") < 2)
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
  if (lines("throughput-by-size", "by-size.gp", p, "throughput", "bytes_per_s", "Throughput against message size") < 2)
    note(p ": throughput-by-size needs throughput of at least two sizes")
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
    draw_cpu_cost(places[k])
    draw_trade_off(places[k])
    draw_trials(places[k])
    draw_open_loop(places[k])
    draw_idle_gap(places[k])
    draw_setup(places[k])
    draw_batches(places[k])
  }
  if (read_of["topology"])
    draw_core_to_core()
  draw_gate()
  if (read_of["timeline"])
    draw_over_time()
  if (rows == 0 && read_of["summary"])
    note("summary.csv has no row with status ok: nothing was measured")
  else if (read_of["summary"] && !read_of["trials"])
    note("no trials.csv, so cpu-cost and trials are not drawn")
  if (left_out["fail"] > 0)
    note(left_out["fail"] " cell" (left_out["fail"] == 1 ? "" : "s") " with failed trials left out")
}
