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
export function endpointOf(service: string, namespace: string, port: number): Endpoint {
    const address = `${service}.${namespace}:${port}`;
    return {
        address,
        urls: { short: `http://${address}`, fqdn: `http://${service}.${namespace}.svc.cluster.local:${port}` },
    };
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

export function portForwardTo({ service, namespace, port, localPort, path = "" }: ForwardedPort): PortForward {
    return {
        command: `kubectl port-forward -n ${namespace} svc/${service} ${localPort}:${port}`,
        url: `http://localhost:${localPort}${path}`,
    };
}
