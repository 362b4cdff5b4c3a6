// SPDX-License-Identifier: MIT
"use strict";
// How far the texts of a page stand out from what they stand on, by WCAG 2: the ratio of their luminances. Drawings
// have white grounds, which a dark page inverts; the turn of hues that goes with it is left out, because it leaves greys alone.

// Runs in the page: every element with text of its own, its colour, and the first ground below it.
function look() {
  const parts = color => color.match(/[\d.]+/g).map(Number);
  const channel = c => c / 255 <= 0.04045 ? c / 255 / 12.92 : ((c / 255 + 0.055) / 1.055) ** 2.4;
  const luminance = ([r, g, b]) => 0.2126 * channel(r) + 0.7152 * channel(g) + 0.0722 * channel(b);
  const ground = e => {
    for (; e; e = e.parentElement) {
      const color = parts(getComputedStyle(e).backgroundColor);
      if (color.length < 4 || color[3] === 1)
        return color;
    }
    return [255, 255, 255];
  };
  const part = parseFloat(getComputedStyle(document.querySelector(".drawing")).filter.split("invert(")[1] || 0);
  const inverted = color => color.map(c => c * (1 - 2 * part) + 255 * part);
  const found = { texts: 0, below: [] };
  const note = (what, ink, paper) => {
    const [a, b] = [luminance(ink), luminance(paper)].sort((x, y) => y - x);
    const ratio = (a + 0.05) / (b + 0.05);
    found.texts++;
    if (ratio < 4.5)
      found.below.push(what + ": " + ratio.toFixed(2));
  };
  for (const e of document.querySelectorAll("body *")) {
    const own = Array.from(e.childNodes).some(n => n.nodeType === 3 && n.data.trim() !== "");
    if (own && e.closest("svg text"))
      note("drawn " + e.textContent.slice(0, 30), inverted(parts(getComputedStyle(e).fill)), inverted([255, 255, 255]));
    else if (own && !e.closest("svg, script, option") && e.getClientRects().length > 0)
      note(e.tagName + "." + e.className + " " + e.textContent.slice(0, 30), parts(getComputedStyle(e).color), ground(e));
  }
  return found;
}

exports.contrast = page => page.evaluate(look);
