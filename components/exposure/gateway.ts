import type { ExposureTarget } from "./targets";

/** The group of all kinds here, of the standard channel: https://gateway-api.sigs.k8s.io/reference/spec/ */
export const GATEWAY_API = "gateway.networking.k8s.io/v1";

export interface GatewayArgs {
    readonly className: string;
    readonly httpPort: number;
    readonly httpsPort: number;
    /** The Secret with the certificate for all names whose TLS the Gateway ends; plain HTTP where there is none. */
    readonly secretName?: string | undefined;
}

/** Which listeners of which Gateway a route belongs to. */
export interface ParentRef {
    readonly name: string;
    readonly namespace?: string;
    readonly sectionName?: string;
}

/** A listener for each name, so that a Gateway answers for no other, and two certificates never meet. */
export function renderGatewaySpec(targets: readonly ExposureTarget[], args: GatewayArgs): object {
    return {
        gatewayClassName: args.className,
        listeners: targets.map((backend) => ({
            name: backend.name,
            hostname: backend.host,
            ...renderListenerProtocol(backend, args),
            allowedRoutes: { namespaces: { from: "Same" } },
        })),
    };
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

/** What is said in the open by HTTP is led by its name; what is under TLS by the name that its handshake says. */
export function routeKind({ passthrough }: ExposureTarget): "HTTPRoute" | "TLSRoute" {
    return passthrough ? "TLSRoute" : "HTTPRoute";
}

export function renderRouteSpec({ host, port, service }: ExposureTarget, parent: ParentRef): object {
    return { parentRefs: [parent], hostnames: [host], rules: [{ backendRefs: [{ name: service, port }] }] };
}
