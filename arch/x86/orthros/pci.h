/* SPDX-License-Identifier: GPL-2.0 */
/* PCI devices that change hands: pci.c, pci_tell.c, pci_shadow.c. */
#ifndef _X86_ORTHROS_PCI_H
#define _X86_ORTHROS_PCI_H

#include <linux/orthros/abi/pci.h>

/* The description of all functions, in the reserved head of the slot. */
#define ORTHROS_RES_PCI		0xe0000
#define ORTHROS_RES_PCI_SIZE	0x40000
#define ORTHROS_PCI_MAX							\
	((ORTHROS_RES_PCI_SIZE - sizeof(struct orthros_pci)) /		\
	 sizeof(struct orthros_pci_fn))

struct pci_dev;

/* pci_tell.c */
void orthros_pci_users(struct pci_dev *dev, struct orthros_pci_fn *fn);

/* pci_shadow.c */
extern const struct pci_raw_ops orthros_pci_shadow;
const struct orthros_pci *orthros_pci_copy(void);
struct orthros_pci_fn *orthros_pci_fn(u16 domain, u8 bus, u8 devfn);

#endif /* _X86_ORTHROS_PCI_H */
