import type { ExposureTarget } from "./targets";

/**
 * API group and version of all kinds here, from the standard channel: https://gateway-api.sigs.k8s.io/reference/spec/
 */
export const GATEWAY_API = "gateway.networking.k8s.io/v1";

export interface GatewayArgs {
    readonly className: string;
    readonly httpPort: number;
    readonly httpsPort: number;
    /**
     * The Secret with the certificate for all hostnames whose TLS the Gateway terminates. Undefined serves plain HTTP.
     */
    readonly secretName?: string | undefined;
}

/** Reference from a route to a Gateway and its listeners. */
export interface ParentRef {
    readonly name: string;
    readonly namespace?: string;
    readonly sectionName?: string;
}

/**
 * Renders one listener for each hostname, so that the Gateway serves no other hostname and each listener has one
 * certificate.
 */
export function renderGatewaySpec(targets: readonly ExposureTarget[], args: GatewayArgs): object {
    return {
        gatewayClassName: args.className,
        listeners: targets
            .filter((target) => findListener(targets, target) === target.name)
            .map((backend) => ({
                name: backend.name,
                hostname: backend.host,
                ...renderListenerProtocol(backend, args),
                allowedRoutes: { namespaces: { from: "Same" } },
            })),
    };
}

/** Returns the name of the target's listener: that of the first target with its hostname. */
export function findListener(targets: readonly ExposureTarget[], { host, name }: ExposureTarget): string {
    return targets.find((target) => target.host === host)?.name ?? name;
}

function renderListenerProtocol(
    { passthrough }: ExposureTarget,
    { httpPort, httpsPort, secretName }: GatewayArgs,
): object {
    if (passthrough) {
        return { port: httpsPort, protocol: "TLS", tls: { mode: "Passthrough" } };
    }
    return secretName === undefined
        ? { port: httpPort, protocol: "HTTP" }
        : {
              port: httpsPort,
              protocol: "HTTPS",
              tls: { mode: "Terminate", certificateRefs: [{ group: "", kind: "Secret", name: secretName }] },
          };
}

/** HTTPRoute matches the hostname of an HTTP request. TLSRoute matches the server name of the TLS handshake. */
export function routeKind({ passthrough }: ExposureTarget): "HTTPRoute" | "TLSRoute" {
    return passthrough ? "TLSRoute" : "HTTPRoute";
}

export function renderRouteSpec({ host, path, port, service }: ExposureTarget, parent: ParentRef): object {
    const matches = path === "" ? {} : { matches: [{ path: { type: "PathPrefix", value: path } }] };
    return { parentRefs: [parent], hostnames: [host], rules: [{ ...matches, backendRefs: [{ name: service, port }] }] };
}
