// SPDX-License-Identifier: GPL-2.0
/*
 * The vDSO: pointers into it from before the hop keep working, also in
 * threads that are inside it during the hop; and no clock goes back or jumps.
 */
#include <elf.h>
#include <sys/auxv.h>
#include <sys/resource.h>
#include <sys/time.h>

#include "hop_test.h"

typedef int (*clock_gettime_fn)(clockid_t, struct timespec *);
typedef int (*gettimeofday_fn)(struct timeval *, void *);
typedef time_t (*time_fn)(time_t *);
typedef int (*getcpu_fn)(unsigned int *, unsigned int *, void *);

/* The address of a function in the vDSO, from its dynamic symbols. */
static void *vdso_sym(const char *name)
{
	const char *base = (const char *)getauxval(AT_SYSINFO_EHDR);
	const Elf64_Ehdr *eh = (const void *)base;
	const Elf64_Phdr *ph = (const void *)(base + eh->e_phoff);
	const Elf64_Sym *sym = NULL;
	const Elf64_Dyn *dyn = NULL;
	const uint32_t *hash = NULL;
	const char *str = NULL;
	unsigned int i;

	for (i = 0; i < eh->e_phnum; i++)
		if (ph[i].p_type == PT_DYNAMIC)
			dyn = (const void *)(base + ph[i].p_offset);
	for (; dyn && dyn->d_tag != DT_NULL; dyn++) {
		if (dyn->d_tag == DT_SYMTAB)
			sym = (const void *)(base + dyn->d_un.d_ptr);
		else if (dyn->d_tag == DT_STRTAB)
			str = base + dyn->d_un.d_ptr;
		else if (dyn->d_tag == DT_HASH)
			hash = (const void *)(base + dyn->d_un.d_ptr);
	}
	/* Without DT_HASH: the symbols lie before the strings. */
	for (i = 1; sym && str && (hash ? i < hash[1] : (char *)&sym[i] < str); i++)
		if (!strcmp(str + sym[i].st_name, name))
			return (char *)base + sym[i].st_value;
	return NULL;
}

static const clockid_t clocks[] = {
	CLOCK_MONOTONIC, CLOCK_REALTIME, CLOCK_BOOTTIME, CLOCK_MONOTONIC_COARSE,
	CLOCK_REALTIME_COARSE, CLOCK_MONOTONIC_RAW,
};

static clock_gettime_fn vdso_clock_gettime;
static gettimeofday_fn vdso_gettimeofday;
static time_fn vdso_time;
static getcpu_fn vdso_getcpu;

struct watch {
	clockid_t clock;
	long long last;
	unsigned long calls;
};

static bool watch_clock(struct looper *l)
{
	struct watch *w = l->arg;
	struct timespec ts;
	long long now;
	int i;

	setpriority(PRIO_PROCESS, hop_gettid(), 10);
	for (i = 0; i < 100; i++) {
		if (!CHECK_EQ(vdso_clock_gettime(w->clock, &ts), 0))
			return false;
		now = ts.tv_sec * NSEC + ts.tv_nsec;
		if (!CHECK(now >= w->last) ||
		    (w->last && !CHECK(now - w->last < HOP_MAX_JUMP))) {
			printf("# clock %d: from %lld to %lld, after %lu calls\n", (int)w->clock,
			       w->last, now, l->rounds * 100 + i);
			return false;
		}
		w->last = now;
	}
	return true;
}

static long long from_vdso(clockid_t clock)
{
	struct timespec ts = { };

	CHECK_EQ(vdso_clock_gettime(clock, &ts), 0);
	return ts.tv_sec * NSEC + ts.tv_nsec;
}

static long long from_kernel(clockid_t clock)
{
	struct timespec ts = { };

	CHECK_EQ(syscall(SYS_clock_gettime, clock, &ts), 0);
	return ts.tv_sec * NSEC + ts.tv_nsec;
}

int main(void)
{
	struct watch watches[2] = {
		{ .clock = CLOCK_MONOTONIC }, { .clock = CLOCK_REALTIME },
	};
	struct looper loops[2];
	long long before[ARRAY_SIZE(clocks)];
	struct timeval tv;
	unsigned int cpu;
	size_t i;

	vdso_clock_gettime = vdso_sym("__vdso_clock_gettime");
	vdso_gettimeofday = vdso_sym("__vdso_gettimeofday");
	vdso_time = vdso_sym("__vdso_time");
	vdso_getcpu = vdso_sym("__vdso_getcpu");
	if (!CHECK(vdso_clock_gettime && vdso_gettimeofday && vdso_time &&
		   vdso_getcpu))
		return hop_status();
	for (i = 0; i < ARRAY_SIZE(loops); i++) {
		loops[i] = (struct looper) {
			.name = "clock", .once = watch_clock, .arg = &watches[i],
		};
		looper_start(&loops[i]);
	}
	for (i = 0; i < ARRAY_SIZE(clocks); i++)
		before[i] = from_kernel(clocks[i]);

	hop();

	for (i = 0; i < ARRAY_SIZE(clocks); i++) {
		long long first = from_kernel(clocks[i]);
		long long now = from_vdso(clocks[i]);
		long long last = from_kernel(clocks[i]);

		/* MONOTONIC_RAW promises nothing of what the hop keeps. */
		if (clocks[i] != CLOCK_MONOTONIC_RAW) {
			CHECK(first >= before[i]);
			CHECK(first - before[i] < HOP_MAX_JUMP * 4);
		}
		CHECK(now >= first);
		CHECK(last >= now);
	}
	/* The three go on together: what was between them stays between them. */
	CHECK(llabs((from_kernel(CLOCK_REALTIME) - from_kernel(CLOCK_MONOTONIC)) -
		    (before[1] - before[0])) < NSEC);
	CHECK(llabs((from_kernel(CLOCK_BOOTTIME) - from_kernel(CLOCK_MONOTONIC)) -
		    (before[2] - before[0])) < NSEC);
	CHECK_EQ(vdso_gettimeofday(&tv, NULL), 0);
	CHECK(llabs(tv.tv_sec * NSEC - from_kernel(CLOCK_REALTIME)) < 2 * NSEC);
	CHECK(llabs(vdso_time(NULL) * NSEC - from_kernel(CLOCK_REALTIME)) < 2 * NSEC);
	CHECK_EQ(vdso_getcpu(&cpu, NULL, NULL), 0);
	CHECK(cpu < (unsigned int)sysconf(_SC_NPROCESSORS_CONF));
	for (i = 0; i < ARRAY_SIZE(loops); i++)
		looper_stop(&loops[i]);
	return hop_status();
}
