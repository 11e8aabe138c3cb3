import type { InvalidSettings } from "./invalid-settings";

type Raw = Readonly<Record<string, unknown>>;

const ENDPOINT = "https://otlp.vendor.example:4317";
const URL_EXPECTED =
    "expected a URL that starts with http:// or https://, without user, query and fragment, such as https://otlp.example.com:4317";
const HEADERS =
    "expected names of letters, digits and - with values of printable characters as text, such as { x-tenant: shop }";
const SIGNALS = "expected at least one of traces, metrics, logs, each once, such as [traces, logs]";
const NAME = "expected a name of at most 30 of a-z, 0-9 and single -, with a letter or digit at both ends";
const CONNECTION = "expected a connection string with InstrumentationKey=..., as Azure's portal shows it";
const COUNT = "expected a whole number from 1 to 1000000";
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
        about: "a destination that is at no address, which to a NetworkPolicy means any",
        raw: vendor({ egress: { cidrs: [] } }),
        problem:
            "destinations.vendor.egress.cidrs: expected a list of at least one address range, such as [203.0.113.0/24]",
    },
    {
        about: "a misspelt key of a destination",
        raw: vendor({ endpont: ENDPOINT }),
        problem: "destinations.vendor.endpont: unknown key, did you mean destinations.vendor.endpoint?",
    },
    {
        about: "a misspelt key of its TLS",
        raw: vendor({ tls: { caSecret: "ca" } }),
        problem: "destinations.vendor.tls.caSecret: unknown key, did you mean destinations.vendor.tls.caSecretName?",
    },
    {
        about: "a misspelt key of its egress",
        raw: vendor({ egress: { cidr: [] } }),
        problem: "destinations.vendor.egress.cidr: unknown key, did you mean destinations.vendor.egress.cidrs?",
    },
    {
        about: "a misspelt key of Azure Monitor",
        raw: { azureMonitor: { conectionString: "x" } },
        problem: "azureMonitor.conectionString: unknown key, did you mean azureMonitor.connectionString?",
    },
];

