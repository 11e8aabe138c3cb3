import type { InvalidSettings } from "./types";

type Raw = Readonly<Record<string, unknown>>;

const ENDPOINT = "https://otlp.vendor.example:4317";
const SECRET = { secretHeaders: { authorization: "Bearer t" } };

function vendor(settings: Raw): Raw {
    return { destinations: { vendor: { endpoint: ENDPOINT, ...settings } } };
}

function vendors(length: number): Raw {
    return {
        destinations: Object.fromEntries(Array.from({ length }, (_, index) => [`v${index}`, { endpoint: ENDPOINT }])),
    };
}

function azure(settings: Raw): Raw {
    return { azureMonitor: { enabled: true, connectionString: "InstrumentationKey=1", ...settings } };
}

const misspelt: readonly InvalidSettings[] = [
    {
        about: "a destination with an empty list of address ranges",
        raw: vendor({ egress: { cidrs: [] } }),
        key: "destinations.vendor.egress.cidrs",
    },
    {
        about: "an unknown key of a destination",
        raw: vendor({ endpont: ENDPOINT }),
        key: "destinations.vendor.endpont",
    },
    {
        about: "an unknown key of a destination's tls",
        raw: vendor({ tls: { caSecret: "ca" } }),
        key: "destinations.vendor.tls.caSecret",
    },
    {
        about: "an unknown key of a destination's egress",
        raw: vendor({ egress: { cidr: [] } }),
        key: "destinations.vendor.egress.cidr",
    },
    {
        about: "an unknown key of azureMonitor",
        raw: { azureMonitor: { conectionString: "x" } },
        key: "azureMonitor.conectionString",
    },
];

const rejected: readonly [Raw, string][] = [
    [{ destinations: [] }, "destinations"],
    [{ destinations: { vendor: ENDPOINT } }, "destinations.vendor"],
    [vendor({ endpoint: "otlp.vendor.example:4317" }), "destinations.vendor.endpoint"],
    [vendor({ endpoint: "HTTP://vendor.example:4318", ...SECRET }), "destinations.vendor.endpoint"],
    [vendor({ endpoint: "https:vendor.example:4318" }), "destinations.vendor.endpoint"],
    [vendor({ endpoint: "https:///vendor.example" }), "destinations.vendor.endpoint"],
    [vendor({ endpoint: "https://me:pw@vendor.example" }), "destinations.vendor.endpoint"],
    [vendor({ endpoint: "https://vendor.example/?key=1" }), "destinations.vendor.endpoint"],
    [vendor({ protocol: "kafka" }), "destinations.vendor.protocol"],
    [vendor({ signals: [] }), "destinations.vendor.signals"],
    [vendor({ signals: ["traces", "traces"] }), "destinations.vendor.signals"],
    [vendor({ signals: ["profiles"] }), "destinations.vendor.signals"],
    [vendor({ headers: { "x tenant": "a" } }), "destinations.vendor.headers"],
    [vendor({ headers: { tenant: "a\nb" } }), "destinations.vendor.headers"],
    [vendor({ secretHeaders: { authorization: 5 } }), "destinations.vendor.secretHeaders"],
    [vendor({ secretName: "No_Name", secretHeaderKeys: { a: "b" } }), "destinations.vendor.secretName"],
    [vendor({ secretName: "keys", secretHeaderKeys: { "x tenant": "a" } }), "destinations.vendor.secretHeaderKeys"],
    [
        vendor({ secretName: "keys", secretHeaderKeys: { authorization: "a/b" } }),
        "destinations.vendor.secretHeaderKeys",
    ],
    [vendor({ secretName: "keys", secretHeaderKeys: ["authorization"] }), "destinations.vendor.secretHeaderKeys"],
    [vendor({ secretVersion: 1 }), "destinations.vendor.secretVersion"],
    [vendor({ tls: { caSecretName: "No_Name" } }), "destinations.vendor.tls.caSecretName"],
    [vendor({ tls: { insecureSkipVerify: "perhaps" } }), "destinations.vendor.tls.insecureSkipVerify"],
    [vendor({ allowSecretsOverHttp: "perhaps" }), "destinations.vendor.allowSecretsOverHttp"],
    [vendor({ tls: { insecure: true } }), "destinations.vendor.tls.insecure"],
    [vendor({ compression: "zip" }), "destinations.vendor.compression"],
    [vendor({ onQueueFull: "block" }), "destinations.vendor.onQueueFull"],
    [vendor({ egress: { cidrs: ["10.0.0.1"] } }), "destinations.vendor.egress.cidrs"],
    [vendor({ egress: { port: 0 } }), "destinations.vendor.egress.port"],
    [azure({ connectionString: "IngestionEndpoint=https://x" }), "azureMonitor.connectionString"],
    [azure({ connectionString: "InstrumentationKey=1;nothing" }), "azureMonitor.connectionString"],
    [azure({ connectionString: `InstrumentationKey=${"1".repeat(4096)}` }), "azureMonitor.connectionString"],
    [azure({ secretGeneration: 2 }), "azureMonitor.secretGeneration"],
    [azure({ signals: "logs" }), "azureMonitor.signals"],
    [azure({ enabled: "perhaps" }), "azureMonitor.enabled"],
];

