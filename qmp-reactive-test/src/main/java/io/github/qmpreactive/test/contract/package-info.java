/**
 * What a QMP session does, at any server: {@link
 * io.github.qmpreactive.test.contract.QmpSessionContract}, to be run against a server, a proxy or a transport of one's own.
 *
 * <p>Needs JUnit 5 or 6, which is the user's own.
 */
@NullMarked
package io.github.qmpreactive.test.contract;

import org.jspecify.annotations.NullMarked;
