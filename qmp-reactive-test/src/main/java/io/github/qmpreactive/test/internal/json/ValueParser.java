package io.github.qmpreactive.test.internal.json;

import java.util.Objects;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.core.TokenStreamLocation;
import tools.jackson.core.async.ByteArrayFeeder;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.core.json.JsonReadFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.util.TokenBuffer;

/** Parses one value piece by piece: as QEMU does, with either quotes, no member twice, and no deeper than 1,024. */
final class ValueParser {

    private static final int MAX_DEPTH = 1024;

    private static final JsonMapper MAPPER = JsonMapper.builder(JsonFactory.builder()
                    .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                    .enable(JsonReadFeature.ALLOW_SINGLE_QUOTES)
                    .streamReadConstraints(StreamReadConstraints.builder()
                            .maxNestingDepth(MAX_DEPTH)
                            .maxStringLength(Integer.MAX_VALUE)
                            .maxNameLength(Integer.MAX_VALUE)
                            .build())
                    .build())
            .build();

    private final JsonParser parser = MAPPER.createNonBlockingByteArrayParser();
    private final ByteArrayFeeder feeder = (ByteArrayFeeder) parser.nonBlockingInputFeeder();
    private final TokenBuffer tokens = TokenBuffer.forGeneration();
    private final int line;
    private final int column;

    /** The value begins at a line and a column of the stream. */
    ValueParser(int line, int column) {
        this.line = line;
        this.column = column;
    }

    /** What is wrong, and at which place in the stream. */
    record Problem(String description, int line, int column) {}

    /**
     * Takes the next bytes of the value.
     *
     * @return what is wrong with them; null if nothing is
     */
    @Nullable
    Problem feed(byte[] bytes, int from, int to) {
        try {
            feeder.feedInput(bytes, from, to);
            while (parser.nextToken() != JsonToken.NOT_AVAILABLE) {
                tokens.copyCurrentEvent(parser);
            }
            return null;
        } catch (JacksonException e) {
            // Not every error has a place, and none knows where the value begins.
            TokenStreamLocation at = Objects.requireNonNullElse(e.getLocation(), parser.currentLocation());
            return new Problem(
                    e.getOriginalMessage().replaceFirst(" \\(for .*", ""),
                    line + at.getLineNr() - 1,
                    at.getLineNr() == 1 ? column + at.getColumnNr() - 1 : at.getColumnNr());
        }
    }

    /** The value, whose last byte has come. */
    JsonNode value() {
        return MAPPER.readTree(tokens);
    }
}
