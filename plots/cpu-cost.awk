# SPDX-License-Identifier: MIT
# What a message costs of CPU time, by side, user and system: cpu-cost.gp. A bar is as long as the median over trials,
# and its parts are to each other as their sums over all trials: medians of parts would not add up to a whole.

function cpu_ns(i, part) { return cpu_s[i, part] * cpu_unit[i] }

function add_cpu_total(i,    sum) {
  sum = cpu_s[i, "tx_user_s"] + cpu_s[i, "tx_sys_s"] + cpu_s[i, "rx_user_s"] + cpu_s[i, "rx_sys_s"]
  value[i, "cpu_ns"] = sum > 0 ? value[i, "cpu_ns_per_msg"] + 0 : 0
  cpu_unit[i] = sum > 0 ? value[i, "cpu_ns"] / sum : 0
}

# A stack per mechanism, cheapest first; those that wait differently have axes of their own. size 0 = notifications.
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
  alike(order, n)
  begin("cpu-cost-" figure "-" p, "cpu-cost", title, setting_text(p, m, s))
  row_panels(order, n)
  file = folder "/rows.csv"
  print "row,panel,tx_user_ns,tx_sys_ns,rx_user_ns,rx_sys_ns" > file
  print "SIZE = " s "\narray HIGH[" panel_of[n] "]\narray SCALE[" panel_of[n] "]\narray AXIS[" panel_of[n] "]" > info
  for (k = 1; k <= n; k++) {
    i = order[k]
    printf "%d,%d,%.6g,%.6g,%.6g,%.6g\n", k, panel_of[k], cpu_ns(i, "tx_user_s"), cpu_ns(i, "tx_sys_s"), cpu_ns(i, "rx_user_s"), \
      cpu_ns(i, "rx_sys_s") > file
    name_row(k, i, human(value[i, "cpu_ns"], "ns µs ms s"))
    # the last row of a panel is its greatest
    unit_of("", value[i, "cpu_ns"])
    printf "HIGH[%d] = %s\nSCALE[%d] = %s\nAXIS[%d] = %s\n", panel_of[k], real(value[i, "cpu_ns"] * 1.05), panel_of[k], \
      real(unit_scale), panel_of[k], quoted("CPU time per " what_of ", " unit_name) > info
  }
  close(file)
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
