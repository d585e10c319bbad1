package io.github.qmpreactive.test.junit;

/** Runs a test class in a JVM of its own, and tells what became of it. */
final class RunsTests {

    private RunsTests() {}

    public static void main(String[] args) throws ClassNotFoundException {
        TestRun run = TestRun.of(Class.forName(args[0]));
        System.out.println("passed " + run.passedTests() + ", failed " + run.failedTests());
        run.skips().forEach(reason -> System.out.println("skipped: " + reason));
        run.failures().forEach(failure -> System.out.println("failure: " + failure));
    }
}
