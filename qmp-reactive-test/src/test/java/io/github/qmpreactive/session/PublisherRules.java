package io.github.qmpreactive.session;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.util.Arrays;
import java.util.Comparator;
import java.util.Objects;
import java.util.function.LongFunction;
import java.util.function.Supplier;
import org.junit.jupiter.api.Assertions;
import org.reactivestreams.Publisher;
import org.reactivestreams.Subscriber;
import org.reactivestreams.Subscription;
import org.reactivestreams.tck.PublisherVerification;
import org.reactivestreams.tck.TestEnvironment;
import org.testng.SkipException;
import org.testng.annotations.Test;
import reactor.core.CoreSubscriber;

/** The test kit of Reactive Streams for one publisher. */
final class PublisherRules extends PublisherVerification<Object> {

    /** What must not come is waited for no longer than this; what has to come, as long as it takes. */
    private static final long SILENCE_MILLIS = 20;

    /** Reactor's own subscribers get no error for a request of zero or less: it is ignored, see below. */
    private static final String OF_BAD_REQUESTS = "spec309";

    /** Optional: the publishers of these tests have what they emit for one subscriber. */
    private static final String OF_SEVERAL_SUBSCRIBERS = "spec111";

    private static final String OF_GARBAGE = "spec313_cancelMustMakeThePublisherEventuallyDrop";
    private static final int COLLECTIONS = 20;

    /** Some of them need more than one element. */
    private static final int FEWEST = 10;

    private final TestEnvironment environment;
    private final long maxElements;
    private final LongFunction<? extends Publisher<?>> succeeding;
    private final Supplier<? extends Publisher<?>> failing;
    private final boolean direct;
    private int checked;

    /**
     * The rules.
     *
     * @param maxElements the most that the publisher emits
     * @param succeeding emits so many, then completes
     * @param failing emits an error
     * @param direct whether the subscribers are Reactor's, with nothing between them and the publisher; else they are
     *     those of any library, which Reactor puts one of its own in front of
     */
    PublisherRules(
            long maxElements,
            LongFunction<? extends Publisher<?>> succeeding,
            Supplier<? extends Publisher<?>> failing,
            boolean direct) {
        this(
                new TestEnvironment(Clients.PATIENCE.toMillis(), SILENCE_MILLIS, SILENCE_MILLIS),
                maxElements,
                succeeding,
                failing,
                direct);
    }

    private PublisherRules(
            TestEnvironment environment,
            long maxElements,
            LongFunction<? extends Publisher<?>> succeeding,
            Supplier<? extends Publisher<?>> failing,
            boolean direct) {
        super(environment, SILENCE_MILLIS);
        this.environment = environment;
        this.maxElements = maxElements;
        this.succeeding = succeeding;
        this.failing = failing;
        this.direct = direct;
    }

    /** Checks every rule that says something of a publisher; those that need more elements than there are do not. */
    void checkAll() {
        if (direct) {
            checkBadRequests();
        }
        Assertions.assertAll(Arrays.stream(PublisherVerification.class.getMethods())
                .filter(rule -> rule.isAnnotationPresent(Test.class))
                .filter(rule -> !rule.getName().contains(OF_SEVERAL_SUBSCRIBERS))
                .filter(rule -> !direct || !rule.getName().contains(OF_BAD_REQUESTS))
                .sorted(Comparator.comparing(Method::getName))
                .map(rule -> () -> check(rule)));
        Assertions.assertTrue(checked >= FEWEST, () -> "only " + checked + " rules were checked");
    }

    /** Requests of zero and less neither add to the demand nor take from it. */
    private void checkBadRequests() {
        try {
            TestEnvironment.ManualSubscriber<Object> subscriber =
                    environment.newManualSubscriber(createPublisher(Math.min(2, maxElements)));
            subscriber.request(0);
            subscriber.request(-1);
            subscriber.expectNone(SILENCE_MILLIS, "signalled after a request of zero, or less: ");
            subscriber.requestNextElement();
            if (maxElements > 1) {
                subscriber.expectNone(SILENCE_MILLIS, "signalled more than was requested: ");
            }
            subscriber.cancel();
            environment.verifyNoAsyncErrorsNoDelay();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    private void check(Method rule) throws ReflectiveOperationException {
        int attempts = rule.getName().contains(OF_GARBAGE) ? COLLECTIONS : 1;
        for (int attempt = 1; ; attempt++) {
            try {
                checkOnce(rule);
                return;
            } catch (AssertionError e) {
                // The kit gives the garbage collector a tenth of a second, which a busy machine may not have.
                if (attempt == attempts) {
                    throw e;
                }
            }
        }
    }

    private void checkOnce(Method rule) throws ReflectiveOperationException {
        try {
            setUp();
        } catch (Exception e) {
            throw new AssertionError(e);
        }
        try {
            rule.invoke(this);
            checked++;
        } catch (InvocationTargetException e) {
            if (!(e.getCause() instanceof SkipException)) {
                throw new AssertionError(rule.getName(), e.getCause());
            }
        }
    }

    @Override
    public Publisher<Object> createPublisher(long elements) {
        return adapted(succeeding.apply(elements));
    }

    @Override
    public Publisher<Object> createFailedPublisher() {
        return adapted(failing.get());
    }

    @Override
    public long maxElementsFromPublisher() {
        return maxElements;
    }

    @Override
    public long boundedDepthOfOnNextAndRequestRecursion() {
        return 1;
    }

    @SuppressWarnings("unchecked")
    private Publisher<Object> adapted(Publisher<?> publisher) {
        return direct
                ? subscriber -> publisher.subscribe(new Direct(Objects.requireNonNull(subscriber)))
                : (Publisher<Object>) publisher;
    }

    /** Hands everything on as it is. */
    private record Direct(Subscriber<? super Object> actual) implements CoreSubscriber<Object> {

        @Override
        public void onSubscribe(Subscription subscription) {
            actual.onSubscribe(subscription);
        }

        @Override
        public void onNext(Object value) {
            actual.onNext(value);
        }

        @Override
        public void onError(Throwable error) {
            actual.onError(error);
        }

        @Override
        public void onComplete() {
            actual.onComplete();
        }
    }
}
