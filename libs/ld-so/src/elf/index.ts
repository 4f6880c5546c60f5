/** ELF formats, pure: no machine, no host. */
export {}
