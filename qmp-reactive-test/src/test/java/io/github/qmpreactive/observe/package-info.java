/** What observers receive of sessions and commands at the fake server, and what Micrometer makes of it. */
@NullMarked
package io.github.qmpreactive.observe;

import org.jspecify.annotations.NullMarked;
