/**
 * Conversations with a real QEMU that are recorded once, and replayed where there is none.
 *
 * <ul>
 *   <li>{@link io.github.qmpreactive.test.record.QmpRecorder}: stands between any client and QEMU, and writes what goes by
 *       to a file;
 *   <li>{@link io.github.qmpreactive.test.QmpReplay}: a server that does once more what QEMU did;
 *   <li>{@link io.github.qmpreactive.test.record.RecordOrReplay}: the one or the other, for tests that work with both.
 * </ul>
 *
 * <p>A recording is a text file, a JSON object on each line:
 *
 * <pre>{@code
 * {"format":"qmp-recording","version":1,"recorded":"2026-01-31T12:00:00Z","secrets":"***"}
 * {"time":0.021544,"connection":0,"direction":"server","message":{"QMP":{...}}}
 * {"time":0.035211,"connection":0,"direction":"client","message":{"execute":"qmp_capabilities","id":"#0"}}
 * {"time":0.201877,"connection":0,"direction":"client","message":{...},"hidden":["/arguments/password"]}
 * {"time":0.310004,"connection":0,"direction":"client","end":"closed"}
 * {"time":0.311690,"complete":true}
 * }</pre>
 *
 * <p>Times are seconds since the recording began, connections are counted from 0. The values of passwords and other
 * secrets are not in the file: {@code ***} stands in their place, and {@code hidden} says where.
 */
@NullMarked
package io.github.qmpreactive.test.record;

import org.jspecify.annotations.NullMarked;
