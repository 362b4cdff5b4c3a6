/* SPDX-License-Identifier: MIT */
#include "report/parts.h"

#include "doc/document.h"
#include <string.h>

/* What a page has that wants explaining: figures, and the tables of runs, gates, ... */
enum subject_of { FIGURE, MEASURED, GATE, MATRIX, SEVERAL };

/* Figures by their kind, which is the name of the gnuplot script; the last is of any figure. */
static const struct entry {
	enum subject_of of;
	const char *anchor, *term, *text;
} entries[] = {
	{FIGURE, "by-mechanism", "Dots by mechanism",
		"One dot per mechanism, the best on top, its value beside its name. The thick line is "
		"the 95% CI of the median, a thin one the range if there are too few trials, a "
		"triangle the 99th percentile; the colour is the family. Mechanisms that block and "
		"mechanisms that spin have separate panels and axes: a polling mechanism is fast because "
		"it keeps a CPU busy."},
	{FIGURE, "by-size", "Lines by size",
		"Bytes per second against the size of a message, both axes logarithmic. A line along "
		"the dotted diagonals means a cost per message, a flat line a cost per byte. If two "
		"lines cross, the better mechanism depends on the size."},
	{FIGURE, "percentiles", "Percentile curves",
		"The time that a share of the round trips did not exceed, with the tail to the right: at "
		"99 %, one in 100 is slower, at 99.9 % one in 1000. A curve that stays low and flat is "
		"predictable. A step means that some round trips met something else: another process, "
		"an interrupt, a sleeping CPU."},
	{FIGURE, "open-loop", "Open loop",
		"Latency against the offered load, measured from when a message was due rather than from "
		"when it was sent, so waiting in a queue counts. The marked knee is the highest load whose "
		"99th percentile is under 10 times that of low loads; beyond it latency grows without "
		"bound. Light bars are intervals of the medians. A diamond is the highest rate that meets "
		"the limit of --slo."},
	{FIGURE, "core-to-core", "Core to core",
		"The round trip of one cache line between every two CPUs; the scale shows which colours "
		"mean far apart. Blocks along the diagonal are CPUs that share a cache."},
	{FIGURE, "forest", "Forest of changes",
		"A row per comparison: the mark is the change, the line its interval. The shaded band "
		"is tolerated. A line entirely beyond the band is a proven slowdown; a line that crosses "
		"the edge of the band decides nothing."},
	{FIGURE, "blocks", "Blocks in time",
		"The slices of a gate in the order of measurement, base and new side by side, and below "
		"them the difference of each block. A drift of both versions comes from the machine. "
		"Hollow marks are blocks that were too disturbed and do not count."},
	{FIGURE, "cpu-cost", "CPU cost",
		"CPU time of one message as a stack: sender and receiver, user and system time of each. It "
		"shows the cost of a mechanism that is fast because it polls."},
	{FIGURE, "trade-off", "Time against CPU time",
		"A point per mechanism: further right it is slower, higher up it costs more CPU time. The "
		"best are at the lower left. No mechanism of a panel is both faster and cheaper than one "
		"on the dashed front. Without a front one is both fastest and cheapest, or the best "
		"are statistically tied."},
	{FIGURE, "bands", "Bands by size",
		"Latency against the size of a message, both axes logarithmic: the line is the median, the "
		"band above it extends to the 99th percentile, so a wide band is a mechanism that is often "
		"late. Panels of one wait mode have the same axis."},
	{FIGURE, "trials", "Trials",
		"Every trial as a point, at its distance from the median of its row, with the 95 % "
		"interval of that median, or the range if there are too few trials. If points form two "
		"groups, no median represents them. With several sides, each point is one "
		"side, at its distance from the mean of all sides."},
	{FIGURE, "idle-gap", "Pauses",
		"The round trip against the pause before it, with the interval of the median. Back to back "
		"everything is warm. After a pause CPUs sleep and caches are cold, as for a program that "
		"sends rarely."},
	{FIGURE, "batches", "Batches",
		"Messages per second against the messages per call or publication, and the time that the "
		"first message of a batch waits for the last, at that rate. Where the rate "
		"rises, larger batches gain throughput; where it is flat, they only add delay."},
	{FIGURE, "scaling", "Scaling",
		"Messages per second of all pairs, clients, senders or receivers together against their "
		"number, beside it the p99 of their round trips. Dotted: N times the rate of one pair. If "
		"sides share CPUs, they take turns: that is saturation."},
	{FIGURE, "relative", "Relative to a baseline",
		"The speed of each mechanism relative to the baseline, with the 95% CI over the "
		"trials: a dot per message size, small ones on top. Right of 1 is faster. An interval "
		"that contains 1 is a tie, marked = in the column on the right."},
	{FIGURE, "slope", "Placements",
		"A line per mechanism from one placement to the next, with names at the ends. Tied "
		"mechanisms share a name at the right. A steep line means that placement matters for "
		"the mechanism. Lines that cross mean that the order of the mechanisms depends on it."},
	{FIGURE, "best", "The fastest",
		"The fastest mechanism for each size, placement and wait mode. Mechanisms after = are "
		"statistically tied with it; ? means that there are too few trials to tell."},
	{FIGURE, "claims", "Claims",
		"A row per claim: the comparison that supports it least, as the ratio of speeds with its "
		"95% CI. The grey zone counts as equally fast."},
	{FIGURE, "before-after", "Before and after",
		"Hollow is the value of the base. Filled is the base changed by the estimate, and the line "
		"is the interval of the change."},
	{FIGURE, "over-time", "Over time",
		"How latency changes over the timed window: time from left to right, latency from bottom "
		"to top, the number of messages as colour; the lines are the median and the 99th "
		"percentile. A band that moves means that the machine changed during the measurement."},
	{FIGURE, "figure", "Other figures",
		"The title says what is drawn, the axes say in which units. On a logarithmic axis the same "
		"distance is the same ratio."},
	{MEASURED, "percentile", "p50, p99",
		"The median, and the time that 99 of 100 do not exceed. Each is the median over the trials. "
		"A percentile is shown if at least 10 samples of a trial lie beyond it; +N says how many "
		"more it takes."},
	{MEASURED, "spread", "low\xe2\x80\x93high, 95% CI",
		"The spread of the trials: the lowest and the highest, or, from 6 trials on, the interval "
		"that contains the true median with 95 % confidence. If intervals overlap, a difference "
		"has not been shown."},
	{MEASURED, "wait", "block, spin, hybrid, epoll",
		"How a process waits for its peer: asleep in the kernel; polling, which keeps a CPU "
		"busy; polling first and then asleep; in epoll_wait(2). Compare only rows of the same wait "
		"mode."},
	{MEASURED, "placement", "same-cpu, smt, same-llc, cross-llc, cross-numa",
		"Where the two processes run: on one CPU, on two threads of a core, under one last-level "
		"cache, under two caches of a NUMA node, on two NUMA nodes."},
	{MEASURED, "cpu", "CPU",
		"User and system time of both processes together, for one message, round trip or byte."},
	{MEASURED, "flags", "flags",
		"Doubts about a row: S the hypervisor took time away, M a process changed its CPU, R too "
		"short, O the load was missed, P polls on the CPU that its peer needs, C a coarse clock, T "
		"throttled, V unsteady, X too few CPUs for all sides, A not all sides ran all the time, H "
		"the kernel kept a real-time side off its CPU, Q a program reported the values itself, L "
		"too few samples for p99, U a flag of a later version. V2 means in two trials, not in all. ! some trials failed, and the "
		"values are those of the others."},
	{MEASURED, "star", "*, =",
		"*: the best row of its table for its wait mode; its interval overlaps none of the others. "
		"=: statistically tied with the best, because the intervals overlap. Fewer than six trials "
		"give no interval and no mark."},
	{GATE, "verdict", "pass, regression, improved, inconclusive",
		"Regression: slower by more than is tolerated, and statistically significant. Improved: "
		"faster, and statistically significant. Pass: a slowdown that is not tolerated is ruled "
		"out. Inconclusive: the data show neither."},
	{GATE, "change", "change, interval",
		"New against base, in percent, and the interval that contains the true change with 95 % "
		"confidence."},
	{GATE, "mde", "MDE",
		"The smallest slowdown that would have been detected, given the spread of the data. An "
		"inconclusive result with a large MDE needs more blocks or a quieter machine."},
	{MATRIX, "class", "class",
		"How close two CPUs are to each other: smt, same-llc, cross-llc, cross-numa."},
	{MATRIX, "pair", "min, median, max",
		"Over the pairs of a class, of the median round trip of each, over one cache line."},
	{SEVERAL, "ratio", "ratio",
		"A run divided by run A. In brackets stands the interval that contains the true ratio with "
		"95 % confidence, over the trials of both."},
	{SEVERAL, "differs", "faster, slower, more, less, ?, =",
		"\xe2\x96\xb2 or \xe2\x96\xbc and a word: the interval excludes 1, so the runs differ. =: it "
		"includes 1, so no difference was shown. ?: too few trials for an interval. Stored runs "
		"were measured one after the other, so a difference may come from the machine."},
};

