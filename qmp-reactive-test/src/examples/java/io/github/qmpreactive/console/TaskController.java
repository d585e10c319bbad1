package io.github.qmpreactive.console;

import io.github.qmpreactive.message.QmpCommand;
import java.nio.file.Path;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.http.HttpStatus;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.server.ResponseStatusException;
import reactor.core.publisher.Mono;

/** Begins what takes its time. The answer is its id; how it goes is part of the machine's state. */
@RestController
@RequestMapping("/api/machines/{machine}")
class TaskController {

    /**
     * The end of an operation.
     *
     * @param id of the device, or the name of the machine to move to
     * @param confirmed whether a person has answered the second question
     */
    record Request(String id, @Nullable Boolean confirmed) {}

    /**
     * An operation on what the path names.
     *
     * @param confirmed whether a person has answered the second question
     */
    record Confirmation(@Nullable Boolean confirmed) {}

    private final Vms vms;
    private final Rules rules;
    private final String migration;

    /** Where guests move: a socket of this computer for each move, unless QEMUs of several hosts need another address. */
    TaskController(Vms vms, Rules rules, @Value("${console.migration:}") String migration) {
        this.vms = vms;
        this.rules = rules;
        this.migration = migration;
    }

    @PostMapping("/jobs")
    @ResponseStatus(HttpStatus.ACCEPTED)
    Mono<Map<String, String>> job(@PathVariable String machine, @RequestBody CommandController.Request request) {
        Vm vm = vms.get(machine);
        QmpCommand start = request.checked(rules, vm);
        if (!Tasks.isJob(start)) {
            throw new ResponseStatusException(
                    HttpStatus.BAD_REQUEST, start.name() + " starts no job, or several: it is sent as a command");
        }
        return vm.session().map(session -> Map.of("task", vm.tasks().job(session, start)));
    }

    @PostMapping("/unplug")
    @ResponseStatus(HttpStatus.ACCEPTED)
    Mono<Map<String, String>> unplug(@PathVariable String machine, @RequestBody Request request) {
        Vm vm = vms.get(machine);
        rules.check("device_del", Boolean.TRUE.equals(request.confirmed()));
        return vm.session().map(session -> Map.of("task", vm.tasks().unplug(session, request.id())));
    }

    @PostMapping("/migration")
    @ResponseStatus(HttpStatus.ACCEPTED)
    Mono<Map<String, String>> migrate(@PathVariable String machine, @RequestBody Request request) {
        Vm vm = vms.get(machine);
        Vm to = vms.get(request.id());
        rules.check("migrate", Boolean.TRUE.equals(request.confirmed()));
        String address = migration.isEmpty()
                ? "unix:" + Path.of(System.getProperty("java.io.tmpdir"), "console-" + UUID.randomUUID())
                : migration;
        return Mono.zip(vm.session(), to.session())
                .map(both -> Map.of("task", vm.tasks().migrate(both.getT1(), both.getT2(), to.name(), address)));
    }

    @PostMapping("/tasks/{task}/cancel")
    Mono<Void> cancel(@PathVariable String machine, @PathVariable String task, @RequestBody Confirmation confirmation) {
        Vm vm = vms.get(machine);
        rules.check("job-cancel", Boolean.TRUE.equals(confirmation.confirmed()));
        return vm.session().flatMap(session -> vm.tasks().cancel(session, task));
    }
}
