package io.github.qmpreactive.console;

import io.github.qmpreactive.fleet.QmpFleet;
import java.time.Duration;
import java.util.Map;
import org.springframework.boot.Banner;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.boot.context.event.ApplicationEnvironmentPreparedEvent;
import org.springframework.boot.reactor.netty.NettyServerCustomizer;
import org.springframework.boot.web.server.WebServerFactoryCustomizer;
import org.springframework.boot.web.server.reactive.ConfigurableReactiveWebServerFactory;
import org.springframework.context.ApplicationListener;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.core.env.Environment;
import org.springframework.core.env.MapPropertySource;
import org.springframework.core.io.ClassPathResource;
import org.springframework.core.io.Resource;
import org.springframework.web.reactive.function.server.RouterFunction;
import org.springframework.web.reactive.function.server.RouterFunctions;
import org.springframework.web.reactive.function.server.ServerResponse;
import reactor.core.publisher.Mono;

/**
 * A page for the machines of {@code console.machines}, as {@code web=unix:/run/web.sock,db=tcp:10.0.0.5:4444}. Without any, it
 * starts machines for the occasion.
 */
@SpringBootApplication
public class ConsoleApplication {

    private static final Resource PAGE = new ClassPathResource("page/", ConsoleApplication.class);

    /** For answers that are under way when the application stops. */
    private static final Duration LAST_WORDS = Duration.ofSeconds(1);

    /**
     * Runs until it is killed.
     *
     * @param args properties, as {@code --console.machines=web=unix:/run/web.sock}
     */
    public static void main(String[] args) {
        SpringApplication application = new SpringApplication(ConsoleApplication.class);
        application.setBannerMode(Banner.Mode.OFF);
        application.addListeners(
                (ApplicationListener<ApplicationEnvironmentPreparedEvent>) event -> startOwn(event.getEnvironment()));
        ConfigurableApplicationContext context = application.run(args);
        String port = context.getEnvironment().getProperty("local.server.port", "");
        System.out.println("The console is at " + context.getBean(BoundTo.class).url(port));
    }

    private static void startOwn(ConfigurableEnvironment environment) {
        if (!environment.getProperty("console.machines", "").isBlank()) {
            return;
        }
        OwnMachines machines = OwnMachines.start();
        SpringApplication.getShutdownHandlers().add(machines::close);
        environment
                .getPropertySources()
                .addLast(new MapPropertySource("own machines", Map.of("console.machines", machines.line())));
    }

    /** Started by {@code Vms}, when all is in place that looks at it. */
    @Bean(destroyMethod = "stop")
    QmpFleet fleet() {
        return QmpFleet.create();
    }

    @Bean
    BoundTo boundTo(Environment environment) {
        return BoundTo.of(environment);
    }

    /** Only this computer reaches it, unless another address is set. */
    @Bean
    WebServerFactoryCustomizer<ConfigurableReactiveWebServerFactory> binding(BoundTo to) {
        return factory -> factory.setAddress(to.address());
    }

    /** When the application stops, it does not wait for browsers that neither read an answer to its end, nor send a request to its. */
    @Bean
    NettyServerCustomizer closing(Vms vms) {
        return server -> server.doOnConnection(connection -> connection.onDispose(vms.stopping()
                .then(Mono.delay(LAST_WORDS))
                .subscribe(late -> connection.channel().close())));
    }

    @Bean
    RouterFunction<ServerResponse> page() {
        Resource index = new ClassPathResource("page/index.html", ConsoleApplication.class);
        return RouterFunctions.route()
                .GET("/", request -> ServerResponse.ok().bodyValue(index))
                .add(RouterFunctions.resources("/**", PAGE))
                .build();
    }
}
