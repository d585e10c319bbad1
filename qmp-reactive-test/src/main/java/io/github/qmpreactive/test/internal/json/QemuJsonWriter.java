package io.github.qmpreactive.test.internal.json;

import java.nio.charset.StandardCharsets;
import tools.jackson.core.PrettyPrinter;
import tools.jackson.core.util.DefaultPrettyPrinter;
import tools.jackson.core.util.Separators;
import tools.jackson.core.util.Separators.Spacing;
import tools.jackson.databind.JsonNode;

/** Writes messages as QEMU does: in ASCII alone, with a space behind each colon and comma, or over several lines. */
public final class QemuJsonWriter {

    private static final PrettyPrinter ONE_LINE = printer();

    private QemuJsonWriter() {}

    private static PrettyPrinter printer() {
        DefaultPrettyPrinter.Indenter none = new DefaultPrettyPrinter.NopIndenter();
        return new DefaultPrettyPrinter(Separators.createDefaultInstance()
                        .withObjectNameValueSpacing(Spacing.AFTER)
                        .withObjectEmptySeparator("")
                        .withArrayEmptySeparator("")
                        .withObjectEntrySpacing(Spacing.AFTER)
                        .withArrayElementSpacing(Spacing.AFTER))
                .withObjectIndenter(none)
                .withArrayIndenter(none);
    }

    /** A message as QEMU sends it, its CRLF included. */
    public static byte[] line(JsonNode message) {
        return (JsonText.write(message, ONE_LINE) + "\r\n").getBytes(StandardCharsets.ISO_8859_1);
    }

    /** A number as QEMU writes it: 1.0 is 1. */
    public static String number(JsonNode number) {
        return number.isIntegralNumber()
                ? number.asString()
                : number.decimalValue().stripTrailingZeros().toPlainString();
    }
}