const rejected: readonly [Raw, string][] = [
    [
        { destinations: [] },
        "destinations: expected settings under the name of each destination, such as { vendor: { endpoint: ... } }",
    ],
    [
        { destinations: { vendor: ENDPOINT } },
        "destinations.vendor: expected settings under it (endpoint, protocol, signals, headers, secretHeaders, secretVersion, tls, allowSecretsOverHttp, compression, onQueueFull, egress)",
    ],
    [vendor({ endpoint: "otlp.vendor.example:4317" }), `destinations.vendor.endpoint: ${URL_EXPECTED}`],
    [vendor({ endpoint: "HTTP://vendor.example:4318", ...SECRET }), `destinations.vendor.endpoint: ${URL_EXPECTED}`],
    [vendor({ endpoint: "https:vendor.example:4318" }), `destinations.vendor.endpoint: ${URL_EXPECTED}`],
    [vendor({ endpoint: "https:///vendor.example" }), `destinations.vendor.endpoint: ${URL_EXPECTED}`],
    [vendor({ endpoint: "https://me:pw@vendor.example" }), `destinations.vendor.endpoint: ${URL_EXPECTED}`],
    [vendor({ endpoint: "https://vendor.example/?key=1" }), `destinations.vendor.endpoint: ${URL_EXPECTED}`],
    [vendor({ protocol: "kafka" }), "destinations.vendor.protocol: expected one of grpc, http"],
    [vendor({ signals: [] }), `destinations.vendor.signals: ${SIGNALS}`],
    [vendor({ signals: ["traces", "traces"] }), `destinations.vendor.signals: ${SIGNALS}`],
    [vendor({ signals: ["profiles"] }), `destinations.vendor.signals: ${SIGNALS}`],
    [vendor({ headers: { "x tenant": "a" } }), `destinations.vendor.headers: ${HEADERS}`],
    [vendor({ headers: { tenant: "a\nb" } }), `destinations.vendor.headers: ${HEADERS}`],
    [vendor({ secretHeaders: { authorization: 5 } }), `destinations.vendor.secretHeaders: ${HEADERS}`],
    [vendor({ secretVersion: 0 }), `destinations.vendor.secretVersion: ${COUNT}`],
    [
        vendor({ tls: { caSecretName: "No_Name" } }),
        "destinations.vendor.tls.caSecretName: expected a DNS subdomain: at most 253 of a-z, 0-9, - and ., with a letter or digit at both ends",
    ],
    [
        vendor({ tls: { insecureSkipVerify: "perhaps" } }),
        "destinations.vendor.tls.insecureSkipVerify: expected true or false",
    ],
    [vendor({ allowSecretsOverHttp: "perhaps" }), "destinations.vendor.allowSecretsOverHttp: expected true or false"],
    [
        vendor({ tls: { insecure: true } }),
        "destinations.vendor.tls.insecure: unknown key, it is called destinations.vendor.allowSecretsOverHttp now",
    ],
    [vendor({ compression: "zip" }), "destinations.vendor.compression: expected one of gzip, none"],
    [vendor({ onQueueFull: "block" }), "destinations.vendor.onQueueFull: expected one of drop, reject"],
    [
        vendor({ egress: { cidrs: ["10.0.0.1"] } }),
        "destinations.vendor.egress.cidrs: expected a list of at least one address range, such as [203.0.113.0/24]",
    ],
    [vendor({ egress: { port: 0 } }), "destinations.vendor.egress.port: expected a whole number from 1 to 65535"],
    [azure({ connectionString: "IngestionEndpoint=https://x" }), `azureMonitor.connectionString: ${CONNECTION}`],
    [azure({ connectionString: "InstrumentationKey=1;nothing" }), `azureMonitor.connectionString: ${CONNECTION}`],
    [
        azure({ connectionString: `InstrumentationKey=${"1".repeat(4096)}` }),
        `azureMonitor.connectionString: ${CONNECTION}`,
    ],
    [azure({ secretVersion: "two" }), `azureMonitor.secretVersion: ${COUNT}`],
    [azure({ signals: "logs" }), `azureMonitor.signals: ${SIGNALS}`],
    [azure({ enabled: "perhaps" }), "azureMonitor.enabled: expected true or false"],
];

