/**
 * Beyond one host: a service beside the QEMUs of each host writes what they report to a Redis stream, consumers anywhere read it.
 * Each may be killed at any moment.
 */
@NullMarked
package io.github.qmpreactive.redis;

import org.jspecify.annotations.NullMarked;
