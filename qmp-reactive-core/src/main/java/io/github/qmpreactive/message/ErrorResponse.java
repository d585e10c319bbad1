package io.github.qmpreactive.message;

/**
 * The {@code error} member of a reply, as the server words it.
 *
 * @param errorClass the {@code class} member: {@code GenericError}, {@code CommandNotFound} and so on; the set
 *     may grow
 * @param description the {@code desc} member: meant for people, not to be parsed
 * @see <a href="https://www.qemu.org/docs/master/interop/qmp-spec.html">QMP specification, "Error"</a>
 */
public record ErrorResponse(String errorClass, String description) {}
