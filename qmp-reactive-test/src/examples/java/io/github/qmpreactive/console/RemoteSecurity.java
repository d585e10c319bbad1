package io.github.qmpreactive.console;

import java.security.SecureRandom;
import java.util.HexFormat;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Condition;
import org.springframework.context.annotation.ConditionContext;
import org.springframework.context.annotation.Conditional;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.type.AnnotatedTypeMetadata;
import org.springframework.security.config.Customizer;
import org.springframework.security.config.annotation.web.reactive.EnableWebFluxSecurity;
import org.springframework.security.config.web.server.ServerHttpSecurity;
import org.springframework.security.config.web.server.ServerHttpSecurity.CsrfSpec;
import org.springframework.security.core.userdetails.MapReactiveUserDetailsService;
import org.springframework.security.core.userdetails.User;
import org.springframework.security.web.server.SecurityWebFilterChain;

/** Asks for a password where other computers reach the console. */
@Configuration(proxyBeanMethods = false)
@Conditional(RemoteSecurity.OtherComputers.class)
@EnableWebFluxSecurity
class RemoteSecurity {

    /** Whether the console is bound to anything but loopback, as far as is known. */
    static final class OtherComputers implements Condition {

        @Override
        public boolean matches(ConditionContext context, AnnotatedTypeMetadata metadata) {
            try {
                return !BoundTo.of(context.getEnvironment()).isThisComputer();
            } catch (IllegalArgumentException e) {
                return true;
            }
        }
    }

    private static final String USER = "console";

    private final String password;

    /** With a password of its own making, unless one is set. */
    RemoteSecurity(@Value("${console.password:}") String password) {
        this.password = password.isEmpty() ? random() : password;
        if (password.isEmpty()) {
            System.out.println("The console asks for the user " + USER + " and the password " + this.password);
        }
    }

    private static String random() {
        byte[] bytes = new byte[16];
        new SecureRandom().nextBytes(bytes);
        return HexFormat.of().formatHex(bytes);
    }

    @Bean
    MapReactiveUserDetailsService users() {
        return new MapReactiveUserDetailsService(User.withUsername(USER)
                .password("{noop}" + password)
                .roles("USER")
                .build());
    }

    /** {@code SameOrigin} is the protection against CSRF. */
    @Bean
    SecurityWebFilterChain security(ServerHttpSecurity http) {
        return http.authorizeExchange(exchange -> exchange.anyExchange().authenticated())
                .httpBasic(Customizer.withDefaults())
                .csrf(CsrfSpec::disable)
                .headers(headers -> headers.disable())
                .build();
    }
}
