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
	{FIGURE, "by-mechanism", "Bars by mechanism",
		"One bar per mechanism and way of waiting, the best on top, its figure beside its name. "
		"The axis is logarithmic: the same distance is the same ratio anywhere, and the left "
		"end is not 0. Colour is the family, the filling is how it waits, a marker is the "
		"99th percentile. Compare bars of one filling: a mechanism that polls keeps a CPU "
		"busy for its speed."},
	{FIGURE, "by-size", "Lines by size",
		"The same mechanism at different sizes of message, both axes logarithmic. Where a line "
		"is flat, the cost is that of a call and a wake-up; where it rises with the size, that "
		"of moving bytes. Where two lines cross, the better mechanism depends on the size."},
	{FIGURE, "percentiles", "Percentile curves",
		"Which part of the round trips took at most so long, further and further into the tail "
		"to the right: 99 % is one in 100 that is slower, 99.9 % one in 1000. A curve that "
		"stays low and flat is predictable. A step says that a part of the trips met "
		"something else: another process, an interrupt, a sleeping CPU."},
	{FIGURE, "open-loop", "Open loop",
		"Times against the load that was offered, measured from when a message was due rather "
		"than from when it was sent, so that waiting in a queue counts. The knee, where it is "
		"marked, is the highest load whose 99th percentile is under 10 times that of the "
		"lowest load with 3000 samples; beyond it times run away. A diamond is the highest rate that holds "
		"the limit of --slo."},
	{FIGURE, "core-to-core", "Core to core",
		"The round trip of one cache line between every two CPUs: the brighter or darker a "
		"field, the further apart they are, as the scale says. Blocks along the diagonal are CPUs that "
		"share a cache."},
	{FIGURE, "forest", "Forest of changes",
		"A row per comparison: the mark is the change, the line its interval. The shaded band "
		"is what is tolerated. A line wholly beyond the band is a change for the worse that is "
		"proven; one that crosses the edge of the band decides nothing."},
	{FIGURE, "blocks", "Blocks in time",
		"The slices of a gate in the order in which they were measured, base and new side by "
		"side, and below the difference of each block. A drift that moves both versions alike "
		"is the machine's; hollow marks are blocks that were too disturbed and count nowhere."},
	{FIGURE, "cpu-cost", "CPU cost",
		"CPU time of one message as a stack: sender and receiver, user and system time of each. A mechanism "
		"that is quick because it polls shows here what that costs."},
	{FIGURE, "trade-off", "Time against CPU time",
		"A point per mechanism: to the right it takes longer, higher up it costs more CPU time. "
		"The best are at the lower left. Nothing on the front is beaten in both; what lies "
		"behind it is."},
	{FIGURE, "bands", "Bands by size",
		"Times against the size of a message, both axes logarithmic: the line is the median, the band "
		"above it reaches to the 99th percentile, so a wide band is a mechanism that is often late. "
		"Each family has a panel, all on the same axes."},
	{FIGURE, "trials", "Trials",
		"Left the medians as bars, right every trial as a point, by how far it lies from the median of its row, with the 95 % "
		"interval of that median, or the range where trials are too few. Points in two groups have no "
		"median that stands for them; rows whose bars overlap cannot be told apart."},
	{FIGURE, "idle-gap", "Pauses",
		"The round trip against the pause before it. Back to back everything is warm; after a "
		"pause CPUs have gone to sleep and caches are cold, which is what a seldom caller "
		"meets."},
	{FIGURE, "batches", "Batches",
		"Messages per second against the time that the first message of a batch waits for the "
		"last, at that rate; the numbers are messages per call or publication. To the right a "
		"line gains rate and loses time; where it is flat, larger batches only delay."},
	{FIGURE, "over-time", "Over time",
		"How times go over the timed window: time along, how long a message took across, how "
		"many of them as colour, by the scale beside it; the lines are the median and the 99th "
		"percentile. A band that moves is a machine that changed while it was measured."},
	{FIGURE, "figure", "Other figures",
		"The title says what is drawn, the axes say in which units. Where an axis is "
		"logarithmic, the same distance is the same ratio."},
	{MEASURED, "percentile", "p50, p99",
		"The median, and the time that 99 of 100 are within. Each is the median over the trials. A percentile "
		"is shown if at least 10 samples of a trial lie beyond it; +N says how many more it "
		"takes."},
	{MEASURED, "spread", "low\xe2\x80\x93high, 95% CI",
		"How far the trials differ: the lowest and the highest, or, from 6 trials on, the "
		"interval that holds the true median with 95 % confidence. Figures whose spreads "
		"overlap cannot be told apart."},
	{MEASURED, "wait", "block, spin, hybrid, epoll",
		"How a process waits for its peer: asleep in the kernel; polling, which keeps a CPU "
		"busy; polling first and then asleep; in epoll_wait(2). Only the same ways are "
		"compared like for like."},
	{MEASURED, "placement", "same-cpu, smt, same-llc, cross-llc, cross-numa",
		"Where the two processes run: on one CPU, on two threads of a core, under one last-level cache, under "
		"two caches of a NUMA node, on two NUMA nodes."},
	{MEASURED, "cpu", "CPU",
		"User and system time of both processes together, for one message, round trip or byte."},
	{MEASURED, "flags", "flags",
		"What speaks against a figure: S the hypervisor took time away, M a process changed its "
		"CPU, R too short, O the load was missed, P polls on the CPU that its peer needs, C a "
		"coarse clock, T throttled, V unsteady; V2 in two trials, not in all; ! some trials failed, and the figures are of the others."},
	{MEASURED, "star", "*, =",
		"*: the best row of its table among those that wait alike; its interval lies apart from those of "
		"all others. =: statistically tied with the best, since the intervals overlap. Neither with "
		"fewer than six trials, which give no interval."},
	{GATE, "verdict", "pass, regression, improved, inconclusive",
		"Regression: worse, proven, and by more than is tolerated. Improved: better, proven. "
		"Pass: whatever changed is less than is tolerated. Inconclusive: the data show neither."},
	{GATE, "change", "change, interval",
		"New against base, in percent, and the interval that holds the true change with 95 % "
		"confidence."},
	{GATE, "mde", "MDE",
		"The smallest change for the worse that would have been found, as the data scatter. "
		"A pass with a large MDE says little."},
	{MATRIX, "class", "class",
		"How near two CPUs are to each other: smt, same-llc, cross-llc, cross-numa."},
	{MATRIX, "pair", "min, median, max",
		"Over the pairs of a class, of the median round trip of each, over one cache line."},
	{SEVERAL, "ratio", "ratio",
		"A run divided by run A, in brackets the interval that holds the true ratio with 95 % "
		"confidence, over the trials of both."},
	{SEVERAL, "differs", "faster, slower, more, less, ?, =",
		"\xe2\x96\xb2 or \xe2\x96\xbc and a word: the interval does not hold 1, so the runs differ. =: it holds "
		"1, so a difference is not shown. ?: too few trials for an interval. Stored runs were "
		"measured one after the other, so a difference may be the machine's."},
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
