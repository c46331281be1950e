// SPDX-License-Identifier: GPL-2.0
/*
 * What a daemon that disciplines the clock relies on: its rate, its status, the
 * offset of TAI, a raw clock that never goes back; and the identity of the boot.
 */
#include <sys/timex.h>

#include "hop_test.h"

#define FREQ	(12L << 16)	/* 12 ppm */
#define TICK	10001		/* and 100 ppm */
#define TAI	37

int main(void)
{
	struct timex set = {
		.modes = ADJ_FREQUENCY | ADJ_TICK | ADJ_STATUS | ADJ_MAXERROR | ADJ_ESTERROR,
		.freq = FREQ, .tick = TICK, .status = STA_PLL, .maxerror = 1000, .esterror = 500,
	};
	struct timex tai = { .modes = ADJ_TAI, .constant = TAI }, got = {};
	char *boot = slurp("/proc/sys/kernel/random/boot_id"), *now;
	long long raw, mono, diff;

	MUST(adjtimex(&set));
	MUST(adjtimex(&tai));
	mono = now_ns(CLOCK_MONOTONIC);
	raw = now_ns(CLOCK_MONOTONIC_RAW);

	hop();

	/* It is not disciplined, by less than 1000 ppm here. */
	raw = now_ns(CLOCK_MONOTONIC_RAW) - raw;
	mono = now_ns(CLOCK_MONOTONIC) - mono;
	diff = mono / 1000 + NSEC / 100;
	if (!CHECK(raw > mono - diff) || !CHECK(raw < mono + diff))
		printf("# %lld ns, by CLOCK_MONOTONIC %lld\n", raw, mono);
	CHECK(MUST(adjtimex(&got)) != TIME_ERROR);
	CHECK_EQ(got.freq, FREQ);
	CHECK_EQ(got.tick, TICK);
	CHECK_EQ(got.status & (STA_PLL | STA_UNSYNC), STA_PLL);
	CHECK_EQ(got.tai, TAI);
	CHECK_EQ(got.esterror, 500);
	/* It grows by 500 ppm. */
	CHECK(got.maxerror >= 1000 && got.maxerror <= 1000 + (mono / NSEC + 2) * 500);
	diff = now_ns(CLOCK_TAI) - now_ns(CLOCK_REALTIME);
	CHECK(diff > (TAI - 1) * NSEC && diff <= TAI * NSEC);
	now = slurp("/proc/sys/kernel/random/boot_id");
	CHECK_STR(now, boot);
	free(now);
	free(boot);
	return hop_status();
}
