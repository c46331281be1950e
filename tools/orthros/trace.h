/* SPDX-License-Identifier: GPL-2.0-only */
/* The trace of a hop, for those who print it. */
#ifndef ORTHROS_TOOL_TRACE_H
#define ORTHROS_TOOL_TRACE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

/* The kernel's own header, with what the kernel's compiler.h would define. */
#define __packed	__attribute__((packed))
#define __aligned(n)	__attribute__((aligned(n)))
#include <linux/orthros/abi/trace.h>

#define TRACE_TEXT	128

/* A record that is whole, and who wrote it. */
struct trace_event {
	uint64_t ns;		/* since the first one that is shown */
	struct orthros_trace_rec rec;
	char text[TRACE_TEXT];	/* printable */
	unsigned int kernel;	/* index in struct trace.kernels */
};

/* One kernel in one role. */
struct trace_kernel {
	uint8_t side;
	char release[TRACE_TEXT];
};

struct trace {
	struct trace_event *events;	/* in order of time */
	size_t nr;
	struct trace_kernel *kernels;
	size_t nr_kernels;
	uint64_t overwritten;		/* too old for the ring */
	uint64_t torn;			/* not whole */
};

enum trace_form { TRACE_JSON = 1, TRACE_DAT, TRACE_PLAIN };

int trace_main(const char *in, const char *out, enum trace_form form, const char *run);

const char *trace_side(unsigned int side);
const char *trace_phase(unsigned int phase);

void trace_write_text(const struct trace *t, FILE *f);
void trace_write_json(const struct trace *t, FILE *f);
void trace_write_dat(const struct trace *t, FILE *f);

#endif
