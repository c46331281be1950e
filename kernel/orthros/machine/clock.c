// SPDX-License-Identifier: GPL-2.0
/*
 * The clocks, and how they are disciplined: what adjtimex(2) tells in the source is
 * set by it here, so that a clock which chrony or timesyncd has tuned runs on at its
 * rate, also for as long as no kernel has kept it.
 */
#define pr_fmt(fmt) "orthros: " fmt

#include <linux/errno.h>
#include <linux/math64.h>
#include <linux/orthros.h>
#include <linux/orthros/platform.h>
#include <linux/string.h>
#include <linux/timex.h>
#include "../core/image.h"
#include "../core/report.h"
#include "../core/sections.h"
#include "machine.h"

static int describe(struct orthros_sections *s, bool frozen)
{
	struct __kernel_timex *t, left = {
		.modes = ADJ_ADJTIME | ADJ_OFFSET_SINGLESHOT | ADJ_OFFSET_READONLY,
	};
	struct __kernel_timex now = {};
	int err;

	/* Negative only for what may not be asked. */
	err = do_adjtimex(&now);
	if (err >= 0)
		err = do_adjtimex(&left);
	if (err < 0)
		return orthros_fail(err, "discipline of the clock");
	err = orthros_sections_begin(s, ORTHROS_NETCONF_TIMEX);
	if (err)
		return err;
	t = orthros_sections_room(s, 2 * sizeof(*t));
	if (!t)
		return -ENOMEM;
	t[0] = now;
	t[1] = left;
	orthros_sections_end(s);
	return 0;
}

static const struct __kernel_timex *told(struct orthros_image *img)
{
	size_t len, size;
	const void *data = orthros_told(img, &len);
	const struct __kernel_timex *t;

	t = orthros_sections_find(data, len, ORTHROS_NETCONF_TIMEX, &size);
	return size >= 2 * sizeof(*t) ? t : NULL;
}

static int read_clock(struct orthros_image *img)
{
	return told(img) ? 0 : orthros_bad(-EPROTO, "discipline of the clock");
}

static void adjust(const struct __kernel_timex *t, unsigned int modes)
{
	struct __kernel_timex set = *t;
	int err;

	set.modes = modes;
	set.status &= ~STA_RONLY;
	err = do_adjtimex(&set);
	if (err < 0)
		pr_err("discipline of the clock (modes %#x): %pe\n", modes, ERR_PTR(err));
}

/* @ns of the raw clock, by one that runs at the rate of @t. */
static s64 disciplined(const struct __kernel_timex *t, u64 ns)
{
	/* In ns a second; the frequency is in ppm, with 16 bits behind the point. */
	s64 faster = (t->tick - USEC_PER_SEC / USER_HZ) * USER_HZ * NSEC_PER_USEC +
		     ((t->freq * NSEC_PER_USEC) >> 16);

	faster = clamp_t(s64, faster, -(s64)NSEC_PER_SEC / 5, (s64)NSEC_PER_SEC / 5);
	if (faster < 0)
		return ns - mul_u64_u64_div_u64(ns, -faster, NSEC_PER_SEC);
	return ns + mul_u64_u64_div_u64(ns, faster, NSEC_PER_SEC);
}

/* The clocks have been set, which has cleared all that. */
static void discipline(const struct __kernel_timex *t)
{
	struct __kernel_timex tai = t[0], left = t[1];

	adjust(&t[0], ADJ_STATUS | ADJ_FREQUENCY | ADJ_MAXERROR | ADJ_ESTERROR | ADJ_TIMECONST |
		      ADJ_TICK | (t[0].status & STA_NANO ? ADJ_NANO : ADJ_MICRO));
	if (t[0].status & STA_PLL && t[0].offset)
		adjust(&t[0], ADJ_OFFSET);
	tai.constant = tai.tai;
	adjust(&tai, ADJ_TAI);
	/* What adjtime(3) has still to do. */
	if (left.offset)
		adjust(&left, ADJ_ADJTIME | ADJ_OFFSET_SINGLESHOT);
}

/**
 * orthros_set_clocks() - where the clocks of the source would be now, and at its rate
 * @img:	image
 *
 * Context: process context; interrupts enabled.
 */
void orthros_set_clocks(struct orthros_image *img)
{
	const struct orthros_clock *park = &orthros_ho->clock_park;
	const struct __kernel_timex *t = told(img);
	u32 khz = orthros_adopt_tsc_khz(park->tsc_khz);
	struct orthros_clock now;
	s64 raw, ns;

	orthros_clock_sample(&now);
	raw = orthros_tsc_to_ns(now.tsc - park->tsc);
	ns = t ? disciplined(t, raw) : raw;
	orthros_timekeeping_set(park->mono_ns + ns, park->boot_ns + ns, park->real_ns + ns,
				park->raw_ns + raw, khz);
	if (t)
		discipline(t);
}

const struct orthros_kind orthros_clock_kind = {
	.name	= "discipline of the clock",
	.describe = describe,
	.read	= read_clock,
};
