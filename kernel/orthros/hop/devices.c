// SPDX-License-Identifier: GPL-2.0
/*
 * The machine itself, as kinds: devices, clocks, consoles and CPUs that change
 * hands.
 */
#define pr_fmt(fmt) "orthros: " fmt

#include <linux/orthros.h>
#include <linux/orthros/devices.h>
#include <linux/orthros/platform.h>
#include "../core/image.h"
#include "../core/kind.h"
#include "../core/report.h"
#include "../machine/machine.h"
#include "hop.h"

static int describe(struct orthros_sections *s, bool frozen)
{
	if (!frozen)
		orthros_tell_pci();
	return 0;
}

static void refuse_device(void *ctx, const char *what, const char *why)
{
	const struct orthros_finder who = orthros_of_machine(ctx);

	orthros_refuse(&who, "%s: %s", what, why);
}

static int read_devices(struct orthros_image *img)
{
	return orthros_check_devices(refuse_device, img);
}

static int build_devices(struct orthros_image *img)
{
	return orthros_make_disk_nodes();
}

static void commit_devices(struct orthros_image *img)
{
	orthros_takeover_platform();
	orthros_set_clocks(img);
	orthros_commit_devices();
}

const struct orthros_kind orthros_device_kind = {
	.name	= "devices",
	.vital	= true,
	.describe = describe,
	.read	= read_devices,
	.build	= build_devices,
	.commit	= commit_devices,
};

static void commit_console(struct orthros_image *img)
{
	int err = orthros_takeover_console();

	if (err)
		pr_err("console: %pe\n", ERR_PTR(err));
}

const struct orthros_kind orthros_console_kind = {
	.name	= "console",
	.commit	= commit_console,
};

static void settle_cpus(struct orthros_image *img)
{
	int err = orthros_adopt_cpus();

	if (err)
		pr_err("not every CPU came up: %pe\n", ERR_PTR(err));
	orthros_stamp(ORTHROS_TS_CPUS);
}

const struct orthros_kind orthros_cpu_kind = {
	.name	= "CPUs",
	.settle	= settle_cpus,
};
