/**
 * What a QEMU has, as it describes itself with {@code query-qmp-schema}: {@link io.github.qmpreactive.schema.QmpSchema}
 * answers which commands, events, arguments and values there are. Knows neither sessions nor clients; {@code
 * QmpSession.schema()} asks the QEMU of a session.
 */
@NullMarked
package io.github.qmpreactive.schema;

import org.jspecify.annotations.NullMarked;
