import * as z from "zod";
import { dnsSubdomain } from "../types/dns";
import { headerSecretKeys } from "../types/secrets";
import { booleanType, enumType, stringType } from "../types/values";
import { headers, httpUrl, signals } from "../types/otlp";
import { createEgressSchema } from "./egress";
import { createSecretNameSetting } from "./secret-name";
import { setting } from "./setting";
import { SIGNALS } from "../types/signal";

const QUEUE_FULL_ACTIONS = ["drop", "reject"] as const;

const onQueueFull = setting(
    enumType(QUEUE_FULL_ACTIONS).default("drop"),
    "What happens to telemetry while the destination's queue is full. `drop` discards it for this destination only, and an alert fires. `reject` returns an error to the client; if it retries, every other backend stores the retried items twice. With `tailSampling`, traces are always dropped.",
    { rationale: "An unavailable destination does not affect the stack's own backends." },
);

const signalsSetting = setting(signals.default(SIGNALS), "Signals to send to this destination.");

/** An external OTLP backend. */
const destination = z.strictObject({
    endpoint: setting(
        httpUrl.optional(),
        "URL of the backend. With `protocol: http` the Collector appends the signal's path (`/v1/traces`). The default port is 443 for https and 80 for http.",
        { whenUnset: "none; required for each destination" },
    ),
    protocol: setting(enumType(["grpc", "http"]).default("grpc"), "Transport of OTLP."),
    signals: signalsSetting,
    headers: setting(headers.default({}), "Headers of each request. Put secret headers into `secretHeaders`."),
    secretHeaders: setting(
        headers.default({}),
        "Secret headers of each request, such as a token. Set each one with `pulumi config set --secret --path`, or use `secretName`. In the cluster they are stored in a Secret only. A changed value replaces the pods one by one.",
        { secret: "always" },
    ),
    secretName: createSecretNameSetting("the secret headers", "the stack creates a Secret with `secretHeaders`"),
    secretHeaderKeys: setting(
        headerSecretKeys.default({}),
        "Secret headers of each request that are in the Secret `secretName`: a map of header names to keys of the Secret. Pods read a changed Secret when they start.",
    ),
    tls: z
        .strictObject({
            caSecretName: setting(
                dnsSubdomain.optional(),
                "Name of a Secret in the stack's Namespace whose `ca.crt` signed the backend's certificate. You create it; the stack never reads or changes it.",
                { whenUnset: "the certificate authorities of the Collector's image" },
            ),
            insecureSkipVerify: setting(
                booleanType.default(false),
                "Accept any certificate of the backend, like `insecure_skip_verify` of the Collector. Anyone on the network path can then read and change the telemetry. For a private certificate authority, set `caSecretName` instead.",
            ),
        })
        .prefault({}),
    allowSecretsOverHttp: setting(
        booleanType.default(false),
        "Allow secret headers for an `http://` endpoint. Anyone on the network path can then read them.",
    ),
    compression: setting(enumType(["gzip", "none"]).default("gzip"), "Compression of requests.", {
        rationale: "Network traffic out of the cluster usually costs more than CPU.",
    }),
    onQueueFull,
    egress: createEgressSchema("destination", "the Collector", {
        cidrs: "the IP address in the endpoint; for a hostname, any address unless `namespaceSelectors` is set",
        port: "the port of the endpoint",
    }),
});

export const destinations = z
    .record(z.string(), destination, {
        error: "must be a map from the name of each destination to its settings, such as { vendor: { endpoint: ... } }",
    })
    .default({});

/** Settings of Azure Monitor, which receives telemetry by Application Insights. */
export const azureMonitor = z.strictObject({
    enabled: setting(
        booleanType.default(false),
        "Send telemetry to Azure Monitor as well. Its exporter can lose data (docs/how-to/azure-monitor.md).",
    ),
    connectionString: setting(
        stringType(
            "string",
            "a connection string with InstrumentationKey=..., as the Azure portal shows it",
            isConnectionString,
        ).optional(),
        "Connection string of an Application Insights resource. Set it with `pulumi config set --secret --path`, or use `secretName`. In the cluster it is stored in a Secret only. A changed value replaces the pods one by one.",
        { whenUnset: "key `connectionString` of the Secret `azureMonitor.secretName`", secret: "always" },
    ),
    secretName: createSecretNameSetting(
        "the connection string (key `connectionString`)",
        "the stack creates a Secret with `azureMonitor.connectionString`",
    ),
    signals: signalsSetting,
    egress: createEgressSchema("destination", "the Collector", {
        cidrs: "any address unless `namespaceSelectors` is set, because the endpoint is part of the secret",
        port: "443",
    }),
});

/** With a longer connection string the exporter stops the Collector. */
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
