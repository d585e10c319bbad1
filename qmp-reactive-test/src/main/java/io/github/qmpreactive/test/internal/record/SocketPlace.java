package io.github.qmpreactive.test.internal.record;

import io.github.qmpreactive.test.internal.net.SocketFolder;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** A temporary folder for one socket, or none. */
public final class SocketPlace {

    /** For what listens on no UNIX socket. */
    public static final SocketPlace NONE = new SocketPlace(null);

    private final @Nullable SocketFolder folder;

    private SocketPlace(@Nullable SocketFolder folder) {
        this.folder = folder;
    }

    /** Creates the folder. */
    public static SocketPlace create() {
        return new SocketPlace(SocketFolder.create());
    }

    /** The path of the socket, which is not there yet. */
    public Path socket() {
        if (folder == null) {
            throw new IllegalStateException("There is no socket here");
        }
        return folder.socket();
    }

    /** Removes the folder, as far as that can be done. */
    public void delete() {
        if (folder != null) {
            folder.delete();
        }
    }
}
