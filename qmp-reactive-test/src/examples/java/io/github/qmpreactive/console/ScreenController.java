package io.github.qmpreactive.console;

import io.github.qmpreactive.QmpSession;
import io.github.qmpreactive.error.DescriptorPassingError;
import io.github.qmpreactive.message.FdSetInfo;
import io.github.qmpreactive.message.QmpCommand;
import io.github.qmpreactive.option.FdAccess;
import io.github.qmpreactive.option.FdSource;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.server.ResponseStatusException;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

/** The guest's display. QEMU writes it into a file that the console has opened: it needs no path, and no right, of its own. */
@RestController
class ScreenController {

    private final Vms vms;
    private final Rules rules;

    ScreenController(Vms vms, Rules rules) {
        this.vms = vms;
        this.rules = rules;
    }

    @GetMapping(path = "/api/machines/{machine}/screen", produces = MediaType.IMAGE_PNG_VALUE)
    Mono<byte[]> screen(@PathVariable String machine) {
        rules.checkChange();
        return vms.get(machine)
                .session()
                .flatMap(session -> Mono.usingWhen(
                        blocking(() -> Files.createTempFile("console", ".screen")),
                        file -> dump(session, file),
                        file -> blocking(() -> Files.deleteIfExists(file))))
                .onErrorMap(
                        DescriptorPassingError.class,
                        e -> new ResponseStatusException(
                                HttpStatus.UNPROCESSABLE_CONTENT,
                                "QEMU hands out its display over UNIX sockets alone"));
    }

    private static Mono<byte[]> dump(QmpSession session, Path file) {
        return session.schema().flatMap(schema -> {
            boolean png = schema.supports("screendump/arg-type/format/^png");
            return Mono.usingWhen(
                            session.addFd(FdSource.of(file, FdAccess.WRITE_ONLY)),
                            set -> session.execute(screendump(set, png)),
                            set -> session.execute("remove-fd", Map.of("fdset-id", set.fdsetId()))
                                    .onErrorComplete())
                    .then(blocking(() -> png ? Files.readAllBytes(file) : Ppm.toPng(Files.readAllBytes(file))));
        });
    }

    private static QmpCommand screendump(FdSetInfo set, boolean png) {
        Map<String, String> arguments = new HashMap<>(Map.of("filename", set.path()));
        if (png) {
            arguments.put("format", "png");
        }
        return QmpCommand.of("screendump").arguments(arguments);
    }

    private interface FileWork<T> {
        T run() throws IOException;
    }

    private static <T> Mono<T> blocking(FileWork<T> work) {
        return Mono.fromCallable(work::run).subscribeOn(Schedulers.boundedElastic());
    }
}
