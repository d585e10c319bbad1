package io.github.qmpreactive.declare;

/** What one check may cost. A schema may be made so that each level is tried anew for each type that fits above it. */
final class CheckBudget {

    /** Types and members that are looked at. Of QEMU 11.1 these are some hundreds for a command. */
    private static final int MOST_WORK = 2_000_000;

    /** Types within each other. */
    private static final int DEEPEST = 200;

    private int work;
    private int depth;

    void spend(int amount) {
        work += amount;
        if (work > MOST_WORK) {
            throw tooLarge();
        }
    }

    void descend() {
        spend(1);
        depth++;
        if (depth > DEEPEST) {
            throw tooLarge();
        }
    }

    void ascend() {
        depth--;
    }

    private static IllegalArgumentException tooLarge() {
        return new IllegalArgumentException("The schema is too large or too deep to be checked: no QEMU has so much");
    }
}
