/** A port of a Service as others reach it inside the cluster. Plain text: known before anything exists. */
export interface Endpoint {
    /** `host:port` that resolves in every cluster, whatever its DNS domain. */
    readonly address: string;
    /** Where people reach it: the URL of the short name, and of the fully qualified one in a `cluster.local` cluster. */
    readonly urls: EndpointUrls;
}

export interface EndpointUrls {
    readonly short: string;
    readonly fqdn: string;
}

/** A command that makes a port reachable from one's own machine, and the URL to open then. */
export interface PortForward {
    readonly command: string;
    readonly url: string;
}

/** Service names are fixed, so addresses follow from names alone and two components may refer to each other. */
export function serviceEndpoint(
    service: string,
    namespace: string,
    port: number,
    scheme: "http" | "https" = "http",
): Endpoint {
    const { short, fqdn } = serviceHosts(service, namespace);
    const address = `${short}:${port}`;
    return { address, urls: { short: `${scheme}://${address}`, fqdn: `${scheme}://${fqdn}:${port}` } };
}

/** The names of a Service: the one that resolves in every cluster, and the fully qualified one in a `cluster.local` cluster. */
export function serviceHosts(service: string, namespace: string): EndpointUrls {
    const short = `${service}.${namespace}`;
    return { short, fqdn: `${short}.svc.cluster.local` };
}

/** All addresses of the pod: localhost, the default, is reached by nobody, and the pod's IP alone not by port-forward. */
export function bindAll(port: number): string {
    return `0.0.0.0:${port}`;
}

/** A Service's port, as `kubectl port-forward` reaches it. */
export interface ForwardedPort {
    readonly service: string;
    readonly namespace: string;
    readonly port: number;
    /** Port on one's own machine. */
    readonly localPort: number;
    /** What to open under the URL; nothing by default. */
    readonly path?: string;
}

export function renderPortForward({ service, namespace, port, localPort, path = "" }: ForwardedPort): PortForward {
    return {
        command: `kubectl port-forward -n ${namespace} svc/${service} ${localPort}:${port}`,
        url: `http://localhost:${localPort}${path}`,
    };
}
