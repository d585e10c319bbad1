package io.github.qmpreactive.test;

import io.netty.buffer.ByteBuf;

/** Where what one client sends is noted down. */
final class Inbox {

    private final CommandLog commands;
    private final ByteLog bytes;
    private final CommandLog.Source source;

    Inbox(CommandLog commands, ByteLog bytes, int number) {
        this.commands = commands;
        this.bytes = bytes;
        this.source = commands.connection(number);
    }

    CommandLog log() {
        return commands;
    }

    CommandLog.Source source() {
        return source;
    }

    void add(ByteBuf more) {
        bytes.add(source, more);
        commands.count(source, more.readableBytes());
    }

    void add(ReceivedCommand command) {
        commands.add(source, command);
    }

    void end() {
        commands.end(source);
    }

    byte[] bytes() {
        return bytes.of(source);
    }
}
