import type { types } from "@pulumi/kubernetes";
import type { ExposureTarget } from "./targets";

export interface IngressArgs {
    readonly className?: string | undefined;
    /** Whether the controller terminates TLS. `false` serves plain HTTP. */
    readonly tls: boolean;
    /** The Secret with the certificate. Undefined uses the controller's default certificate. */
    readonly secretName?: string | undefined;
}

/** Renders an Ingress that routes the path of the hostname, and all paths below it, to the Service. */
export function renderIngressSpec(
    { host, path, port, service }: ExposureTarget,
    { className, secretName, tls }: IngressArgs,
): types.input.networking.v1.IngressSpec {
    return {
        ...(className === undefined ? {} : { ingressClassName: className }),
        ...(tls ? { tls: [{ hosts: [host], ...(secretName === undefined ? {} : { secretName }) }] } : {}),
        rules: [
            {
                host,
                http: {
                    paths: [
                        {
                            path: path === "" ? "/" : path,
                            pathType: "Prefix",
                            backend: { service: { name: service, port: { number: port } } },
                        },
                    ],
                },
            },
        ],
    };
}
