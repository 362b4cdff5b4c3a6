# SPDX-License-Identifier: MIT
# What a message costs of CPU time, by side, user and system: cpu-cost.gp. The parts of a bar are sums over all
# trials, divided by the messages of all trials: medians of parts would not add up to a whole.

function cpu_ns(i, part) { return cpu_s[i, part] * 1e9 / cpu_messages[i] }

function add_cpu_total(i) {
  value[i, "cpu_ns"] = cpu_ns(i, "tx_user_s") + cpu_ns(i, "tx_sys_s") + cpu_ns(i, "rx_user_s") + cpu_ns(i, "rx_sys_s")
}

# One bar per mechanism, cheapest first. size 0 = notifications.
function cpu_bars(figure, p, m, s, title, what_of,    i, k, n, order, file, name) {
  if (mechanisms(p, m, s) == 0)
    return
  name = m == "latency" ? "lat_p50_ns" : "msgs_per_s"
  n = 0
  for (i = 1; i <= rows; i++)
    if (cpu_messages[i] > 0 && family[i] != "harness" && compares(i, p, m, s, name)) {
      add_cpu_total(i)
      if (value[i, "cpu_ns"] > 0)
        n = insert_row(order, n, i, "cpu_ns", 0)
    }
  if (n == 0) {
    lose("cpu-cost-" figure "-" p, "cpu-cost", title, setting_text(p, m, s), why_empty(p, m, s, name, "trials", \
      "trials.csv has no CPU time of these cells"))
    return
  }
  begin("cpu-cost-" figure "-" p, "cpu-cost", title, setting_text(p, m, s))
  file = folder "/rows.csv"
  print "array LABEL[" n "]\narray TEXT[" n "]" > info
  print "row,tx_user_ns,tx_sys_ns,rx_user_ns,rx_sys_ns" > file
  for (k = 1; k <= n; k++) {
    i = order[k]
    printf "%d,%.6g,%.6g,%.6g,%.6g\n", k, cpu_ns(i, "tx_user_s"), cpu_ns(i, "tx_sys_s"), cpu_ns(i, "rx_user_s"), \
      cpu_ns(i, "rx_sys_s") > file
    name_row(k, i, human(value[i, "cpu_ns"], "ns µs ms s"))
  }
  close(file)
  unit_of("", value[order[n], "cpu_ns"])
  print "ROWS = " n "\nHIGH = " real(value[order[n], "cpu_ns"] * 1.05) "\nSCALE = " real(unit_scale) "\nSIZE = " s > info
  print "AXIS = " quoted("CPU time per " what_of ", " unit_name) > info
  close(info)
}

function draw_cpu_cost(p,    s) {
  s = compared_size(p, "latency", "lat_p50_ns", 64, 0)
  if (s > 0)
    cpu_bars("latency", p, "latency", s, "CPU time of a round trip of " bytes(s), "round trip")
  s = compared_size(p, "throughput", "bytes_per_s", 65536, 1)
  if (s > 0)
    cpu_bars("throughput", p, "throughput", s, "CPU time of a message of " bytes(s), "message")
  cpu_bars("notifications", p, "latency", 0, "CPU time of a notification round trip", "round trip")
}
