import * as z from "zod";
import { integer, dnsSubdomain, duration, booleanType, enumOf } from "../types/values";
import { setting } from "./setting";

/** The settings of the listener for senders outside the Namespace. */
export const secureOtlp = z.strictObject({
    enabled: setting(
        booleanType.default(false),
        "Whether the Collector listens a second time, on port 5318 (HTTP), and with `secureOtlp.grpc.enabled` on 5317 (gRPC), of the Service `otel-collector-secure`, by TLS and for those alone who show credentials. The pods start once the Secret of `secureOtlp.tls.secretName` is there (docs/explanation/threat-model.md).",
        "Needs a certificate, which a playground has not.",
    ),
    auth: setting(
        enumOf(["token", "mtls"]).default("token"),
        "What a sender shows: `token`, a bearer token that the stack makes; `mtls`, a certificate of its own.",
        "Every OpenTelemetry SDK can send a header.",
    ),
    grpc: z
        .strictObject({
            enabled: setting(
                booleanType.default(false),
                "Whether the secure OTLP listener speaks gRPC beside HTTP; with `mtls` for `secureOtlp.auth` it does unless this says false. By gRPC a request is read and unpacked before its token is looked at, so that whoever reaches the port can fill the Collector's memory; HTTP looks at the token first, and mtls at the certificate before anything else.",
                "Twenty small requests without a token had a Collector killed. Turn it on where none but known senders reach the port.",
            ),
        })
        .prefault({}),
    tls: z
        .strictObject({
            secretName: setting(
                dnsSubdomain.default("otel-collector-secure-tls"),
                "The Secret in the stack's Namespace with the listener's certificate and key, `tls.crt` and `tls.key`, as cert-manager makes them. Yours: the stack never reads or changes it. There is no way without TLS, as whoever is on the way would read the tokens.",
                "Says whose it is.",
            ),
            clientCaSecretName: setting(
                dnsSubdomain.optional(),
                "The Secret whose `ca.crt` has signed the certificates that senders show; whoever has one of that authority is let in. For `mtls` alone.",
                "cert-manager puts the authority beside the certificate.",
                "the Secret of `secureOtlp.tls.secretName`",
            ),
            reloadInterval: setting(
                duration("1s", "24h").default("1m"),
                "How long a certificate is used before its file is looked at again: a renewed one is served without a restart.",
                "The kubelet brings a changed Secret to the pods within about a minute too.",
            ),
        })
        .prefault({}),
    token: z
        .strictObject({
            version: setting(
                integer(1, 1_000_000).default(1),
                "Counts the tokens: another number makes a new one, and new pods that know it.",
                "The first.",
            ),
            acceptPrevious: setting(
                booleanType.default(false),
                "Whether the token of the former version is valid as well, for as long as senders move from one to the other.",
                "One token is easier to keep than two.",
            ),
        })
        .prefault({}),
});
