package io.github.qmpreactive.test.internal.server;

import io.github.qmpreactive.message.ErrorResponse;
import io.github.qmpreactive.message.QemuVersion;
import io.github.qmpreactive.test.internal.check.Copied;
import io.github.qmpreactive.test.internal.json.QemuJsonWriter;
import io.github.qmpreactive.test.internal.protocol.Command;
import io.github.qmpreactive.test.internal.script.ScriptStep;
import io.github.qmpreactive.test.internal.stub.Stub;
import io.github.qmpreactive.test.internal.stub.StubCheck;
import io.github.qmpreactive.test.internal.stub.Stubs;
import io.github.qmpreactive.test.profile.QemuProfile;
import io.github.qmpreactive.test.schema.SchemaCheck;
import io.netty.handler.ssl.SslContext;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** What a fake was told before it was started. Never changed after it was handed on. */
public final class ServerOptions extends Copied<ServerOptions> {

    private static final Set<String> QEMUS = Set.of("oob");

    public QemuProfile profile = QemuProfile.newest();
    public Set<String> capabilities = QEMUS;

    @Nullable
    public String greeting;

    public boolean greets = true;
    public boolean negotiates = true;
    public boolean servesAll;
    public int pieceSize = Integer.MAX_VALUE;
    public long resetAfter = Long.MAX_VALUE;
    public int port;

    @Nullable
    public Path path;

    @Nullable
    public Scheduler scheduler;

    @Nullable
    public SchemaCheck schema;

    @Nullable
    public SslContext tls;

    @Nullable
    public Duration reconnect;

    public boolean otherClient;
    public boolean limitsEvents;

    @Nullable
    public List<ScriptStep> script;

    public List<Stub> stubs = List.of();

    public ServerOptions with(Stub stub) {
        new StubCheck(schema).require(stub);
        return changed(options -> options.stubs = Stubs.with(stub, stubs));
    }

    public ServerOptions with(List<ScriptStep> steps) {
        StubCheck check = new StubCheck(schema);
        steps.forEach(step -> step.require(check));
        return changed(options -> options.script = steps);
    }

    /** A copy with a schema, which all that was stubbed so far has to fit. */
    public ServerOptions with(SchemaCheck checkedBy) {
        StubCheck check = new StubCheck(checkedBy);
        stubs.forEach(check::require);
        if (script != null) {
            script.forEach(step -> step.require(check));
        }
        return changed(options -> options.schema = checkedBy);
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
        return QemuJsonWriter.line(message);
    }

    /** What the QEMU of the profile refuses; null if nothing, or if the server offers what no QEMU does. */
    @Nullable
    ErrorResponse refusalOfCapabilities(Command command) {
        return capabilities.equals(QEMUS)
                ? profile.schemaCheck()
                        .refusalOf(command.name(), command.arguments(), command.isOob())
                        .orElse(null)
                : null;
    }
}
