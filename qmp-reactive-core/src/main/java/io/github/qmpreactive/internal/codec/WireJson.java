package io.github.qmpreactive.internal.codec;

import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.core.util.JsonRecyclerPools;
import tools.jackson.databind.json.JsonMapper;

/** How messages are read, and QEMU's limits. Users' own mappers never touch a message as such. */
final class WireJson {

    /** QEMU's parser refuses deeper nesting (JSON_MAX_NESTING in its json-streamer.c). */
    static final int MAX_DEPTH = 1024;

    /** QEMU's parser refuses messages of 64 MiB and more, white space not counted (MAX_TOKEN_SIZE, same file). */
    static final int MAX_COMMAND_BYTES = 64 * 1024 * 1024 - 1;

    /** QEMU's parser refuses more tokens in a message (MAX_TOKEN_COUNT, same file). */
    static final int MAX_TOKENS = 2 * 1024 * 1024;

    /** The size of a message is limited by the framer; Jackson's own limits must not be narrower. */
    static final JsonMapper MAPPER = JsonMapper.builder(JsonFactory.builder()
                    .streamReadConstraints(StreamReadConstraints.builder()
                            .maxNestingDepth(4 * MAX_DEPTH)
                            .maxStringLength(Integer.MAX_VALUE)
                            .maxNameLength(Integer.MAX_VALUE)
                            .maxNumberLength(10_000)
                            .build())
                    // Nearly all of it is read on event loops, which are few and live long.
                    .recyclerPool(JsonRecyclerPools.threadLocalPool())
                    .build())
            .nodeFactory(new PrintableNodes())
            .build();

    private WireJson() {}
}
