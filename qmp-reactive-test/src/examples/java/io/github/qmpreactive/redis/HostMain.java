package io.github.qmpreactive.redis;

import io.github.qmpreactive.QmpClient;
import io.github.qmpreactive.fleet.QmpFleet;
import java.time.Duration;
import java.util.List;

/** The service of a host. It holds nothing that a kill could damage, and needs no orderly end. */
public final class HostMain {

    private static final String USAGE = """
            Writes what the machines of a host report to a Redis stream.

              STREAM HOST SECONDS NAME=ADDRESS...

              STREAM   the key of the stream
              HOST     the name of this host
              SECONDS  how often the machines are asked for their status
              NAME     of a machine
              ADDRESS  of its monitor: unix:/run/vm.sock, tcp:127.0.0.1:4444

            The environment variable REDIS_URI has the address of Redis.""";

    /** How long a monitor may be silent: a QEMU that hangs is told as a link that is down. */
    private static final Duration SILENCE = Duration.ofSeconds(30);

    private HostMain() {}

    /**
     * Runs until it is killed.
     *
     * @param args see {@code USAGE}
     */
    public static void main(String[] args) {
        try {
            HostService service = service(List.of(args));
            System.out.println("Started");
            service.publish().block();
        } catch (IllegalArgumentException e) {
            Usage.fail(String.valueOf(e.getMessage()), USAGE);
        }
    }

    private static HostService service(List<String> args) {
        if (args.size() < 4) {
            throw new IllegalArgumentException("4 arguments at least, not " + args.size());
        }
        QmpFleet fleet = QmpFleet.create();
        for (String machine : args.subList(3, args.size())) {
            int equals = machine.indexOf('=');
            if (equals < 1) {
                throw new IllegalArgumentException(machine + " is not NAME=ADDRESS");
            }
            QmpClient client = QmpClient.create().address(machine.substring(equals + 1));
            fleet.add(machine.substring(0, equals), client.probe(SILENCE));
        }
        Duration every = Duration.ofSeconds(Usage.seconds("SECONDS", args.get(2)));
        Redis redis = new Redis(Usage.redisUri(), System.err::println);
        return new HostService(args.get(1), fleet, every, redis, args.get(0));
    }
}
