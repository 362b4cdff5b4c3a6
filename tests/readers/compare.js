// SPDX-License-Identifier: MIT
//
// compare.js FOLDER: hdr-histogram-js adds up the intervals of each NAME.hlog; total count, maximum
// and every percentile row have to be those of NAME.ours.
"use strict";
const fs = require("fs");
const path = require("path");
const hdr = require("hdr-histogram-js");

const US_PER_NS = 1000;

// Rows as numbers, and the footer as words: the two differ in white space, and in how a half is
// rounded in the twelfth decimal of a level.
function parse(text) {
	const lines = text.split("\n");
	const rows = lines
		.filter((line) => /^ *[0-9]/.test(line))
		.map((line) => line.trim().split(/\s+/).map(Number));
	const footer = lines.filter((line) => line.startsWith("#[M") || line.startsWith("#[B"));
	return { rows, footer: footer.join(" ").match(/[0-9.]+/g).map(Number) };
}

function read(file) {
	const reader = new hdr.HistogramLogReader(fs.readFileSync(file, "utf8"), 64);
	let sum = null;
	for (let h = reader.nextIntervalHistogram(); h !== null; h = reader.nextIntervalHistogram()) {
		if (sum === null) sum = h;
		else sum.add(h);
	}
	return sum;
}

// An empty string, or what differs.
function differences(theirs, ours, lowest) {
	if (theirs.rows.length !== ours.rows.length)
		return `${theirs.rows.length} rows, ours has ${ours.rows.length}`;
	for (let i = 0; i < ours.rows.length; i++) {
		const [value, level, count, inverse] = theirs.rows[i];
		const row = ours.rows[i];
		if (
			value !== row[0] ||
			count !== row[2] ||
			Math.abs(level - row[1]) > 1.5e-12 ||
			(inverse === undefined) !== (row[3] === undefined) ||
			(inverse !== undefined && Math.abs(inverse - row[3]) > 0.011)
		)
			return `row ${i + 1}: ${theirs.rows[i]}, ours is ${row}`;
	}
	// mean and deviation, maximum, count, buckets, sub-buckets
	for (let i = 0; i < 6; i++) {
		// 3.0.1 adds what slots forget to the maximum twice if the lowest value is above 1; the
		// last row, which is the maximum as well, has been compared
		if (i === 2 && lowest > 1) continue;
		const close = Math.abs(theirs.footer[i] - ours.footer[i]) <= 1e-9 * ours.footer[i] + 0.0011;
		if (i < 2 ? !close : theirs.footer[i] !== ours.footer[i])
			return `footer: ${theirs.footer}, ours is ${ours.footer}`;
	}
	return "";
}

const folder = process.argv[2];
const logs = fs.readdirSync(folder).filter((name) => name.endsWith(".hlog"));
let failed = false;
console.log(`1..${logs.length}`);
logs.forEach((name, i) => {
	const file = path.join(folder, name);
	const theirs = read(file);
	const ours = parse(fs.readFileSync(file.replace(/hlog$/, "ours"), "utf8"));
	let what = differences(parse(theirs.outputPercentileDistribution(5, US_PER_NS)), ours,
		theirs.lowestDiscernibleValue);
	if (what === "" && theirs.totalCount !== ours.footer[3]) what = `count ${theirs.totalCount}`;
	if (what === "" && theirs.tag !== name.replace(/\.hlog$/, "")) what = `tag ${theirs.tag}`;
	if (what !== "") failed = true;
	console.log(`${what === "" ? "ok" : "not ok"} ${i + 1} ${name}`);
	if (what !== "") console.error(`${name}: ${what}`);
});
process.exit(failed ? 1 : 0);
