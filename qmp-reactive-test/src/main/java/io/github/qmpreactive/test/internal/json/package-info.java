/** JSON as QEMU reads and writes it: its lexer, its parser's error texts, its order of members. */
@NullMarked
package io.github.qmpreactive.test.internal.json;

import org.jspecify.annotations.NullMarked;
