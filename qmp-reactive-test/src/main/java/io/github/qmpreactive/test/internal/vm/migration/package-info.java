/** How the guest of a machine moves to another one of the same process. No stream is sent, and no socket is made for it. */
@NullMarked
package io.github.qmpreactive.test.internal.vm.migration;

import org.jspecify.annotations.NullMarked;
