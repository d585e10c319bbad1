package io.github.qmpreactive.console;

import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.server.reactive.ServerHttpResponse;
import org.springframework.stereotype.Component;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.server.WebFilter;
import org.springframework.web.server.WebFilterChain;
import reactor.core.publisher.Mono;

/**
 * Lets this page alone use the console. Another site's page, open in the same browser, sends its own {@code Origin} (CSRF), or the
 * {@code Host} of a name that its owner has pointed to this address (DNS rebinding).
 */
@Component
@Order(Ordered.HIGHEST_PRECEDENCE)
class SameOrigin implements WebFilter {

    private final Set<String> hosts = new HashSet<>(Set.of("localhost", "127.0.0.1", "[::1]"));

    /**
     * The names of this console.
     *
     * @param bound where it is bound
     * @param names others by which browsers may call it
     */
    SameOrigin(BoundTo bound, @Value("${console.hosts:}") List<String> names) {
        hosts.add(bound.host().toLowerCase(Locale.ROOT));
        hosts.add(bound.name().toLowerCase(Locale.ROOT));
        names.forEach(name -> hosts.add(name.toLowerCase(Locale.ROOT)));
    }

    @Override
    public Mono<Void> filter(ServerWebExchange exchange, WebFilterChain chain) {
        HttpHeaders request = exchange.getRequest().getHeaders();
        ServerHttpResponse response = exchange.getResponse();
        protect(response.getHeaders());
        if (!isOurs(request.getHost())) {
            return refuse(response, "This console is not known by this name: see console.hosts\n");
        }
        if (!isSame(request.getOrigin(), request.getFirst(HttpHeaders.HOST))
                || !isFromHere(
                        request.getFirst("Sec-Fetch-Site"),
                        exchange.getRequest().getPath().value())) {
            return refuse(response, "This console is for its own page alone\n");
        }
        return chain.filter(exchange);
    }

    private boolean isOurs(@Nullable InetSocketAddress host) {
        return host != null && hosts.contains(host.getHostString().toLowerCase(Locale.ROOT));
    }

    private static boolean isSame(@Nullable String origin, @Nullable String host) {
        if (origin == null) {
            return true;
        }
        try {
            String authority = URI.create(origin).getRawAuthority();
            return authority != null && authority.equalsIgnoreCase(host);
        } catch (IllegalArgumentException e) {
            return false;
        }
    }

    /** Other sites may link to the page. */
    private static boolean isFromHere(@Nullable String site, String path) {
        return site == null || site.equals("same-origin") || site.equals("none") || path.equals("/");
    }

    private static void protect(HttpHeaders headers) {
        headers.set(
                "Content-Security-Policy",
                "default-src 'self'; img-src 'self' blob:; frame-ancestors 'none'; base-uri 'none'; form-action 'none'");
        headers.set("X-Content-Type-Options", "nosniff");
        headers.set("Referrer-Policy", "no-referrer");
        headers.setCacheControl("no-store");
    }

    private static Mono<Void> refuse(ServerHttpResponse response, String why) {
        response.setStatusCode(HttpStatus.FORBIDDEN);
        return response.writeWith(
                Mono.fromSupplier(() -> response.bufferFactory().wrap(why.getBytes(StandardCharsets.US_ASCII))));
    }
}
