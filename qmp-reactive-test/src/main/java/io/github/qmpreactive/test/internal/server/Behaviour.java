package io.github.qmpreactive.test.internal.server;

import io.github.qmpreactive.test.internal.script.ScriptRun;
import io.github.qmpreactive.test.internal.stub.SchemaGuard;
import io.github.qmpreactive.test.internal.stub.Stubs;
import org.jspecify.annotations.Nullable;

/** How a running server answers: as it was told, by its stubs, by its script if there is one, and what its schema allows. */
record Behaviour(
        ServerOptions options, Stubs stubs, @Nullable ScriptRun script, SchemaGuard guard) {

    static Behaviour of(ServerOptions options) {
        ScriptRun run = options.script == null ? null : new ScriptRun(options.script, options::timer);
        return new Behaviour(options, new Stubs(options.stubs), run, new SchemaGuard(options.schema));
    }
}
