/* SPDX-License-Identifier: GPL-2.0 */
/* What hop_refuse.c and its kinds, refuse_*.c, share. */
#ifndef REFUSE_H
#define REFUSE_H

#include "hop_test.h"

#define OP_SKIP	-2	/* this machine has no such thing */
#define OP_NONE	-3	/* nor has any kernel of this version */

/**
 * struct refuse_kind - something that is refused
 * @name:	the test's, and its process's
 * @says:	what the report calls it, one of these, between |
 * @hold:	take it: negative for an error, %OP_SKIP, %OP_NONE
 * @global:	no process is named
 * @undo:	what does not go with the process
 * @only:	by this kernel, since the other has no such thing
 */
struct refuse_kind {
	const char *name;
	const char *says;
	int (*hold)(void);
	bool global;
	void (*undo)(void);
	const char *only;
};

/* By area, each up to one without a name. */
extern const struct refuse_kind refuse_files[];
extern const struct refuse_kind refuse_fs[];
extern const struct refuse_kind refuse_sock[];
extern const struct refuse_kind refuse_net[];
extern const struct refuse_kind refuse_task[];
extern const struct refuse_kind refuse_machine[];

/* Of a process that a holder has made. */
extern struct gate refuse_child;

/* On MNT, which is unmounted in the end. The mount itself is what is refused. */
#define MNT	"mnt"

int refuse_mount(const char *type, const char *options);

#endif /* REFUSE_H */
