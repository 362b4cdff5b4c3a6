# SPDX-License-Identifier: MIT
# A document as it is installed, where all of them lie in one directory: links between them are kept, the text of any other stays.
#
#   awk -v page=docs/gate.md -v installed="docs/gate.md=gate.md ..." -f installed.awk docs/gate.md

{ text = text $0 "\n" }

END {
  n = split(installed, names, " ")
  for (i = 1; i <= n; i++)
    name[substr(names[i], 1, index(names[i], "=") - 1)] = substr(names[i], index(names[i], "=") + 1)
  while (match(text, /\]\([^) ]*\)/)) {
    target = substr(text, RSTART + 2, RLENGTH - 3)
    before = before substr(text, 1, RSTART - 1)
    text = substr(text, RSTART + RLENGTH)
    heading = target
    if (target ~ /#/) sub(/^[^#]*/, "", heading); else heading = ""
    sub(/#.*/, "", target)
    if (target == "" || target ~ /^[a-z]+:/)
      before = before "](" target heading ")"
    else if ((path = whole(page, target)) in name)
      before = before "](" name[path] heading ")"
    else
      unlink_text()
  }
  printf "%s%s", before, text
}

# The path of what a page links to, from the root of the tree.
function whole(page, target,    path) {
  path = page
  sub(/[^\/]*$/, "", path)
  path = path target
  while (sub(/[^\/]+\/\.\.\//, "", path))
    ;
  return path
}

# Of "... [text" the text alone stays.
function unlink_text(    at) {
  for (at = length(before); at > 0 && substr(before, at, 1) != "["; at--)
    ;
  before = substr(before, 1, at - 1) substr(before, at + 1)
}
