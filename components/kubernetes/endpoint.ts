/** A port of a Service as clients in the cluster use it. It is a plain value, known before any resource exists. */
export interface Endpoint {
    /** Hostname that resolves in every cluster, whatever its DNS domain. */
    readonly host: string;
    /** `host:port` */
    readonly address: string;
    /** URL with that hostname. */
    readonly url: string;
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
    const host = `${service}.${namespace}`;
    const address = `${host}:${port}`;
    return { host, address, url: `${scheme}://${address}${basePath}` };
}

/** The fully qualified hostname, for clients whose DNS has no search domains of the cluster. */
export function renderQualifiedHost({ host }: Endpoint, clusterDomain: string): string {
    return `${host}.svc.${clusterDomain}`;
}

export function renderEndpointUrls(endpoint: Endpoint, clusterDomain: string): EndpointUrls {
    const { host, url } = endpoint;
    return { short: url, fqdn: url.replace(`//${host}:`, `//${renderQualifiedHost(endpoint, clusterDomain)}:`) };
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
 * pod's IP. Programs in Go listen on IPv6 as well with this address.
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
