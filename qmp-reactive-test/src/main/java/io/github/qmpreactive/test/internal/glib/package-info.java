/** What comes out of QEMU in the order of one of GLib's tables. */
@NullMarked
package io.github.qmpreactive.test.internal.glib;

import org.jspecify.annotations.NullMarked;
