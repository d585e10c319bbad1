package io.github.qmpreactive.console;

import io.github.qmpreactive.error.EncodeError;
import io.github.qmpreactive.error.ExecInterruptedError;
import io.github.qmpreactive.error.ExecTimeoutError;
import io.github.qmpreactive.error.ExecuteError;
import io.github.qmpreactive.error.QmpError;
import org.springframework.http.HttpStatus;
import org.springframework.http.ProblemDetail;
import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.bind.annotation.RestControllerAdvice;
import org.springframework.web.server.ResponseStatusException;

/** What errors are in HTTP. None has a message of the library's, in which there may be an address. */
@RestControllerAdvice
class Problems {

    @ExceptionHandler
    ProblemDetail refused(ExecuteError e) {
        return ProblemDetail.forStatusAndDetail(HttpStatus.UNPROCESSABLE_CONTENT, Words.of(e));
    }

    @ExceptionHandler
    ProblemDetail notConnected(NotConnected e) {
        return ProblemDetail.forStatusAndDetail(HttpStatus.SERVICE_UNAVAILABLE, e.getMessage());
    }

    @ExceptionHandler
    ProblemDetail interrupted(ExecInterruptedError e) {
        return ProblemDetail.forStatusAndDetail(HttpStatus.SERVICE_UNAVAILABLE, Words.of(e));
    }

    @ExceptionHandler
    ProblemDetail tooLate(ExecTimeoutError e) {
        return ProblemDetail.forStatusAndDetail(HttpStatus.GATEWAY_TIMEOUT, Words.of(e));
    }

    @ExceptionHandler
    ProblemDetail unsendable(EncodeError e) {
        return ProblemDetail.forStatusAndDetail(HttpStatus.BAD_REQUEST, "QEMU would not accept this as JSON");
    }

    @ExceptionHandler
    ProblemDetail other(QmpError e) {
        return ProblemDetail.forStatusAndDetail(HttpStatus.SERVICE_UNAVAILABLE, Words.of(e));
    }

    @ExceptionHandler
    ProblemDetail ours(ResponseStatusException e) {
        return ProblemDetail.forStatusAndDetail(e.getStatusCode(), Words.of(e));
    }
}
