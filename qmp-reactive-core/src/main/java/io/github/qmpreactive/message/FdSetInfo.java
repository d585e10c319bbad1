package io.github.qmpreactive.message;

/**
 * The place of a descriptor in one of QEMU's fd sets, as {@code add-fd} returns it.
 *
 * <p>QEMU keeps the set until {@code remove-fd}. QEMU 5.2 and 7.2 also drop a set when the last client of all their
 * monitors disconnects while the guest runs, unless something in QEMU has opened the descriptor by then, such as a
 * block device with {@link #path()} as its file name. So use the set in the session that passed the descriptor, or open
 * the next session before that session ends.
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
