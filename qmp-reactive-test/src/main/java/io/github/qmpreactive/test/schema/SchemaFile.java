package io.github.qmpreactive.test.schema;

import io.github.qmpreactive.test.internal.json.JsonText;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.zip.GZIPInputStream;
import java.util.zip.ZipException;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;

/** A file with JSON text in it, compressed or not. */
final class SchemaFile {

    private SchemaFile() {}

    static JsonNode parse(byte[] content) {
        boolean isCompressed = content.length > 1 && content[0] == (byte) 0x1F && content[1] == (byte) 0x8B;
        try {
            return JsonText.read(new String(isCompressed ? decompress(content) : content, StandardCharsets.UTF_8));
        } catch (IllegalArgumentException e) {
            // Without the text, which is long.
            throw e.getCause() instanceof JacksonException syntax
                    ? new IllegalArgumentException("Not JSON: " + syntax.getMessage(), syntax)
                    : e;
        }
    }

    private static byte[] decompress(byte[] content) {
        try (InputStream in = new GZIPInputStream(new ByteArrayInputStream(content))) {
            return in.readAllBytes();
        } catch (ZipException e) {
            throw new IllegalArgumentException("Not gzip, though it begins like it (" + e.getMessage() + ")", e);
        } catch (IOException e) {
            throw new IllegalArgumentException("Cut off: the gzip stream has no end", e);
        }
    }
}
