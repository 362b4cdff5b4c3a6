# SPDX-License-Identifier: MIT
# What `ipcbench claims` found, a row per claim with its weakest comparison: claims.gp.

BEGIN {
  needed["claims"] = "claim claim_verdict cell first second claimed counts mode placement metric speed ci_lo ci_hi verdict"
  filled["claims"] = "claim"
}

what == "claims" { keep_claim() }

# How far a comparison is from what is claimed of it, as claim_weakest() has it.
function doubt(ratio, claimed) { return claimed == "same" ? abs(log(ratio)) : -log(ratio) }

function keep_claim(    c, x) {
  keep_date()
  if (!(get("claim") in claim_of)) {
    claim_of[get("claim")] = ++claims
    claim_name[claims] = plain(get("claim"), 50)
    claim_verdict[claims] = get("claim_verdict")
  }
  c = claim_of[get("claim")]
  claim_pairs++
  if (get("counts") != "1")
    return
  claim_held[c] += get("verdict") == "holds"
  claim_judged[c] += get("verdict") ~ /^(holds|does not hold|undecided)$/
  x = amount("speed")
  if (!(x > 0) || (c in claim_ratio && doubt(x, get("claimed")) <= doubt(claim_ratio[c], claim_says[c])))
    return
  claim_ratio[c] = x + 0
  claim_lo[c] = amount("ci_lo")
  claim_hi[c] = amount("ci_hi")
  claim_says[c] = word(get("claimed"))
  claim_trace[c] = get("cell") SUBSEP word(get("metric"))
  claim_versus[c] = plain(get("first") " vs " get("second"), 34)
  claim_where[c] = plain(get("mode") (amount("size_bytes") > 0 ? " " bytes(amount("size_bytes") + 0) : "") " " get("placement") \
    (get("footprint") == "" ? "" : " " get("footprint")), 40)
}

# The word of a verdict as one word.
function claim_class(verdict) {
  gsub(/ /, "-", verdict)
  return word(verdict)
}

function draw_claims(    c, n, class, seen, verdicts, intervals) {
  if (!("claims" in given))
    return
  for (c in claim_ratio)
    n++
  if (n == 0) {
    lose("claims", "claims", "Claims by their weakest comparison", "", lacks("claims") != "" ? lacks("claims") : \
      "claims.csv has no comparison that was measured")
    return
  }
  begin("claims", "claims", "Claims by their weakest comparison", \
    claims (claims == 1 ? " claim, " : " claims, ") claim_pairs (claim_pairs == 1 ? " comparison" : " comparisons"))
  dots_begin()
  for (c = 1; c <= claims; c++) {
    class = claim_class(claim_verdict[c])
    dots_head(claim_name[c] ": " claim_verdict[c] (claim_judged[c] ? ", " claim_held[c] + 0 " of " claim_judged[c] " hold" : ""), "")
    if (!(c in claim_ratio))
      continue
    claim_shown[claim_trace[c]] = 1
    dots_subhead(claim_versus[c] ", " claim_where[c])
    dots_row("", ratio_text(claim_ratio[c]), 1)
    # what the rule takes for equal: CLAIM_ALIKE and CLAIM_EQUAL
    dots_zone(claim_says[c] == "same" ? 1.10 : 1.03)
    intervals += claim_lo[c] > 0 && claim_hi[c] > 0
    dots_point(dots_y, claim_ratio[c], claim_lo[c], claim_hi[c], "interval", class, 1)
    if (!(class in seen))
      verdicts = verdicts " " class
    seen[class] = 1
  }
  dots_extent(0, 0)
  print "VERDICTS = " quoted(verdicts) "\nINTERVALS = " intervals + 0 > info
  dots_end("times as fast: the first against the second", "")
}
