/**
 * What a version of QEMU is like, so that a fake can stand for it.
 *
 * <ul>
 *   <li>{@link io.github.qmpreactive.test.profile.QemuProfile}: the profile of a version: its schemas, device drivers and
 *       traits;
 *   <li>{@link io.github.qmpreactive.test.profile.QemuTraits}: what changed between versions, beside the schema;
 *   <li>{@link io.github.qmpreactive.test.profile.DeviceDriver}: a device model that {@code device_add} takes.
 * </ul>
 */
@NullMarked
package io.github.qmpreactive.test.profile;

import org.jspecify.annotations.NullMarked;
