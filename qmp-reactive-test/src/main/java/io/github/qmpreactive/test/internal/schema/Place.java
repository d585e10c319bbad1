package io.github.qmpreactive.test.internal.schema;

import org.jspecify.annotations.Nullable;

/**
 * Where a value is: nowhere in particular, a member of an object, or an element of a list.
 *
 * @param parent where the object or the list is; null at the top
 * @param name the member's name; null for the top and for an element
 * @param index the element's index
 */
public record Place(@Nullable Place parent, @Nullable String name, int index) {

    /** The top. */
    public static final Place TOP = new Place(null, null, 0);

    Place member(String member) {
        return new Place(this, member, 0);
    }

    Place element(int element) {
        return new Place(this, null, element);
    }

    /** The last part alone; QEMU prints an element's as the C library prints a null pointer. */
    String lastName() {
        return name == null ? "null" : name;
    }

    /** The whole path, as QEMU words it: {@code actions[0].data.x}; empty at the top. */
    @Override
    public String toString() {
        StringBuilder path = new StringBuilder();
        append(path);
        return path.toString();
    }

    private void append(StringBuilder path) {
        if (parent == null) {
            return;
        }
        parent.append(path);
        if (name == null) {
            path.append('[').append(index).append(']');
        } else {
            path.append(path.isEmpty() ? "" : ".").append(name);
        }
    }
}
