/** A port of a Service as clients in the cluster use it. It is a plain value, known before any resource exists. */
export interface Endpoint {
    /** `host:port` that resolves in every cluster, whatever its DNS domain. */
    readonly address: string;
    /** URLs of the short hostname and of the fully qualified one in a `cluster.local` cluster. */
    readonly urls: EndpointUrls;
}

export interface EndpointUrls {
    readonly short: string;
    readonly fqdn: string;
}

/** A command that forwards a local port, and the URL to open then. */
export interface PortForward {
    readonly command: string;
    readonly url: string;
    /** Path below which the Service has its pages and its API, if it is not the root. */
    readonly basePath?: string;
}

/** Derives the address from the Service's fixed name, so that two components may reference each other. */
export function serviceEndpoint(
    service: string,
    namespace: string,
    port: number,
    scheme: "http" | "https" = "http",
    basePath = "",
): Endpoint {
    const { short, fqdn } = serviceHosts(service, namespace);
    const address = `${short}:${port}`;
    return {
        address,
        urls: { short: `${scheme}://${address}${basePath}`, fqdn: `${scheme}://${fqdn}:${port}${basePath}` },
    };
}

/**
 * Hostnames of a Service: the short one resolves in every cluster, the fully qualified one in a `cluster.local`
 * cluster.
 */
export function serviceHosts(service: string, namespace: string): EndpointUrls {
    const short = `${service}.${namespace}`;
    return { short, fqdn: `${short}.svc.cluster.local` };
}

/** Name of the headless Service for all pods of a workload, ready or not. */
export function headlessServiceName(workload: string): string {
    return `${workload}-headless`;
}

/**
 * DNS names of pods with stable names.
 *
 * @param headlessHost Hostname of their headless Service.
 */
export function podHosts(workload: string, headlessHost: string, replicas: number): readonly string[] {
    return Array.from({ length: replicas }, (_, ordinal) => `${workload}-${ordinal}.${headlessHost}`);
}

/**
 * All addresses of the pod. Other pods cannot reach localhost, which is the default, and port-forward cannot reach the
 * pod's IP.
 */
export function bindAll(port: number): string {
    return `0.0.0.0:${port}`;
}

/** A port of a Service for `kubectl port-forward`. */
export interface ForwardedPort {
    readonly service: string;
    readonly namespace: string;
    readonly port: number;
    /** The local port. */
    readonly localPort: number;
    /** Path to open. Empty by default. */
    readonly path?: string;
    /** Path below which the Service has its pages and its API. Empty by default. */
    readonly basePath?: string;
}

export function renderPortForward({
    service,
    namespace,
    port,
    localPort,
    path = "",
    basePath = "",
}: ForwardedPort): PortForward {
    return {
        command: `kubectl port-forward -n ${namespace} svc/${service} ${localPort}:${port}`,
        url: `http://localhost:${localPort}${basePath}${path}`,
        ...(basePath === "" ? {} : { basePath }),
    };
}