const conflicting: readonly InvalidSettings[] = [
    {
        about: "a destination whose name no object could have",
        raw: { destinations: { "My Vendor": { endpoint: ENDPOINT } } },
        problem: `destinations.My Vendor: ${NAME}`,
    },
    {
        about: "a destination whose variables could be another's",
        raw: { destinations: { "my--vendor": { endpoint: ENDPOINT } } },
        problem: `destinations.my--vendor: ${NAME}`,
    },
    {
        about: "a destination with the name of a backend",
        raw: { destinations: { jaeger: { endpoint: ENDPOINT } } },
        problem:
            "destinations.jaeger: expected another name than jaeger, loki, victorialogs, prometheus, azure-monitor: exporters have those already",
    },
    {
        about: "a destination without an endpoint",
        raw: { destinations: { vendor: {} } },
        problem: "destinations.vendor.endpoint: expected the URL of the backend, such as https://otlp.example.com:4317",
    },
    {
        about: "a path by gRPC",
        raw: vendor({ endpoint: "https://vendor.example/otlp" }),
        problem: "destinations.vendor.endpoint: expected a URL without a path, or http for its protocol: gRPC has none",
    },
    ...["traces", "metrics", "logs/"].map((path) => ({
        about: `the path of a signal by HTTP (${path})`,
        raw: vendor({ protocol: "http", endpoint: `https://vendor.example/otlp/v1/${path}` }),
        problem:
            "destinations.vendor.endpoint: expected a URL without the path of a signal: /v1/traces and the like come behind it by themselves",
    })),
    {
        about: "a header twice",
        raw: vendor({ headers: { Authorization: "a" }, ...SECRET }),
        problem:
            "destinations.vendor.headers: expected each header once, in headers or secretHeaders, whatever its capitals",
    },
    {
        about: "a secret in the open",
        raw: vendor({ endpoint: "http://vendor.example", ...SECRET }),
        problem:
            "destinations.vendor.secretHeaders: expected an https:// endpoint, or true for allowSecretsOverHttp: anybody on the network path to an http:// endpoint can read them",
    },
    {
        about: "secrets allowed over http when there are none",
        raw: vendor({ allowSecretsOverHttp: true }),
        problem:
            "destinations.vendor.allowSecretsOverHttp: expected false: it is for secretHeaders that go to an http:// endpoint",
    },
    ...[
        { endpoint: "http://vendor.example", tls: { insecureSkipVerify: true } },
        { tls: { insecureSkipVerify: true, caSecretName: "ca" } },
    ].map((settings) => ({
        about: `no verification without a certificate to skip (${JSON.stringify(settings)})`,
        raw: vendor(settings),
        problem:
            "destinations.vendor.tls.insecureSkipVerify: expected false: it is for an https:// endpoint without tls.caSecretName, whose certificate nobody verifies",
    })),
    {
        about: "an authority for an endpoint without TLS",
        raw: vendor({ endpoint: "http://vendor.example", tls: { caSecretName: "ca" } }),
        problem:
            "destinations.vendor.tls.caSecretName: expected an https:// endpoint: an http:// one shows no certificate",
    },
    {
        about: "a generation of no secrets",
        raw: vendor({ secretVersion: 2 }),
        problem: "destinations.vendor.secretVersion: expected to be left out: there are no secretHeaders to count",
    },
    {
        about: "Azure Monitor without a connection string",
        raw: { azureMonitor: { enabled: true } },
        problem:
            "azureMonitor.connectionString: expected the connection string of an Application Insights resource, by `pulumi config set --secret --path otel-stack:azureMonitor.connectionString`",
    },
    {
        about: "a connection string that nothing uses",
        raw: { azureMonitor: { connectionString: "InstrumentationKey=1" } },
        problem: "azureMonitor.enabled: expected true or false: a connection string alone sends nothing",
    },
    {
        about: "a signal whose only destination drops",
        raw: { loki: { enabled: false }, ...vendor({ signals: ["logs"] }) },
        problem:
            "destinations.vendor.onQueueFull: expected reject, as logs have no backend in the stack: what is dropped would be nowhere",
    },
    {
        about: "more destinations than memory holds queues for",
        raw: vendors(20),
        problem:
            "destinations: expected more memory (collector.resources.limits.memory), fewer destinations or fewer signals: the queue of each would not hold one request or batch (collector.receiver.maxRequestSize, collector.batch.maxSize)",
    },
    {
        about: "queues that are too large for the memory that they share",
        raw: { collector: { queue: { size: "40Mi" } }, ...vendor({}) },
        problem:
            "collector.queue.size: expected at most 32Mi, as 6 queues share what the memory limiter allows with 256Mi (collector.resources.limits.memory)",
    },
    {
        about: "more destinations than memory holds batches for, from queues on disk",
        raw: { durability: { mode: "disk" }, ...vendors(4) },
        problem:
            "destinations: expected fewer destinations or signals, more memory (collector.resources.limits.memory) or smaller batches (collector.batch.maxSize): the queues have 54 batches of 2Mi in memory while nobody takes them, more than half of what the memory limiter allows with 256Mi",
    },
    {
        about: "a volume without room for the queues of a destination",
        raw: { durability: { mode: "disk" }, collector: { queue: { volumeSize: "3200Mi" } }, ...vendor({}) },
        problem:
            "collector.queue.volumeSize: expected at least 5421Mi, what full queues and the compaction of one take (collector.queue.size, or durability.maxOutage)",
    },
];

export const invalidDestinations: readonly InvalidSettings[] = [
    ...misspelt,
    ...rejected.map(([raw, problem]) => ({ about: `${problem} (${JSON.stringify(raw).slice(0, 100)})`, raw, problem })),
    ...conflicting,
];
