/* SPDX-License-Identifier: MIT */
/* report.css and report.js, put into the program by embed.py. */
#ifndef IPCBENCH_HTML_ASSETS_H
#define IPCBENCH_HTML_ASSETS_H

extern const char html_style[], html_style_hash[];
extern const char html_script[], html_script_hash[];

#endif
