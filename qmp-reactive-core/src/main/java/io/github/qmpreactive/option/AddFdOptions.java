package io.github.qmpreactive.option;

import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/** Which fd set a descriptor is added to, and what QEMU remembers of it; immutable, every setter returns a new instance. */
public final class AddFdOptions {

    private static final AddFdOptions NEW_SET = new AddFdOptions(null, null);

    private final @Nullable Long fdset;
    private final @Nullable String opaque;

    private AddFdOptions(@Nullable Long fdset, @Nullable String opaque) {
        this.fdset = fdset;
        this.opaque = opaque;
    }

    /**
     * A new fd set, whose id QEMU chooses.
     *
     * @return the options
     */
    public static AddFdOptions newSet() {
        return NEW_SET;
    }

    /**
     * An fd set by its id. QEMU makes it if it does not exist.
     *
     * @param id the id, 0 at least
     * @return the options
     * @throws IllegalArgumentException if it is below 0
     */
    public static AddFdOptions toSet(long id) {
        if (id < 0) {
            throw new IllegalArgumentException("The id of an fd set is " + id + ", but has to be 0 at least");
        }
        return new AddFdOptions(id, null);
    }

    /**
     * Sets a text that QEMU keeps with the descriptor and shows in {@code query-fdsets}. Default: none.
     *
     * @param text the text
     * @return new options
     */
    public AddFdOptions opaque(String text) {
        return new AddFdOptions(fdset, Objects.requireNonNull(text, "text"));
    }

    /**
     * The fd set.
     *
     * @return its id; empty for a new one
     */
    public OptionalLong fdset() {
        return fdset == null ? OptionalLong.empty() : OptionalLong.of(fdset);
    }

    /**
     * The text that QEMU keeps.
     *
     * @return the text, if there is one
     */
    public Optional<String> opaque() {
        return Optional.ofNullable(opaque);
    }
}