const conflicting: readonly InvalidSettings[] = [
    {
        about: "a destination name that is invalid in object names",
        raw: { destinations: { "My Vendor": { endpoint: ENDPOINT } } },
        key: "destinations.My Vendor",
    },
    {
        about: "a destination name whose environment variables may clash",
        raw: { destinations: { "my--vendor": { endpoint: ENDPOINT } } },
        key: "destinations.my--vendor",
    },
    {
        about: "a destination with the name of a backend",
        raw: { destinations: { jaeger: { endpoint: ENDPOINT } } },
        key: "destinations.jaeger",
    },
    {
        about: "a destination without an endpoint",
        raw: { destinations: { vendor: {} } },
        key: "destinations.vendor.endpoint",
    },
    {
        about: "a path in a gRPC endpoint",
        raw: vendor({ endpoint: "https://vendor.example/otlp" }),
        key: "destinations.vendor.endpoint",
    },
    ...["traces", "metrics", "logs/"].map((path) => ({
        about: `the path of a signal in an HTTP endpoint (${path})`,
        raw: vendor({ protocol: "http", endpoint: `https://vendor.example/otlp/v1/${path}` }),
        key: "destinations.vendor.endpoint",
    })),
    {
        about: "a header in both headers and secretHeaders",
        raw: vendor({ headers: { Authorization: "a" }, ...SECRET }),
        key: "destinations.vendor.headers",
    },
    {
        about: "secret headers over plaintext",
        raw: vendor({ endpoint: "http://vendor.example", ...SECRET }),
        key: "destinations.vendor.secretHeaders",
    },
    {
        about: "secret headers of an existing Secret over plaintext",
        raw: vendor({ endpoint: "http://vendor.example", secretName: "keys", secretHeaderKeys: { token: "a" } }),
        key: "destinations.vendor.secretHeaderKeys",
    },
    {
        about: "a header in both headers and secretHeaderKeys",
        raw: vendor({ headers: { Token: "a" }, secretName: "keys", secretHeaderKeys: { token: "a" } }),
        key: "destinations.vendor.headers",
    },
    {
        about: "secret headers in addition to an existing Secret",
        raw: vendor({ ...SECRET, secretName: "keys" }),
        key: "destinations.vendor.secretHeaders",
    },
    {
        about: "an existing Secret without the headers that it contains",
        raw: vendor({ secretName: "keys" }),
        key: "destinations.vendor.secretHeaderKeys",
    },
    {
        about: "headers of an existing Secret without its name",
        raw: vendor({ secretHeaderKeys: { authorization: "token" } }),
        key: "destinations.vendor.secretName",
    },
    {
        about: "a connection string in addition to an existing Secret",
        raw: azure({ secretName: "keys" }),
        key: "azureMonitor.connectionString",
    },
    {
        about: "an existing Secret by the name that it has in Helm charts",
        raw: vendor({ existingSecret: "keys" }),
        key: "destinations.vendor.existingSecret",
    },
    {
        about: "allowSecretsOverHttp without secret headers",
        raw: vendor({ allowSecretsOverHttp: true }),
        key: "destinations.vendor.allowSecretsOverHttp",
    },
    ...[
        { endpoint: "http://vendor.example", tls: { insecureSkipVerify: true } },
        { tls: { insecureSkipVerify: true, caSecretName: "ca" } },
    ].map((settings) => ({
        about: `insecureSkipVerify without a certificate to skip (${JSON.stringify(settings)})`,
        raw: vendor(settings),
        key: "destinations.vendor.tls.insecureSkipVerify",
    })),
    {
        about: "a CA for an endpoint without TLS",
        raw: vendor({ endpoint: "http://vendor.example", tls: { caSecretName: "ca" } }),
        key: "destinations.vendor.tls.caSecretName",
    },
    {
        about: "Azure Monitor without a connection string",
        raw: { azureMonitor: { enabled: true } },
        key: "azureMonitor.connectionString",
    },
    {
        about: "a connection string without azureMonitor.enabled",
        raw: { azureMonitor: { connectionString: "InstrumentationKey=1" } },
        key: "azureMonitor.connectionString",
    },
    {
        about: "onQueueFull drop for the only destination of a signal",
        raw: { loki: { enabled: false }, ...vendor({ signals: ["logs"] }) },
        key: "destinations.vendor.onQueueFull",
    },
    {
        about: "more destinations than memory holds queues for",
        raw: vendors(20),
        key: "destinations",
    },
    {
        about: "queues above the memory that they share",
        raw: { collector: { queue: { size: "200Mi" } }, ...vendor({}) },
        key: "collector.queue.size",
    },
    {
        about: "more destinations than memory holds batches for when queues are persistent",
        raw: { durability: { mode: "disk" }, ...vendors(20) },
        key: "destinations",
    },
    {
        about: "a volume without room for the queues of a destination",
        raw: { durability: { mode: "disk" }, collector: { queue: { volumeSize: "3200Mi" } }, ...vendor({}) },
        key: "collector.queue.volumeSize",
    },
];

export const invalidDestinations: readonly InvalidSettings[] = [
    ...misspelt,
    ...rejected.map(([raw, key]) => ({ about: JSON.stringify(raw).slice(0, 120), raw, key })),
    ...conflicting,
];
