package io.github.qmpreactive.option;

/** How a file is opened whose descriptor is to be passed. It is never created and never truncated. */
public enum FdAccess {
    /** For reading. QEMU can use it for a read-only block device, not for others. */
    READ_ONLY,
    /** For reading and writing. */
    READ_WRITE,
    /** For writing. QEMU can use it for what it writes as a whole: {@code screendump}, {@code pmemsave}. */
    WRITE_ONLY
}
