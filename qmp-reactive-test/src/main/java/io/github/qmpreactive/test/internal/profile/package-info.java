/** The files of profiles: those that come with the kit, and those in a folder. */
@NullMarked
package io.github.qmpreactive.test.internal.profile;

import org.jspecify.annotations.NullMarked;
