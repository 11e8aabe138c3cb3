/**
 * The one table of images: what each workload runs where a stack names nothing else.
 *
 * Exact tags only. A digest is worth adding (`name:tag@sha256:...`) once it was read from the registry it is pulled
 * from; one copied from elsewhere would only break the pull.
 */
export const IMAGES = {
    collector: "otel/opentelemetry-collector-contrib:0.161.0",
    // The plain image: the slim one comes without the data sources.
    grafana: "grafana/grafana:13.2.0",
    jaeger: "jaegertracing/jaeger:2.20.0",
    loki: "grafana/loki:3.7.6",
    prometheus: "prom/prometheus:v3.14.0",
    telemetrygen: "ghcr.io/open-telemetry/opentelemetry-collector-contrib/telemetrygen:v0.161.0",
    victoriaLogs: "victoriametrics/victoria-logs:v1.52.1",
} as const;

/**
 * A reference with a tag: `name:tag`, or `name:tag@sha256:digest`; a registry may have a port. Capitals are for a tag
 * alone: https://github.com/distribution/reference/blob/main/reference.go
 */
export const IMAGE_PATTERN =
    /^(?:[a-z0-9.-]+(?::\d+)?\/)?[a-z0-9]+(?:(?:[._/]|__|-+)[a-z0-9]+)*:(?<tag>\w[\w.-]{0,127})(?:@sha256:[0-9a-f]{64})?$/;

/** The tag of an image, as a label may carry it: at most 63 characters, alphanumeric at both ends. */
export function versionOf(image: string): string {
    const tag = IMAGE_PATTERN.exec(image)?.groups?.tag ?? "";
    return tag
        .slice(0, 63)
        .replace(/^[^A-Za-z0-9]+/, "")
        .replace(/[^A-Za-z0-9]+$/, "");
}
