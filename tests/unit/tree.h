/* SPDX-License-Identifier: MIT */
/* A directory that stands for "/" of some machine, made of paths and texts. */
#ifndef IPCBENCH_TESTS_TREE_H
#define IPCBENCH_TESTS_TREE_H

#include <ftw.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

struct tree_file {
	const char *path, *text; /* a NULL path ends a list */
};

static void tree_plant(const char *root, const struct tree_file *files)
{
	for (const struct tree_file *f = files; f->path != NULL; f++) {
		char path[512];

		snprintf(path, sizeof(path), "%s%s", root, f->path);
		for (char *p = path + strlen(root) + 1; (p = strchr(p, '/')) != NULL; p++) {
			*p = '\0';
			mkdir(path, 0700);
			*p = '/';
		}
		FILE *out = fopen(path, "w");

		assert_non_null(out);
		fputs(f->text, out);
		assert_int_equal(fclose(out), 0);
	}
}

static int tree_remove_one(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
	(void)st;
	(void)type;
	(void)ftw;
	return remove(path);
}

static void tree_remove(const char *root)
{
	nftw(root, tree_remove_one, 8, FTW_DEPTH | FTW_PHYS);
}

#endif
