// SPDX-License-Identifier: GPL-2.0-only
/*
 * The takeover: a BackupOS whose peer sits in the park makes the machine its
 * own. First what must be quiet before anything of the old kernel's memory
 * is reused, then the console, and in the background CPUs and memory.
 */
#define pr_fmt(fmt) "orthros: " fmt

#include <linux/console.h>
#include <linux/cpu.h>
#include <linux/init.h>
#include <linux/io.h>
#include <linux/mm.h>
#include <linux/pci_regs.h>
#include <linux/sched.h>
#include <linux/serial_8250.h>
#include <linux/serial_core.h>
#include <linux/serial_reg.h>
#include <asm/e820/api.h>
#include <asm/io_apic.h>
#include <asm/pci-direct.h>
#include <asm/serial.h>
#include "arch.h"

#define PIC_MASTER_IMR	0x21
#define PIC_SLAVE_IMR	0xa1

#define IOAPIC_REGSEL	0x00
#define IOAPIC_WINDOW	0x10
#define IOAPIC_VERSION	0x01
#define IOAPIC_REDIR	0x10
#define IOAPIC_MASKED	BIT(16)

static int mask_ioapic(u64 phys)
{
	void __iomem *base = ioremap(phys, PAGE_SIZE);
	u32 pin, pins;

	if (!base)
		return -ENOMEM;
	writel(IOAPIC_VERSION, base + IOAPIC_REGSEL);
	pins = (readl(base + IOAPIC_WINDOW) >> 16 & 0xff) + 1;
	for (pin = 0; pin < pins; pin++) {
		writel(IOAPIC_REDIR + 2 * pin, base + IOAPIC_REGSEL);
		writel(IOAPIC_MASKED, base + IOAPIC_WINDOW);
	}
	iounmap(base);
	return 0;
}

/* A device that still knows buffers of the old kernel must not write there. */
static void stop_dma(u8 bus, int depth)
{
	u8 dev, fn;

	for (dev = 0; dev < 32; dev++) {
		for (fn = 0; fn < 8; fn++) {
			u8 type;
			u16 cmd;

			if (read_pci_config_16(bus, dev, fn, PCI_VENDOR_ID) == 0xffff) {
				if (!fn)
					break;
				continue;
			}
			type = read_pci_config_byte(bus, dev, fn, PCI_HEADER_TYPE);
			if ((type & 0x7f) == PCI_HEADER_TYPE_BRIDGE && depth < 8) {
				u8 next = read_pci_config_byte(bus, dev, fn,
							       PCI_SECONDARY_BUS);

				if (next > bus)
					stop_dma(next, depth + 1);
			} else {
				cmd = read_pci_config_16(bus, dev, fn, PCI_COMMAND);
				write_pci_config_16(bus, dev, fn, PCI_COMMAND,
						    cmd & ~PCI_COMMAND_MASTER);
			}
			if (!fn && !(type & 0x80))
				break;
		}
	}
}

/**
 * orthros_takeover_platform - make the machine this kernel's
 *
 * At the commit, before a task is released. The old kernel's devices fall
 * silent; from here on this kernel is the ActiveOS, without a peer. It may
 * sleep.
 *
 * Return: 0, or negative errno before anything was changed.
 */
int orthros_takeover_platform(void)
{
	struct orthros_park *park = orthros_park();
	u32 i;
	int ret;

	if (park->magic != ORTHROS_PARK_MAGIC ||
	    park->version != ORTHROS_PARK_VERSION ||
	    park->nr_ioapics > ORTHROS_MAX_IOAPICS)
		return -EINVAL;
	ret = orthros_src_protect(false);
	if (ret)
		return ret;

	outb(0xff, PIC_MASTER_IMR);
	outb(0xff, PIC_SLAVE_IMR);
	for (i = 0; i < park->nr_ioapics; i++)
		if (mask_ioapic(park->ioapic[i]))
			pr_err("I/O APIC at %#llx cannot be masked\n",
			       park->ioapic[i]);
	stop_dma(0, 0);

	orthros_backup_committed();
	smp_store_release(&orthros_ho->peer_state, ORTHROS_ST_COMMITTED);
	return 0;
}

#ifdef CONFIG_SERIAL_8250
static int take_port(int line, unsigned long iobase)
{
	struct uart_8250_port up = {
		.port = {
			.line = line,
			.iobase = iobase,
			/* No interrupt: polled each jiffy. */
			.irq = 0,
			.uartclk = BASE_BAUD * 16,
			.iotype = UPIO_PORT,
			.flags = UPF_BOOT_AUTOCONF | UPF_SKIP_TEST,
		},
	};

	return serial8250_register_8250_port(&up);
}
#endif

/**
 * orthros_takeover_console - take the serial ports over
 *
 * After orthros_takeover_platform(). The console named on the command line
 * comes to life without a replay of the boot log, which is in the ring.
 *
 * Return: 0 or negative errno.
 */
int orthros_takeover_console(void)
{
#ifdef CONFIG_SERIAL_8250
	struct console *con = orthros_uart0 ? orthros_uart0->cons : NULL;
	int ret;

	if (con)
		con->flags &= ~CON_PRINTBUFFER;
	ret = take_port(0, 0x3f8);
	if (ret < 0)
		return ret;
	ret = take_port(1, 0x2f8);
	if (ret < 0)
		return ret;
#endif
	return 0;
}

/**
 * orthros_adopt_cpus - bring the old kernel's CPUs online
 *
 * Some hundred milliseconds for each: for the background. Takes the CPU
 * hotplug lock.
 *
 * Return: 0, or the first error; the other CPUs are tried all the same.
 */
int orthros_adopt_cpus(void)
{
	unsigned int cpu;
	int ret, err = 0;

	for_each_present_cpu(cpu) {
		if (cpu_online(cpu))
			continue;
		ret = add_cpu(cpu);
		if (ret) {
			pr_err("CPU %u cannot be adopted: %pe\n", cpu, ERR_PTR(ret));
			if (!err)
				err = ret;
		}
	}
	orthros_stamp(ORTHROS_TS_CPUS);
	return err;
}

/**
 * orthros_free_unclaimed - free the old kernel's memory
 *
 * What is still reserved of it belongs to no process. For the background:
 * some hundred milliseconds for a GiB.
 *
 * Return: pages freed.
 */
unsigned long orthros_free_unclaimed(void)
{
	u64 slot = orthros_ho->slot_start, end = slot + orthros_ho->slot_size;
	unsigned long freed = 0;
	u32 i;

	for (i = 0; i < e820_table->nr_entries; i++) {
		struct e820_entry *e = &e820_table->entries[i];
		/* The first MiB is nobody's: firmware, park, trampolines. */
		unsigned long pfn = PFN_UP(max_t(u64, e->addr, SZ_1M));
		unsigned long stop = PFN_DOWN(e->addr + e->size);

		if (e->type != E820_TYPE_RAM)
			continue;
		for (; pfn < stop; pfn++) {
			struct page *page;

			if (PFN_PHYS(pfn) == slot) {
				pfn = PFN_DOWN(end) - 1;
				continue;
			}
			page = pfn_to_page(pfn);
			if (PageReserved(page)) {
				free_reserved_page(page);
				freed++;
			}
			if (!(pfn & 1023))
				cond_resched();
		}
	}
	orthros_stamp(ORTHROS_TS_FREED);
	return freed;
}
