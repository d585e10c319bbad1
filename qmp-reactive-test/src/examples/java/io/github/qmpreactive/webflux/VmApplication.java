package io.github.qmpreactive.webflux;

import io.github.qmpreactive.QmpClient;
import java.time.Duration;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.context.annotation.Bean;

/** An application that puts a virtual machine on the web: its commands as JSON, its events as Server-Sent Events. */
@SpringBootApplication
class VmApplication {

    @Bean
    QmpClient qmpClient(
            @Value("${qmp.address}") String address, @Value("${qmp.command-timeout:10s}") Duration commandTimeout) {
        // The name, so that no error tells a browser where the socket is; the limit, since a stopped QEMU is silent.
        return QmpClient.create().address(address).name("vm").commandTimeout(commandTimeout);
    }
}
