# SPDX-License-Identifier: MIT
# The heat map of `ipcbench topology`: core-to-core.gp.

BEGIN { needed["topology"] = "cpu_a cpu_b class status rtt_p50_ns" }

what == "topology" { keep_pair() }

# A number of a CPU, whatever a file says.
function cpu_number(text) {
  return text ~ /^[0-9]+$/ && length(text) < 6 ? text + 0 : -1
}

function keep_cpu(cpu) {
  if (!(cpu in cpu_seen))
    cpus[++cpu_count] = cpu
  cpu_seen[cpu] = 1
}

function keep_pair(    a, b) {
  a = cpu_number(get("cpu_a"))
  b = cpu_number(get("cpu_b"))
  keep_date()
  if (get("status") != "ok")
    pairs_left_out++
  if (a < 0 || b < 0 || a == b)
    return
  keep_cpu(a)
  keep_cpu(b)
  pair_ns[a, b] = pair_ns[b, a] = get("status") == "ok" ? amount("rtt_p50_ns") + 0 : 0
  if (pair_ns[a, b] <= 0)
    return
  if (pairs++ == 0 || pair_ns[a, b] < pair_low) pair_low = pair_ns[a, b]
  if (pair_ns[a, b] > pair_high) pair_high = pair_ns[a, b]
}

function sort_cpus(    i, k, cpu) {
  for (i = 2; i <= cpu_count; i++) {
    cpu = cpus[i]
    for (k = i; k > 1 && cpus[k - 1] > cpu; k--)
      cpus[k] = cpus[k - 1]
    cpus[k] = cpu
  }
}

# Where a time lies on the colour bar, from 0 to 1.
function tone(ns, low, high, logarithmic) {
  return logarithmic ? log(ns / low) / log(high / low) : (ns - low) / (high - low)
}

function draw_core_to_core(    i, k, ns, low, high, logarithmic, file) {
  if (pairs_left_out > 0)
    note(pairs_left_out " pair" (pairs_left_out == 1 ? "" : "s") " of CPUs without a value left out of core-to-core")
  if (pairs == 0) {
    lose("core-to-core", "core-to-core", "Round trip between two CPUs over one cache line", "", \
      lacks("topology") != "" ? lacks("topology") : "topology.csv has no pair with status ok")
    return
  }
  if (cpu_count == 2) {
    omit("core-to-core", "core-to-core", "Round trip between two CPUs over one cache line", "2 CPUs", \
      "two CPUs have one round trip, of " human(pair_low, "ns µs ms s") ", which needs no figure")
    return
  }
  sort_cpus()
  low = pair_low
  high = pair_high
  # a range of nothing has no colours, and noise should not look like a pattern
  if (high < low * 1.5) {
    low = (pair_low + pair_high) / 2 / 1.25
    high = low * 1.5625
  }
  logarithmic = high > low * 4
  begin("core-to-core", "core-to-core", "Round trip between two CPUs over one cache line", cpu_count " CPUs")
  file = folder "/rows.csv"
  print "x,y,ns,text,dark" > file
  for (i = 1; i <= cpu_count; i++)
    for (k = 1; k <= cpu_count; k++) {
      if (i == k)
        continue
      ns = pair_ns[cpus[i], cpus[k]]
      if (ns > 0)
        printf "%d,%d,%.9g,%s,%d\n", i, k, ns, sprintf(ns < 99.5 && cpu_count <= 8 ? "%.1f" : "%.0f", ns), \
          (tone(ns, low, high, logarithmic) > 0.65) > file
      else if (((cpus[i], cpus[k]) in pair_ns))
        printf "%d,%d,0,×,0\n", i, k > file
    }
  close(file)
  print "CPUS = " cpu_count "\nLOGARITHMIC = " logarithmic "\narray CPU[" cpu_count "]" > info
  for (i = 1; i <= cpu_count; i++)
    printf "CPU[%d] = %d\n", i, cpus[i] > info
  printf "LOW = %.9g\nHIGH = %.9g\nAXIS = %s\n", low, high, quoted("round trip p50, ns") > info
  close(info)
}
