package io.github.qmpreactive.redis;

import io.lettuce.core.RedisURI;
import java.time.Duration;
import java.util.List;
import reactor.core.scheduler.Schedulers;

/** A member of a consumer group, which prints what it has handled. */
public final class ConsumerMain {

    private static final String USAGE = """
            Counts what the machines of all hosts report, from a Redis stream.

              STREAM GROUP NAME SECONDS

              STREAM   the key of the stream
              GROUP    the consumer group
              NAME     of this member, the same after a restart
              SECONDS  when it takes over what another member has left: longer than handling takes

            The environment variable REDIS_URI has the address of Redis.""";

    private ConsumerMain() {}

    /**
     * Runs until it is killed.
     *
     * @param args see {@code USAGE}
     */
    public static void main(String[] args) {
        try {
            EventConsumer consumer = consumer(List.of(args));
            System.out.println("Started");
            consumer.deliveries()
                    .publishOn(Schedulers.boundedElastic()) // Printing blocks.
                    .doOnNext(ConsumerMain::print)
                    .blockLast();
        } catch (IllegalArgumentException e) {
            Usage.fail(String.valueOf(e.getMessage()), USAGE);
        }
    }

    private static EventConsumer consumer(List<String> args) {
        if (args.size() != 4) {
            throw new IllegalArgumentException("4 arguments, not " + args.size());
        }
        Duration claimAfter = Duration.ofSeconds(Usage.seconds("SECONDS", args.get(3)));
        RedisURI uri = Usage.redisUri();
        if (uri.getTimeout().compareTo(EventConsumer.BLOCK.multipliedBy(2)) < 0) {
            throw new IllegalArgumentException("The timeout in REDIS_URI is "
                    + uri.getTimeout().toMillis() + " ms; reading waits for a second, so let it be 2 s at least");
        }
        Redis redis = new Redis(uri, System.err::println);
        return new EventConsumer(redis, args.get(0), args.get(1), args.get(2), claimAfter);
    }

    private static void print(EventConsumer.Delivery delivery) {
        Report report = delivery.entry().report();
        System.out.println(String.join(
                " ",
                delivery.duplicate() ? "Duplicate" : "Handled",
                delivery.entry().id(),
                report.machine(),
                report.kind(),
                report.name(),
                report.data()));
    }
}
