import { stringType } from "./values";

/**
 * The default images of all workloads.
 *
 * Exact tags only. Add a digest (`name:tag@sha256:...`) only after reading it from the registry that serves the image:
 * a wrong digest breaks the pull.
 */
export const IMAGES = {
    // Checked in November 2026: 0.35.0 reads this configuration in the same way as 0.31.1 in the sandbox. 0.35.1 exists,
    // but its sources were not found.
    alertmanager: "prom/alertmanager:v0.35.0",
    // Checked in November 2026. Of the components whose sources were compared, 0.165.1 reads this configuration in
    // the same way as 0.161 in the sandbox, except for the timeout of remote write
    // (components/collector/config/exporters.ts).
    collector: "otel/opentelemetry-collector-contrib:0.162.0",
    // The full image: the slim one has no data source plugins. Checked in November 2026.
    grafana: "grafana/grafana:13.2.3",
    // Checked in November 2026: 2.22 exists, but no changelog since 2.20 was found.
    jaeger: "jaegertracing/jaeger:2.20.0",
    // Checked in November 2026. 4.0 will reject some keys of 3.
    loki: "grafana/loki:3.7.8",
    // Checked in November 2026. Before 3.16, acknowledged out-of-order samples could be lost:
    // https://github.com/prometheus/prometheus/issues/19744
    prometheus: "prom/prometheus:v3.16.0",
    telemetrygen: "ghcr.io/open-telemetry/opentelemetry-collector-contrib/telemetrygen:v0.162.0",
    victoriaLogs: "victoriametrics/victoria-logs:v1.52.1",
} as const;

/**
 * A reference with a tag, a digest or both: `name:tag`, `name@sha256:digest` or `name:tag@sha256:digest`. A registry
 * may have a port. Only a tag may contain capital letters:
 * https://github.com/distribution/reference/blob/main/reference.go
 */
export const IMAGE_PATTERN =
    /^(?:[a-z0-9.-]+(?::\d+)?\/)?[a-z0-9]+(?:(?:[._/]|__|-+)[a-z0-9]+)*(?=[:@])(?::(?<tag>\w[\w.-]{0,127}))?(?:@sha256:(?<digest>[0-9a-f]{64}))?$/;

/** The first part of an image's name is its registry if it has a dot or a port, or is localhost. */
const REGISTRY_PATTERN = /^(?:[^/]*[.:][^/]*|localhost)\//;

/** The registry of an image, undefined for Docker Hub, and the rest of the image. */
export function parseRegistry(image: string): { readonly registry: string | undefined; readonly rest: string } {
    const [prefix = ""] = REGISTRY_PATTERN.exec(image) ?? [];
    return { registry: prefix === "" ? undefined : prefix.slice(0, -1), rest: image.slice(prefix.length) };
}

/** The same image in another registry, which may have a path. */
export function overrideRegistry(image: string, registry: string): string {
    return `${registry}/${parseRegistry(image).rest}`;
}

/**
 * The tag of an image, or else the start of its digest, as the value of a label: at most 63 characters, alphanumeric at
 * both ends.
 */
export function imageVersionLabel(image: string): string {
    const { tag, digest } = IMAGE_PATTERN.exec(image)?.groups ?? {};
    return (tag ?? digest?.slice(0, 12) ?? "")
        .slice(0, 63)
        .replace(/^[^A-Za-z0-9]+/, "")
        .replace(/[^A-Za-z0-9]+$/, "");
}

/** An image reference that does not change its meaning, unlike one with the tag latest. */
export const image = stringType(
    "image",
    "an image with a tag other than latest, or a digest, such as name:1.2.3 or name@sha256:...",
    (value) => {
        const match = IMAGE_PATTERN.exec(value);
        return match !== null && match.groups?.tag !== "latest";
    },
);

/** Without a dot or a port, a container runtime would read the host as a name on Docker Hub. */
const REGISTRY_HOST = "(?:localhost|(?=[^/]*[.:])[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?)(?::\\d{1,5})?";
const REGISTRY_HOST_PATTERN = new RegExp(`^${REGISTRY_HOST}$`);
const REGISTRY_PATH_PATTERN = new RegExp(`^${REGISTRY_HOST}(?:/[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*)*$`);

export const registryHost = stringType(
    "registry",
    "a registry such as mirror.example.com or mirror:5000, without https:// and without a path",
    (value) => REGISTRY_HOST_PATTERN.test(value),
);

/** Where images are, without their names. */
export const imageRegistry = stringType(
    "registry, with an optional path",
    "a registry such as mirror.example.com, mirror:5000 or mirror.example.com/hub, without https:// and without a / at the end",
    (value) => REGISTRY_PATH_PATTERN.test(value),
);