static const struct entry *figure_entry(const char *kind)
{
	const struct entry *e = entries;

	while (e[1].of == FIGURE && strcmp(e->anchor, kind) != 0)
		e++;
	return e;
}

const char *glossary_anchor(const char *kind)
{
	return figure_entry(kind)->anchor;
}

static bool has_figure(const struct page *p, const struct entry *e)
{
	for (size_t i = 0; i < p->count; i++)
		for (size_t k = 0; k < p->subjects[i].figures.count; k++)
			if (figure_entry(p->subjects[i].figures.list[k].kind) == e)
				return true;
	return false;
}

void part_glossary(FILE *out, const struct page *p)
{
	enum subject_kind kind = p->subjects[0].kind;
	const bool has[] = {
		[MEASURED] = kind == SUBJECT_RUN,
		[GATE] = kind == SUBJECT_GATE || p->pair_count > 0,
		[MATRIX] = kind == SUBJECT_MATRIX,
		[SEVERAL] = p->pair_count > 0,
	};

	fputs("<dl class=\"glossary\">\n", out);
	for (size_t i = 0; i < ARRAY_SIZE(entries); i++) {
		const struct entry *e = &entries[i];

		if (e->of == FIGURE ? has_figure(p, e) : has[e->of])
			html_put(out, "<dt id=\"how-%s\">%s</dt><dd>%s</dd>\n", e->anchor, e->term,
				e->text);
	}
	fputs("</dl>\n", out);
}
