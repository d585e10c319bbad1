package io.github.qmpreactive.guest;

/** How a file of the guest is read or written; immutable, every setter returns a new instance. */
public final class GuestFileOptions {

    private static final int LARGEST_CHUNK = 16 * 1024 * 1024;

    private static final GuestFileOptions DEFAULTS = new GuestFileOptions(192 * 1024, false);

    private final int chunk;
    private final boolean append;

    private GuestFileOptions(int chunk, boolean append) {
        this.chunk = chunk;
        this.append = append;
    }

    /**
     * The defaults.
     *
     * @return the options
     */
    public static GuestFileOptions defaults() {
        return DEFAULTS;
    }

    /**
     * Sets how many bytes one command reads or writes at most. Other commands of the session wait while one is transferred:
     * about a quarter of a second for the default in an emulated machine. Default: 196608 (192 KiB).
     *
     * @param bytes 1 to 16777216 (16 MiB)
     * @return new options
     * @throws IllegalArgumentException if it is less or more
     */
    public GuestFileOptions chunk(int bytes) {
        if (bytes < 1 || bytes > LARGEST_CHUNK) {
            throw new IllegalArgumentException("chunk is " + bytes + ", but has to be 1 to " + LARGEST_CHUNK);
        }
        return new GuestFileOptions(bytes, append);
    }

    /**
     * Writes behind what the file has. Default: a file that exists is emptied first. Reading ignores it.
     *
     * @return new options
     */
    public GuestFileOptions append() {
        return new GuestFileOptions(chunk, true);
    }

    /**
     * How many bytes one command reads or writes at most.
     *
     * @return the number
     */
    public int chunk() {
        return chunk;
    }

    /**
     * Whether it is written behind what the file has.
     *
     * @return true if it is
     */
    public boolean isAppending() {
        return append;
    }
}
