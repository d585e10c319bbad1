package io.github.qmpreactive.webflux;

import io.github.qmpreactive.error.CommandQueueFullError;
import io.github.qmpreactive.error.ConnectError;
import io.github.qmpreactive.error.ConnectionLostError;
import io.github.qmpreactive.error.EncodeError;
import io.github.qmpreactive.error.ExecInterruptedError;
import io.github.qmpreactive.error.ExecTimeoutError;
import io.github.qmpreactive.error.ExecuteError;
import io.github.qmpreactive.error.QmpError;
import io.github.qmpreactive.error.StateError;
import io.github.qmpreactive.error.SupervisorStoppedError;
import org.springframework.http.HttpStatus;
import org.springframework.http.ProblemDetail;
import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.bind.annotation.RestControllerAdvice;

/** What the errors of the library are in HTTP. */
@RestControllerAdvice
class VmErrors {

    /** QEMU said no: there is no such command or device, or it cannot be done. */
    @ExceptionHandler
    ProblemDetail refused(ExecuteError e) {
        boolean unknown =
                e.errorClass().equals("CommandNotFound") || e.errorClass().equals("DeviceNotFound");
        ProblemDetail problem = ProblemDetail.forStatusAndDetail(
                unknown ? HttpStatus.NOT_FOUND : HttpStatus.UNPROCESSABLE_CONTENT, e.description());
        problem.setProperty("class", e.errorClass());
        return problem;
    }

    /** There is no machine; the reason says whether there may be one later. */
    @ExceptionHandler
    ProblemDetail unreachable(ConnectError e) {
        ProblemDetail problem = problem(HttpStatus.SERVICE_UNAVAILABLE, e);
        problem.setProperty("reason", e.reason());
        return problem;
    }

    /** The machine went away, is busy, or cannot be connected to for good. */
    @ExceptionHandler({
        ConnectionLostError.class,
        StateError.class,
        SupervisorStoppedError.class,
        CommandQueueFullError.class,
    })
    ProblemDetail unavailable(QmpError e) {
        return problem(HttpStatus.SERVICE_UNAVAILABLE, e);
    }

    /** The machine went away; whether it has run the command before is known only if it was never sent. */
    @ExceptionHandler
    ProblemDetail interrupted(ExecInterruptedError e) {
        ProblemDetail problem = problem(HttpStatus.SERVICE_UNAVAILABLE, e);
        problem.setProperty("mayHaveRun", e.isWritten());
        return problem;
    }

    @ExceptionHandler
    ProblemDetail tooLate(ExecTimeoutError e) {
        return problem(HttpStatus.GATEWAY_TIMEOUT, e);
    }

    @ExceptionHandler
    ProblemDetail unsendable(EncodeError e) {
        return problem(HttpStatus.BAD_REQUEST, e);
    }

    /** What is left: the other side does not keep to the protocol. */
    @ExceptionHandler
    ProblemDetail misunderstood(QmpError e) {
        return problem(HttpStatus.BAD_GATEWAY, e);
    }

    private static ProblemDetail problem(HttpStatus status, QmpError e) {
        ProblemDetail problem = ProblemDetail.forStatusAndDetail(status, e.getMessage());
        problem.setProperty("error", e.getClass().getSimpleName());
        return problem;
    }
}
