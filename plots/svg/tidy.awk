# SPDX-License-Identifier: MIT
# Makes an SVG of gnuplot fit to stand in a page beside others: names it for those who cannot see it, gives its ids
# the name of the figure, since two of a page must not be equal, turns styles, which a page may forbid, into
# attributes, and leaves out what draws nothing. gnuplot has escaped what is markup in the texts of users.
#
#   NAME=ID TITLE=TEXT DESC=TEXT MM=WIDTH_ON_PAPER LC_ALL=C awk -f tidy.awk figure.svg figure.svg
#
# The first pass looks which marks are used.

function escaped(text) {
  gsub(/&/, "\\&amp;", text)
  gsub(/</, "\\&lt;", text)
  gsub(/>/, "\\&gt;", text)
  return visible(text)
}

# Without characters that turn the direction of writing or control a terminal, byte by byte of UTF-8: no label can
# make others read as something else.
function visible(text) {
  gsub(/\342\200[\216\217\252-\256]|\342\201[\246-\251]|\330\234|\302[\200-\237]/, "\357\277\275", text)
  return text
}

# "style='stroke:none; fill:red'" becomes "stroke='none' fill='red'".
function unstyled(text,    style) {
  while (match(text, /style='[^']*'/)) {
    style = substr(text, RSTART + 7, RLENGTH - 7)
    gsub(/; */, "' ", style)
    gsub(/: */, "='", style)
    text = substr(text, 1, RSTART - 1) style substr(text, RSTART + RLENGTH)
  }
  return text
}

# A tenth of a pixel is enough.
function tenths(text,    done) {
  done = ""
  while (match(text, /\.[0-9][0-9]+/)) {
    done = done substr(text, 1, RSTART - 1) (substr(text, RSTART + 1, 1) == "0" ? "" : substr(text, RSTART, 2))
    text = substr(text, RSTART + RLENGTH)
  }
  return done text
}

BEGIN {
  id = ENVIRON["NAME"]
  gsub(/[^A-Za-z0-9_.-]/, "-", id)
  font = "font-family=\"DejaVu Sans,Arial,sans-serif\""
}

# ---- first pass: which of gnuplot's marks are used, by other marks as well ----

NR == FNR {
  if (match($0, /xlink:href='#gpPt[0-9]+'/)) {
    mark = substr($0, RSTART + 13, RLENGTH - 14)
    if (match($0, / id='gpPt[0-9]+'/))
      made_of[substr($0, RSTART + 5, RLENGTH - 6)] = mark
    else
      used[mark] = 1
  }
  next
}

FNR == 1 {
  for (mark in used)
    for (part = mark; part in made_of; part = made_of[part])
      used[made_of[part]] = 1
}

# ---- second pass ----

/^<title>Gnuplot<\/title>$/ || /^<title>.*<\/title>$/ && !titled {
  print "<title id=\"" id "-title\">" escaped(ENVIRON["TITLE"]) "</title>"
  titled = 1
  next
}

/^<desc>/ {
  print "<desc>" escaped(ENVIRON["DESC"]) "</desc>"
  next
}

/^<svg *$/ {
  print "<svg role=\"img\" aria-labelledby=\"" id "-title\" fill=\"none\" " font
  next
}

# it takes the width that it gets, unless it is for paper
!sized && ENVIRON["MM"] != "" && match($0, /viewBox="0 0 [0-9.]+ [0-9.]+"/) {
  split(substr($0, RSTART + 9, RLENGTH - 10), viewed, " ")
  sub(/viewBox=/, sprintf("width=\"%smm\" height=\"%.1fmm\" viewBox=", ENVIRON["MM"], ENVIRON["MM"] * viewed[4] / viewed[3]))
  sized = 1
}

# the boxes of texts that gnuplot defines in case
/<filter id=/ { skipping = 1 }
skipping {
  if (/<\/filter>/)
    skipping = 0
  next
}
/id='gpDot'/ { next }
match($0, / id='gpPt[0-9]+'/) && !(substr($0, RSTART + 5, RLENGTH - 6) in used) { next }

/<text/ { $0 = visible($0) }

!/<text/ {
  is_mark = / id='gpPt/
  gsub(/id='gpPt/, "id='" id "-")
  gsub(/href='#gpPt/, "href='#" id "-")
  sub(/id='gpPat/, "id='" id "-fill-")
  sub(/url\(#gpPat/, "url(#" id "-fill-")
  sub(/id="gnuplot_/, "id=\"" id "-")
  # a hint under the mouse that says how gnuplot drew it
  sub(/<title>.*<\/title>/, "")
  gsub(" " font, "")
  gsub(/ fill="none"| stroke-linecap="butt"| stroke-linejoin="miter"/, "")
  gsub(/rgb\( +/, "rgb(")
  gsub(/, +/, ",")
  gsub(/  +/, " ")
  $0 = unstyled(is_mark ? $0 : tenths($0))
}

{ sub(/^\t+/, "") }

# a group of nothing is two lines
held != "" {
  if ($0 == "</g>") {
    held = ""
    next
  }
  print held
  held = ""
}

/^<g [^>]*>$/ && !/ id=/ {
  held = $0
  next
}

/^ *$/ { next }

{ print }
