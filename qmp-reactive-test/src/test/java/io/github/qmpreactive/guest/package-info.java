/** Tests of what the guest agent does in a guest. */
@NullMarked
package io.github.qmpreactive.guest;

import org.jspecify.annotations.NullMarked;
