/**
 * The one table of images: what each workload runs where a stack names nothing else.
 *
 * Exact tags only. A digest is worth adding (`name:tag@sha256:...`) once it was read from the registry it is pulled
 * from; one copied from elsewhere would only break the pull.
 */
export const IMAGES = {
    // Looked at in November 2026. Of the components whose sources were compared, 0.165.1 reads what the stack writes as
    // 0.161 does, which the sandbox has, but for the timeout of remote write (components/collector/config/exporters.ts).
    collector: "otel/opentelemetry-collector-contrib:0.162.0",
    // The plain image: the slim one comes without the data sources. Looked at in November 2026.
    grafana: "grafana/grafana:13.2.3",
    // Looked at in November 2026: there is 2.22, of whose changes since 2.20 no account was found.
    jaeger: "jaegertracing/jaeger:2.20.0",
    // Looked at in November 2026. 4.0 will stop at some keys of 3.
    loki: "grafana/loki:3.7.8",
    // Looked at in November 2026. Before 3.16, points that came out of order could get lost after they were
    // acknowledged: https://github.com/prometheus/prometheus/issues/19744
    prometheus: "prom/prometheus:v3.16.0",
    telemetrygen: "ghcr.io/open-telemetry/opentelemetry-collector-contrib/telemetrygen:v0.162.0",
    victoriaLogs: "victoriametrics/victoria-logs:v1.52.1",
} as const;

/**
 * A reference with a tag, a digest or both: `name:tag`, `name@sha256:digest` or `name:tag@sha256:digest`; a registry may
 * have a port. Capitals are for a tag
 * alone: https://github.com/distribution/reference/blob/main/reference.go
 */
export const IMAGE_PATTERN =
    /^(?:[a-z0-9.-]+(?::\d+)?\/)?[a-z0-9]+(?:(?:[._/]|__|-+)[a-z0-9]+)*(?=[:@])(?::(?<tag>\w[\w.-]{0,127}))?(?:@sha256:(?<digest>[0-9a-f]{64}))?$/;

/**
 * The tag of an image, or without one the start of its digest, as a label may carry it: at most 63 characters,
 * alphanumeric at both ends.
 */
export function imageVersionLabel(image: string): string {
    const { tag, digest } = IMAGE_PATTERN.exec(image)?.groups ?? {};
    return (tag ?? digest?.slice(0, 12) ?? "")
        .slice(0, 63)
        .replace(/^[^A-Za-z0-9]+/, "")
        .replace(/[^A-Za-z0-9]+$/, "");
}
