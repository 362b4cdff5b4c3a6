// SPDX-License-Identifier: MIT
"use strict";
// RFC 4180: the rows of a text as objects by the names of its header.
exports.rowsOf = text => {
  const records = [[]];
  let field = "", quoted = false;
  for (let i = 0; i < text.length; i++) {
    const c = text[i];
    if (quoted && c === '"' && text[i + 1] === '"')
      field += text[++i];
    else if (c === '"')
      quoted = !quoted;
    else if (!quoted && (c === "," || c === "\n")) {
      records[records.length - 1].push(field);
      field = "";
      if (c === "\n")
        records.push([]);
    } else
      field += c;
  }
  const [names, ...rows] = records.filter(r => r.length > 1);
  return rows.map(r => Object.fromEntries(names.map((name, i) => [name, r[i]])));
};
