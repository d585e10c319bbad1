/** What a session does, shown over real sockets: at the fake server, and at real QEMU. */
@NullMarked
package io.github.qmpreactive.session;

import org.jspecify.annotations.NullMarked;
