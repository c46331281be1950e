// SPDX-License-Identifier: GPL-2.0
/*
 * Included at the end of kernel/time/timekeeping.c, whose state is static.
 */
#include <linux/orthros.h>

/* The clock source counts at another frequency than was known, from now on. */
static void count_at(struct timekeeper *tk, u32 khz)
{
	struct clocksource *cs = tk->tkr_mono.clock;
	int shift = tk->tkr_mono.shift;

	if (!khz)
		return;
	tk_setup_internals(tk, cs);
	if (cs->shift < shift) {
		tk->tkr_mono.xtime_nsec >>= shift - cs->shift;
		tk->tkr_raw.xtime_nsec >>= shift - cs->shift;
	} else {
		tk->tkr_mono.xtime_nsec <<= cs->shift - shift;
		tk->tkr_raw.xtime_nsec <<= cs->shift - shift;
	}
}

/**
 * orthros_timekeeping_set() - let the clocks go on from another kernel's
 * @mono:	CLOCK_MONOTONIC now, in ns; a clock that is ahead of it stays so
 * @boot:	CLOCK_BOOTTIME now, in ns
 * @real:	CLOCK_REALTIME now, in ns
 * @raw:	CLOCK_MONOTONIC_RAW now, in ns; likewise
 * @khz:	frequency of the clock source, if it is another than was known, or 0
 *
 * Context: process context; interrupts enabled.
 */
void orthros_timekeeping_set(s64 mono, s64 boot, s64 real, s64 raw, u32 khz)
{
	struct timekeeper *tk = &tk_core.timekeeper;
	struct timespec64 now, delta, wall = ns_to_timespec64(real);
	unsigned long flags;
	s64 ahead;
	u32 rest;

	/* It prints, which reads a clock. */
	if (khz)
		__clocksource_update_freq_khz(tk->tkr_mono.clock, khz);
	raw_spin_lock_irqsave(&timekeeper_lock, flags);
	write_seqcount_begin(&tk_core.seq);

	timekeeping_forward_now(tk);
	count_at(tk, khz);

	/* Wall time plus wall_to_monotonic is monotonic time: move both on. */
	now = timespec64_add(tk_xtime(tk), tk->wall_to_monotonic);
	ahead = mono - timespec64_to_ns(&now);
	if (ahead > 0) {
		delta = ns_to_timespec64(ahead);
		tk_xtime_add(tk, &delta);
		boot -= mono;
	} else {
		boot -= mono;
		wall = ns_to_timespec64(real - ahead);
	}

	/* Set the wall clock, monotonic time staying what it is. */
	delta = timespec64_sub(wall, tk_xtime(tk));
	tk_set_wall_to_mono(tk, timespec64_sub(tk->wall_to_monotonic, delta));
	tk_set_xtime(tk, &wall);

	if (boot > ktime_to_ns(tk->offs_boot))
		tk_update_sleep_time(tk, ktime_sub(ns_to_ktime(boot), tk->offs_boot));

	ahead = tk->raw_sec * NSEC_PER_SEC + (tk->tkr_raw.xtime_nsec >> tk->tkr_raw.shift);
	if (raw > ahead) {
		tk->raw_sec = div_u64_rem(raw, NSEC_PER_SEC, &rest);
		tk->tkr_raw.xtime_nsec = (u64)rest << tk->tkr_raw.shift;
	}

	timekeeping_update(tk, TK_CLEAR_NTP | TK_MIRROR | TK_CLOCK_WAS_SET);

	write_seqcount_end(&tk_core.seq);
	raw_spin_unlock_irqrestore(&timekeeper_lock, flags);

	clock_was_set(CLOCK_SET_WALL | CLOCK_SET_BOOT);
}
