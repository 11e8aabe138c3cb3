import * as z from "zod";
import { dnsSubdomain } from "../types/dns";
import { duration } from "../types/quantities";
import { integer, booleanType, enumType } from "../types/values";
import { createSecretNameSetting } from "./secret-name";
import { setting } from "./setting";

/** Settings of the OTLP listener for clients outside the Namespace, with TLS and authentication. */
export const secureOtlp = z.strictObject({
    enabled: setting(
        booleanType.default(false),
        "Add an OTLP listener with TLS and client authentication: Service `otel-collector-secure`, port 5318 (HTTP), and with `secureOtlp.grpc.enabled` port 5317 (gRPC). The Collector's pods start after the Secret `secureOtlp.tls.secretName` exists (docs/how-to/secure-otlp.md).",
    ),
    auth: setting(
        enumType(["token", "mtls"]).default("token"),
        "Client authentication: `token`, a bearer token that the stack generates; `mtls`, a client certificate.",
        { rationale: "Every OpenTelemetry SDK can send a header." },
    ),
    grpc: z
        .strictObject({
            enabled: setting(
                booleanType.default(false),
                "Serve gRPC in addition to HTTP. With `token`, gRPC requests are decompressed and decoded before the token is checked: any client that reaches the port can exhaust the Collector's memory. Enable it only where every client that can reach the port is trusted. HTTP checks the token first, `mtls` checks the certificate before it reads data.",
                { rationale: "With `secureOtlp.auth: mtls` the default is true." },
            ),
        })
        .prefault({}),
    tls: z
        .strictObject({
            secretName: setting(
                dnsSubdomain.default("otel-collector-secure-tls"),
                "Name of a Secret in the stack's Namespace with the listener's certificate and key (`tls.crt`, `tls.key`), as cert-manager creates it. You create it; the stack never reads or changes it. TLS cannot be disabled, because anyone on the network path could read the tokens.",
            ),
            clientCaSecretName: setting(
                dnsSubdomain.optional(),
                "Name of a Secret whose `ca.crt` signed the client certificates, for `secureOtlp.auth: mtls`. Any client with a certificate of this authority is accepted.",
                {
                    rationale: "cert-manager stores `ca.crt` in that Secret.",
                    whenUnset: "the value of `secureOtlp.tls.secretName`",
                },
            ),
            reloadInterval: setting(
                duration("1s", "24h").default("1m"),
                "Interval at which the Collector reloads the certificate files, so that a renewed certificate needs no restart.",
                { rationale: "The kubelet needs about a minute to update a Secret in the pods." },
            ),
        })
        .prefault({}),
    token: z
        .strictObject({
            version: setting(
                integer(1, 1_000_000).default(1),
                "Version of the bearer token. Change it to generate a new token and restart the pods.",
            ),
            acceptPrevious: setting(
                booleanType.default(false),
                "Accept the token of the previous version as well, until all clients use the new one.",
            ),
            secretName: createSecretNameSetting(
                "the tokens that the Collector accepts, one in each line (key `valid-tokens`), and the one that clients use (`token`)",
                "the stack generates a token",
            ),
        })
        .prefault({}),
});
