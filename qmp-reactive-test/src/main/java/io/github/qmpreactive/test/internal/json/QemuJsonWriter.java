package io.github.qmpreactive.test.internal.json;

import java.nio.charset.StandardCharsets;
import tools.jackson.core.PrettyPrinter;
import tools.jackson.core.util.DefaultIndenter;
import tools.jackson.core.util.DefaultPrettyPrinter;
import tools.jackson.core.util.Separators;
import tools.jackson.core.util.Separators.Spacing;
import tools.jackson.databind.JsonNode;

/** Writes messages as QEMU does: in ASCII alone, with a space behind each colon and comma, or over several lines. */
public final class QemuJsonWriter {

    private static final Separators BETWEEN_LINES = Separators.createDefaultInstance()
            .withObjectNameValueSpacing(Spacing.AFTER)
            .withObjectEmptySeparator("")
            .withArrayEmptySeparator("");
    private static final PrettyPrinter PRETTY = printer(BETWEEN_LINES, new DefaultIndenter("    ", "\r\n"));
    private static final PrettyPrinter ONE_LINE = printer(
            BETWEEN_LINES.withObjectEntrySpacing(Spacing.AFTER).withArrayElementSpacing(Spacing.AFTER),
            new DefaultPrettyPrinter.NopIndenter());

    private QemuJsonWriter() {}

    private static PrettyPrinter printer(Separators separators, DefaultPrettyPrinter.Indenter indenter) {
        return new DefaultPrettyPrinter(separators).withObjectIndenter(indenter).withArrayIndenter(indenter);
    }

    /**
     * A message as QEMU sends it, its CRLF included.
     *
     * @param pretty whether over several lines, as a monitor with {@code pretty=on} does
     */
    public static byte[] line(JsonNode message, boolean pretty) {
        String text = JsonText.write(message, pretty ? PRETTY : ONE_LINE) + "\r\n";
        return text.getBytes(StandardCharsets.ISO_8859_1);
    }

    /** A number as QEMU writes it: 1.0 is 1. */
    public static String number(JsonNode number) {
        return number.isIntegralNumber()
                ? number.asString()
                : number.decimalValue().stripTrailingZeros().toPlainString();
    }
}
