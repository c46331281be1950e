/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What is said to whoever asked for a check or an update: what cannot be
 * carried, by process, and why something failed.
 */
#ifndef _ORTHROS_REPORT_H
#define _ORTHROS_REPORT_H

#include <linux/compiler_attributes.h>
#include <linux/types.h>
#include <linux/orthros/abi/handoff.h>

struct orthros_image;

/**
 * struct orthros_finder - through whom and what something is being read
 * @img:	image that is filled
 * @pid:	process, 0 for what belongs to the machine
 * @comm:	its name
 * @what:	"fd 5", "mapping 7f00...", "cwd", or NULL
 */
struct orthros_finder {
	struct orthros_image *img;
	pid_t pid;
	const char *comm;
	const char *what;
};

/**
 * orthros_through() - the same process, another way
 * @who:	through whom
 * @what:	and what
 *
 * Return: a finder, which lives as long as @what.
 */
static inline struct orthros_finder orthros_through(const struct orthros_finder *who,
						    const char *what)
{
	return (struct orthros_finder) {
		.img = who->img, .pid = who->pid, .comm = who->comm, .what = what,
	};
}

/* What belongs to no process. */
static inline struct orthros_finder orthros_of_machine(struct orthros_image *img)
{
	return (struct orthros_finder) { .img = img, .comm = "" };
}

/*
 * Result of a reader that has reported why it does not carry something: of
 * orthros_refused(), which ends the reading of an object. orthros_refuse() says the
 * same and returns 0, for what is only a part of one: it is read to its end, the
 * image is not used.
 */
#define ORTHROS_REFUSED		1

__printf(2, 3)
int orthros_refuse(const struct orthros_finder *who, const char *fmt, ...);
__printf(2, 3)
int orthros_refused(const struct orthros_finder *who, const char *fmt, ...);
__printf(2, 3)
int orthros_bad(int err, const char *fmt, ...);
__printf(2, 3)
int orthros_fail(int err, const char *fmt, ...);
__printf(2, 3)
int orthros_error_in(int err, const char *fmt, ...);
void orthros_error_take(char *buf, size_t size);

__printf(1, 2)
void orthros_set_last_error(const char *fmt, ...);

const char *orthros_point_name(enum orthros_stamp point);

/* fail_point.c */
int orthros_fail_point(enum orthros_stamp step);
int orthros_reach(enum orthros_stamp point);

#endif /* _ORTHROS_REPORT_H */
