package io.github.qmpreactive.message;

/**
 * Where a descriptor is that QEMU has taken into an fd set, as {@code add-fd} returns it.
 *
 * @param fdsetId the id of the set
 * @param fd the number of the descriptor in QEMU's process
 */
public record FdSetInfo(long fdsetId, long fd) {

    /**
     * The name under which QEMU opens a descriptor of the set in place of a file.
     *
     * @return for example {@code /dev/fdset/0}
     */
    public String path() {
        return "/dev/fdset/" + fdsetId;
    }
}
