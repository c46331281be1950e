// SPDX-License-Identifier: GPL-2.0-only
/*
 * The takeover: a BackupOS whose peer sits in the park makes the machine its
 * own. First what must be quiet before anything of the old kernel's memory
 * is reused, then the console, and in the background the CPUs. For the memory
 * see memory.c.
 */
#define pr_fmt(fmt) "orthros: " fmt

#include <linux/console.h>
#include <linux/cpu.h>
#include <linux/init.h>
#include <linux/io.h>
#include <linux/preempt.h>
#include <linux/serial_8250.h>
#include <linux/serial_core.h>
#include <linux/serial_reg.h>
#include <linux/tty_flip.h>
#include <asm/serial.h>
#include "8250.h"
#include "arch.h"
#include "ioapic.h"

#define PIC_MASTER_IMR	0x21
#define PIC_SLAVE_IMR	0xa1

/* Characters that an emulated port is given at once. */
#define EMULATED_LOADSZ	1024

/* In the IIR: the FIFO is on, and works. */
#define IIR_FIFO	0xc0

/* So much may have been typed: more comes as a FIFO is emptied. */
#define MAX_TYPED	1024

/**
 * orthros_takeover_platform - make the machine this kernel's
 *
 * At the commit, before a task is released. The old kernel's devices fall
 * silent; from here on this kernel is the ActiveOS, without a peer. The old
 * one's memory is not protected any more. It may sleep.
 */
void orthros_takeover_platform(void)
{
	outb(0xff, PIC_MASTER_IMR);
	outb(0xff, PIC_SLAVE_IMR);

	orthros_slot_after_takeover();
	orthros_count_source();
	orthros_set_backup(false);
	orthros_set_peer_state(ORTHROS_ST_COMMITTED);
}

#ifdef CONFIG_SERIAL_8250
/* What the driver does to the ports' registers, once they are started. */
static unsigned int (*port_in)(struct uart_port *port, int offset);
static void (*port_out)(struct uart_port *port, int offset, int value);

/* False if the divisor is in the place of what was received. */
static bool keep_typed(struct uart_port *port)
{
	unsigned int left = MAX_TYPED;
	u8 lsr;

	if (inb(port->iobase + UART_LCR) & UART_LCR_DLAB)
		return false;
	while (left-- && (lsr = inb(port->iobase + UART_LSR)) & UART_LSR_DR && lsr != 0xff)
		tty_insert_flip_char(&port->state->port, inb(port->iobase + UART_RX),
				     lsr & UART_LSR_BI ? TTY_BREAK : TTY_NORMAL);
	return true;
}

/*
 * The receiver's FIFO is never emptied, nor switched off, which does that, too: something
 * could come between a look and the write.
 */
static int keep_fifo(struct uart_port *port, int value)
{
	keep_typed(port);
	if (port->type != PORT_16550A)
		return value;
	return (value | UART_FCR_ENABLE_FIFO) & ~UART_FCR_CLEAR_RCVR;
}

static unsigned int start_in(struct uart_port *port, int offset)
{
	/* Read to be thrown away; but not by the handler of its interrupt. */
	if (offset == UART_RX && !in_hardirq() && keep_typed(port))
		return 0;
	return port_in(port, offset);
}

static void start_out(struct uart_port *port, int offset, int value)
{
	port_out(port, offset, offset == UART_FCR ? keep_fifo(port, value) : value);
}

/* The FIFO is switched on, with a write of its own. */
static void started_out(struct uart_port *port, int offset, int value)
{
	if (offset == UART_FCR) {
		port->serial_out = port_out;
		value = keep_fifo(port, value);
	}
	port_out(port, offset, value);
}

/*
 * The first time that the port is opened here. The driver would empty the FIFO
 * then, more than once. It still has what was typed since the old kernel stood still,
 * and more may come; that is put before what comes next, and pushed with the terminal's
 * settings.
 */
static int start_port(struct uart_port *port)
{
	int ret;

	port->startup = NULL;
	port_in = port->serial_in;
	port_out = port->serial_out;
	port->serial_in = start_in;
	port->serial_out = start_out;
	ret = serial8250_do_startup(port);
	port->serial_in = port_in;
	port->serial_out = ret ? port_out : started_out;
	return ret;
}

/* The old kernel has the FIFO on: no need to try what kind of port it is. */
static bool has_fifo(unsigned long iobase)
{
	u8 iir = inb(iobase + UART_IIR);

	return iir != 0xff && (iir & IIR_FIFO) == IIR_FIFO;
}

static int take_port(int line, unsigned long iobase, unsigned int isa_irq)
{
	/* The ISA bus: edge-triggered, active high, and never routed elsewhere. */
	const struct orthros_ioapic_pin pin = { .gsi = isa_irq };
	int irq = orthros_ioapic_map(&pin);
	struct uart_8250_port up = {
		.port = {
			.line = line,
			.iobase = iobase,
			/* Without an interrupt it is polled each jiffy. */
			.irq = max(irq, 0),
			.uartclk = BASE_BAUD * 16,
			.iotype = UPIO_PORT,
			.flags = UPF_BOOT_AUTOCONF | UPF_SKIP_TEST,
			.startup = start_port,
		},
	};
	struct uart_8250_port *port;
	int ret;

	if (has_fifo(iobase)) {
		up.port.type = PORT_16550A;
		up.port.flags |= UPF_FIXED_TYPE;
	}
	ret = serial8250_register_8250_port(&up);

	/*
	 * Polled each jiffy, a FIFO's worth would be 4 kB/s. An emulated port
	 * has sent what it is given at once, which this flag makes the driver
	 * look for.
	 */
	if (ret >= 0 && irq <= 0 && boot_cpu_has(X86_FEATURE_HYPERVISOR)) {
		port = serial8250_get_port(ret);
		port->capabilities |= UART_CAP_HFIFO;
		port->tx_loadsz = EMULATED_LOADSZ;
	}
	return ret;
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
	ret = take_port(0, 0x3f8, 4);
	if (ret < 0)
		return ret;
	ret = take_port(1, 0x2f8, 3);
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
		if (ret == -EBUSY) {
			/* While a driver is started no CPU may come or go. */
			orthros_wait_probes();
			ret = add_cpu(cpu);
		}
		if (ret) {
			pr_err("CPU %u cannot be adopted: %pe\n", cpu, ERR_PTR(ret));
			if (!err)
				err = ret;
		}
	}
	orthros_stamp(ORTHROS_TS_CPUS);
	return err;
}
