/* SPDX-License-Identifier: GPL-2.0 */
/* What regs_64.S and fpu_64.S share with their tests. */
#ifndef REGS_64_H
#define REGS_64_H

#include <stdint.h>
#include <sys/types.h>
#include <pthread.h>

#define NR_REGS		16

/* in and out: rax rbx rcx rdx rsi rdi rbp r8-r15 rflags, as in regs_64.S */
struct regs {
	unsigned long in[NR_REGS];
	unsigned long out[NR_REGS];
	int stop;		/* polled by a spinner */
	int fd;			/* read by a sleeper */
	char byte;
	pid_t tid;
	pthread_t thread;
};

void regs_spin(struct regs *r, int *stop);
void regs_read(struct regs *r, int fd, char *buf);

/* As fpu_64.S knows it. */
struct fpu {
	unsigned char zmm[32][64];
	uint64_t k[8];
	unsigned char st[8][16];	/* 80 bits each */
	uint32_t mxcsr;
	uint16_t cw;
};

typedef long (*fpu_hold_fn)(const struct fpu *in, struct fpu *out, int *stop,
			    int fd, char *byte);
long fpu_hold_16(const struct fpu *in, struct fpu *out, int *stop, int fd, char *byte);
long fpu_hold_32(const struct fpu *in, struct fpu *out, int *stop, int fd, char *byte);
long fpu_hold_64(const struct fpu *in, struct fpu *out, int *stop, int fd, char *byte);

#endif /* REGS_64_H */
