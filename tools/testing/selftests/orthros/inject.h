/* SPDX-License-Identifier: GPL-2.0 */
/* What the parts of hop_inject share: who works, and what fails. */
#ifndef INJECT_H
#define INJECT_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

/* How the text of an error begins that no kernel may make. */
#define WRONG		"wrong: "

#define INJECT_PORT	7000
#define REDIS_PORT	6379
#define SQL_ROWS	4	/* in a transaction */

/**
 * struct worker - a process that works
 * @name:	what it does
 * @work:	one piece, which it checks; a text if something is wrong
 * @program:	or another program, which does that
 * @check:	a look from outside: is what it has done there? a text if not
 * @again:	before it starts anew, when it has been given up
 * @count:	pieces done; for files: that are on the disk
 * @before:	what @count was
 * @error:	what was wrong first
 * @pid:	0 when it has ended
 * @was:	its PID
 * @peer:	that of the other end
 * @status:	how it has ended
 */
struct worker {
	const char *name;
	const char *(*work)(struct worker *w);
	void (*program)(struct worker *w);
	const char *(*check)(struct worker *w);
	void (*again)(struct worker *w);
	unsigned long count;
	unsigned long before;
	char error[80];
	pid_t pid;
	pid_t was;
	pid_t peer;
	int status;
};

extern const struct worker jobs[];
extern const size_t nr_jobs;
extern const char *work_dir;
extern int workers_fd;

void start_worker(struct worker *w);
bool worker_wrong(const struct worker *w);

/**
 * struct fault - what is made to fail
 * @text:	KIND:NAME[:SEED]
 * @at:		when, shared with who does it
 * @wait:	seconds in which it should be found
 */
struct fault {
	const char *text;
	long long *at;
	int wait;
};

/* As a child exits. */
#define FAULT_SURVIVED	0
#define FAULT_ABSENT	3	/* this kernel has it not */

bool load_faulty(void);
pid_t make_fault(const struct fault *f);
int fault_seconds(const char *text);

#endif /* INJECT_H */
