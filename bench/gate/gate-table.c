/* SPDX-License-Identifier: MIT */
/* A comparison on a terminal. */
#include "gate/gate-files.h"

#include "doc/layout.h"
#include "gate/gate-report.h"
#include <errno.h>

static void put_verdict(const struct layout *l, const struct gate_report *rep)
{
	static const char *const colors[] = {
		[GATE_PASSED] = PAINT_GOOD,
		[GATE_REGRESSED] = PAINT_BAD,
		[GATE_INCONCLUSIVE] = PAINT_DOUBT,
		[GATE_NOT_MEASURED] = PAINT_BAD,
	};

	layout_paint(l, PAINT_STRONG);
	layout_paint(l, colors[rep->is]);
	layout_text(l, rep->body.heading, 2);
	layout_paint(l, PAINT_END);
	if (rep->warning[0] != '\0')
		layout_text(l, rep->warning, 2);
	layout_text(l, rep->subject, 2);
}

int gate_table_write(FILE *out, const struct gate_results *r, unsigned int width, bool color)
{
	struct gate_report rep;
	int ret = gate_report_build(&rep, r, format_utf8());

	if (ret != 0)
		return ret;
	struct layout l = {.out = out, .glyphs = rep.body.glyphs, .width = width, .color = color};

	errno = 0;
	put_verdict(&l, &rep);
	for (size_t i = 0; i < rep.body.grid_count; i++)
		layout_grid(&l, &rep.body.grids[i]);
	layout_notes(&l, rep.body.notes, rep.body.note_count);
	if (rep.advice[0] != '\0') {
		fputc('\n', out);
		layout_text(&l, rep.advice, 2);
	}
	if (rep.legend[0] != '\0') {
		fputc('\n', out);
		layout_text(&l, rep.legend, 0);
	}
	fflush(out);
	ret = stream_status(out);
	gate_report_free(&rep);
	return ret;
}
