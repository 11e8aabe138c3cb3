import { type Endpoint, headlessServiceName, serviceEndpoint } from "../kubernetes/endpoint";
import { COLLECTOR_PORTS } from "./config/ports";

export interface CollectorEndpoints {
    readonly otlpGrpc: Endpoint;
    readonly otlpHttp: Endpoint;
    /** OTLP over TLS, for clients outside the Namespace. */
    readonly secureGrpc: Endpoint;
    readonly secureHttp: Endpoint;
    /** Hostname that resolves to the addresses of all pods. */
    readonly headlessHost: string;
}

export function collectorEndpoints(name: string, namespace: string): CollectorEndpoints {
    return {
        otlpGrpc: serviceEndpoint(name, namespace, COLLECTOR_PORTS.otlpGrpc),
        otlpHttp: serviceEndpoint(name, namespace, COLLECTOR_PORTS.otlpHttp),
        secureGrpc: serviceEndpoint(secureServiceName(name), namespace, COLLECTOR_PORTS.secureGrpc, "https"),
        secureHttp: serviceEndpoint(secureServiceName(name), namespace, COLLECTOR_PORTS.secureHttp, "https"),
        headlessHost: `${headlessServiceName(name)}.${namespace}`,
    };
}

/** A separate Service, so that exposing it exposes no other port. */
export function secureServiceName(name: string): string {
    return `${name}-secure`;
}
