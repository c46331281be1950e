// SPDX-License-Identifier: GPL-2.0
/*
 * What a daemon that disciplines the clock relies on: its rate, its status, the
 * offset of TAI, a raw clock that never goes back; and the identity of the boot.
 */
#include <sys/resource.h>
#include <sys/timex.h>

#include "hop_test.h"

#define FREQ	(12L << 16)	/* 12 ppm */
#define TICK	10005		/* and 500 ppm */
#define RATE	512		/* ppm faster than CLOCK_MONOTONIC_RAW */
#define TAI	37

/* The clocks at one instant; what lies between is at most a few us, once at least. */
struct instant {
	long long raw, mono;
};

static struct instant instant(void)
{
	struct instant best = {};
	long long took = NSEC;
	int i;

	for (i = 0; i < 1000; i++) {
		long long from = now_ns(CLOCK_MONOTONIC_RAW);
		long long mono = now_ns(CLOCK_MONOTONIC);
		long long to = now_ns(CLOCK_MONOTONIC_RAW);

		if (to - from < took) {
			took = to - from;
			best = (struct instant) { from + took / 2, mono };
		}
	}
	return best;
}

/* Whoever is in the vDSO when the kernel changes has been there at another rate. */
static bool goes_on(struct looper *l)
{
	static __thread long long last;
	clockid_t clock = (long)l->arg;
	long long now;
	int i;

	setpriority(PRIO_PROCESS, hop_gettid(), 19);
	for (i = 0; i < 1000; i++) {
		now = now_ns(clock);
		if (!CHECK(now >= last)) {
			printf("# clock %d: %lld ns back\n", (int)clock, last - now);
			return false;
		}
		last = now;
	}
	return true;
}

int main(void)
{
	static struct looper loops[4];
	struct timex set = {
		.modes = ADJ_FREQUENCY | ADJ_TICK | ADJ_STATUS | ADJ_MAXERROR | ADJ_ESTERROR,
		.freq = FREQ, .tick = TICK, .status = STA_PLL, .maxerror = 1000, .esterror = 500,
	};
	struct timex tai = { .modes = ADJ_TAI, .constant = TAI }, got = {};
	char *boot = slurp("/proc/sys/kernel/random/boot_id"), *now;
	struct instant from, to;
	long long raw, mono, diff, begin;
	size_t i;

	begin = now_ns(CLOCK_MONOTONIC);
	MUST(adjtimex(&set));
	MUST(adjtimex(&tai));
	for (i = 0; i < ARRAY_SIZE(loops); i++) {
		loops[i] = (struct looper) {
			.name = "clock", .once = goes_on,
			.arg = (void *)(long)(i % 2 ? CLOCK_REALTIME : CLOCK_MONOTONIC),
		};
		looper_start(&loops[i]);
	}
	from = instant();

	hop();

	/* Also while no kernel has kept it: it has its rate, within 100 us and 5 ppm. */
	to = instant();
	for (i = 0; i < ARRAY_SIZE(loops); i++)
		looper_stop(&loops[i]);
	raw = to.raw - from.raw;
	mono = to.mono - from.mono;
	diff = mono - raw - raw * RATE / 1000000;
	if (!CHECK(llabs(diff) < 100000 + raw / 200000))
		printf("# %lld ns, by CLOCK_MONOTONIC_RAW %lld: %lld too many\n", mono, raw, diff);
	CHECK(MUST(adjtimex(&got)) != TIME_ERROR);
	CHECK_EQ(got.freq, FREQ);
	CHECK_EQ(got.tick, TICK);
	CHECK_EQ(got.status & (STA_PLL | STA_UNSYNC), STA_PLL);
	CHECK_EQ(got.tai, TAI);
	CHECK_EQ(got.esterror, 500);
	/* It grows by 500 ppm. */
	mono = now_ns(CLOCK_MONOTONIC) - begin;
	if (!CHECK(got.maxerror >= 1000) ||
	    !CHECK(got.maxerror <= 1000 + (mono / NSEC + 2) * 500))
		printf("# %ld us after %lld ns\n", (long)got.maxerror, mono);
	diff = now_ns(CLOCK_TAI) - now_ns(CLOCK_REALTIME);
	CHECK(diff > (TAI - 1) * NSEC && diff <= TAI * NSEC);
	now = slurp("/proc/sys/kernel/random/boot_id");
	CHECK_STR(now, boot);
	free(now);
	free(boot);
	return hop_status();
}
