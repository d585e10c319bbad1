package io.github.qmpreactive.test;

import io.github.qmpreactive.message.QemuVersion;
import io.github.qmpreactive.test.internal.json.QemuJsonWriter;
import io.github.qmpreactive.test.profile.QemuProfile;
import io.github.qmpreactive.test.schema.QmpSchema;
import io.netty.handler.ssl.SslContext;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** What a fake was told before it was started. Never changed after it was handed on. */
final class ServerOptions implements Cloneable {

    QemuProfile profile = QemuProfile.newest();
    Set<String> capabilities = Set.of("oob");

    @Nullable
    String greeting;

    boolean greets = true;
    boolean negotiates = true;
    boolean answers = true;
    boolean servesAll;
    boolean pretty;
    int pieceSize = Integer.MAX_VALUE;
    long resetAfter = Long.MAX_VALUE;
    int port;

    @Nullable
    Path path;

    @Nullable
    Scheduler scheduler;

    @Nullable
    QmpSchema schema;

    @Nullable
    SslContext tls;

    @Nullable
    Duration reconnect;

    boolean otherClient;
    boolean limitsEvents;

    @Nullable
    QmpScript script;

    List<Stub> stubs = List.of();

    ServerOptions changed(Consumer<ServerOptions> change) {
        ServerOptions copy = clone();
        change.accept(copy);
        return copy;
    }

    @Override
    protected ServerOptions clone() {
        try {
            return (ServerOptions) super.clone();
        } catch (CloneNotSupportedException e) {
            throw new AssertionError(e);
        }
    }

    void greet(String text) {
        greeting = text;
        greets = true;
    }

    void offer(String... names) {
        capabilities = new LinkedHashSet<>(List.of(names));
    }

    void add(Stub stub) {
        List<Stub> longer = new ArrayList<>(stubs);
        longer.add(0, stub);
        stubs = List.copyOf(longer);
    }

    /** Netty would say of the wrong context only that some handshake has failed. */
    void checkTls(boolean listens) {
        if (tls != null && tls.isServer() != listens) {
            throw new IllegalStateException(
                    listens
                            ? "secure() was given a client's context, which can connect but not listen"
                            : "secure() was given a server's context, which can listen but not connect");
        }
    }

    /** Looked up late, so that the virtual time of the test that is running counts. */
    Scheduler timer() {
        return scheduler == null ? Schedulers.parallel() : scheduler;
    }

    byte[] greetingBytes() {
        if (greeting != null) {
            return greeting.getBytes(StandardCharsets.UTF_8);
        }
        QemuVersion version = profile.version();
        ObjectNode message = JsonNodeFactory.instance.objectNode();
        ObjectNode qmp = message.putObject("QMP");
        ObjectNode told = qmp.putObject("version");
        ObjectNode numbers = told.putObject("qemu");
        numbers.put("micro", version.micro()).put("minor", version.minor()).put("major", version.major());
        told.put("package", version.packageName());
        ArrayNode offered = qmp.putArray("capabilities");
        capabilities.forEach(offered::add);
        return QemuJsonWriter.line(message, pretty);
    }
}
