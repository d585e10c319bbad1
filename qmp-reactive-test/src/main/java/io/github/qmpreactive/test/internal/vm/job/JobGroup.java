package io.github.qmpreactive.test.internal.vm.job;

import java.util.List;

/**
 * Jobs that end together, as those of a {@code grouped} transaction; most are alone. Lives on the fakes' event loop.
 *
 * @param members the newest first
 * @param abortsAtOnce whether all that run are aborted before the first is concluded, as since QEMU 10; before that each is
 *     concluded in turn
 */
record JobGroup(List<Job> members, boolean abortsAtOnce) {

    /** One has come to its end: if it is the last, all become pending, and go on unless one waits to be finalized. */
    void finish() {
        if (members.stream().allMatch(job -> job.state().is("waiting"))) {
            members.forEach(Job::becomePending);
            if (members.stream().allMatch(job -> job.state().finalizesItself())) {
                conclude();
            }
        }
    }

    void conclude() {
        members.forEach(Job::conclude);
    }

    /** One was given up: all are. */
    void abort() {
        if (abortsAtOnce) {
            members.stream().filter(job -> job.state().isActive()).forEach(job -> job.giveUp(Job.CANCELLED));
        }
        for (Job job : members) {
            if (!job.state().isEnded()) {
                job.giveUp(Job.CANCELLED);
            }
            if (job.state().is("aborting")) {
                job.conclude();
            }
        }
    }
}
