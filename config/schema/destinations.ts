import * as z from "zod";
import { nonEmptyCidrs, integer, dnsSubdomain, booleanType, labelSets, enumOf, stringType } from "../types/values";
import { headers, httpUrl, signals } from "../types/otlp";
import { setting } from "./setting";
import { SIGNALS } from "../types/signal";

export const QUEUE_FULL_ACTIONS = ["drop", "reject"] as const;

const onQueueFull = setting(
    enumOf(QUEUE_FULL_ACTIONS).default("drop"),
    "What becomes of telemetry that finds the destination's queue full. `drop` loses it for this destination alone, and an alert says so; `reject` turns the client away, which sends again, and what it sends twice is twice in every other backend. Traces behind `tailSampling` are dropped in any case.",
    "A destination that is away does no harm to the stack's own backends.",
);

const signalsSetting = setting(
    signals.default(SIGNALS),
    "The signals that go there.",
    "A destination is one for all of them.",
);

/** What the Collector's NetworkPolicy is told, and what it goes by without. */
function createEgressSchema(whenUnset: { readonly cidrs: string; readonly port: string }) {
    return z
        .strictObject({
            cidrs: setting(
                nonEmptyCidrs.optional(),
                "Ranges of addresses that the destination is at, for the Collector's NetworkPolicy: a policy knows no names.",
                "Addresses behind a name change.",
                whenUnset.cidrs,
            ),
            namespaceSelectors: setting(
                labelSets.default([]),
                "Namespaces of this cluster whose pods are the destination, by their labels, for the Collector's NetworkPolicy.",
                "Most destinations are outside of the cluster.",
            ),
            port: setting(
                integer(1, 65_535).optional(),
                "Port there, for the Collector's NetworkPolicy: of pods behind a Service it is the pod's.",
                "Mostly the one that the Collector is told.",
                whenUnset.port,
            ),
        })
        .prefault({});
}

/** A further OTLP backend. */
const destination = z.strictObject({
    endpoint: setting(
        httpUrl.optional(),
        "URL of the backend. With protocol http, the signal's path (`/v1/traces`) comes behind it. Without a port, 443 for https and 80 for http.",
        "Only you know it.",
        "an error: each destination needs one",
    ),
    protocol: setting(enumOf(["grpc", "http"]).default("grpc"), "How OTLP is spoken.", "OpenTelemetry's default."),
    signals: signalsSetting,
    headers: setting(
        headers.default({}),
        "Headers of each request that are no secret.",
        "Most need none but a secret.",
    ),
    secretHeaders: setting(
        headers.default({}),
        "Headers of each request that are secret, such as a token: set each by `pulumi config set --secret --path`. They stand in a Kubernetes Secret, and nowhere else in plain text.",
        "Only you know them.",
    ),
    secretVersion: setting(
        integer(1, 1_000_000).default(1),
        "Counts the values of `secretHeaders`: set another number whenever one changes, for a new Secret and pods that read it.",
        "The first.",
    ),
    tls: z
        .strictObject({
            caSecretName: setting(
                dnsSubdomain.optional(),
                "The Secret in the stack's Namespace whose `ca.crt` has signed the backend's certificate. Yours: the stack never reads or changes it.",
                "Public backends have certificates that everybody trusts.",
                "the authorities that the Collector's image trusts",
            ),
            insecureSkipVerify: setting(
                booleanType.default(false),
                "Whether the Collector accepts any certificate of the backend, as the Collector's own `insecure_skip_verify` does. Anybody on the network path can then read and change what is sent.",
                "A certificate that nobody verifies protects nothing; `caSecretName` accepts one of a private authority.",
            ),
        })
        .prefault({}),
    allowSecretsOverHttp: setting(
        booleanType.default(false),
        "Whether `secretHeaders` may go to an `http://` endpoint, without TLS. Anybody on the network path can then read them.",
        "A secret is not sent in plain text by mistake.",
    ),
    compression: setting(
        enumOf(["gzip", "none"]).default("gzip"),
        "How requests are compressed.",
        "Traffic out of the cluster costs more than CPU.",
    ),
    onQueueFull,
    egress: createEgressSchema({
        cidrs: "the address in the endpoint; with a name and no `namespaceSelectors` either, any address",
        port: "that of the endpoint",
    }),
});

export const destinations = z
    .record(z.string(), destination, {
        error: "expected settings under the name of each destination, such as { vendor: { endpoint: ... } }",
    })
    .default({});

/** Azure Monitor, by its Application Insights. */
export const azureMonitor = z.strictObject({
    enabled: setting(
        booleanType.default(false),
        "Whether telemetry goes to Azure Monitor too (docs/how-to/azure-monitor.md says what its exporter loses).",
        "It needs an account.",
    ),
    connectionString: setting(
        stringType(
            "text",
            "a connection string with InstrumentationKey=..., as Azure's portal shows it",
            isConnectionString,
        ).optional(),
        "The connection string of an Application Insights resource: set it by `pulumi config set --secret --path`. It stands in a Kubernetes Secret, and nowhere else in plain text.",
        "Only you know it.",
        "an error with enabled true",
    ),
    secretVersion: setting(
        integer(1, 1_000_000).default(1),
        "Counts the connection strings: set another number whenever it changes, for a new Secret and pods that read it.",
        "The first.",
    ),
    signals: signalsSetting,
    egress: createEgressSchema({
        cidrs: "without `namespaceSelectors` either, any address: the endpoint is secret",
        port: "443",
    }),
});

/** The exporter takes at most so much, and stops the Collector at more. */
const MAX_CONNECTION_STRING_LENGTH = 4096;

function isConnectionString(value: string): boolean {
    const pairs = value.split(";").filter((pair) => pair.trim() !== "");
    return (
        value.length <= MAX_CONNECTION_STRING_LENGTH &&
        !value.trim().endsWith(";") &&
        pairs.every((pair) => /^\s*\w+\s*=/.test(pair)) &&
        pairs.some((pair) => /^\s*InstrumentationKey\s*=\s*\S/.test(pair))
    );
}
