import assert from "node:assert/strict";
import * as pulumi from "@pulumi/pulumi";
import { loadSettings } from "../../config/load";
import { loadProgram, startMocks } from "../../tools/render/program";
import { getLoadError } from "../support/load-error";

describe("loadSettings", () => {
    it("parses scalars and structures from Pulumi config", async () => {
        await startMocks({ rolloutTimeout: "5m", collector: { replicas: 2, queue: { size: "16Mi" } } });
        const settings = loadSettings();
        assert.equal(settings.rolloutTimeout, "5m");
        assert.equal(settings.collector.replicas, 2);
        assert.equal(settings.collector.queue.size, "16Mi");
    });

    it("ignores keys of other projects and providers", async () => {
        await startMocks();
        pulumi.runtime.setAllConfig({ "kubernetes:context": "kind", "otel-stack:collector": '{"replicas":2}' });
        assert.equal(loadSettings().collector.replicas, 2);
    });

    it("rejects a project with another name, whose settings have other keys", async () => {
        const mocks = { newResource: () => ({ id: undefined, state: {} }), call: () => ({}) };
        await pulumi.runtime.setMocks(mocks, "observability", "test");
        assert.throws(loadSettings, /Pulumi\.yaml: name must be otel-stack, .* \(got "observability"\)/);
    });

    it("reports stack, key, expected and actual value", async () => {
        const message = await getLoadError({ collector: { queue: { size: "many" } }, jeager: {} });
        assert.equal(
            message,
            [
                "The settings of stack test have 2 errors:",
                '  otel-stack:collector.queue.size must be a size with a unit, in whole bytes, such as 256Mi (got "many")',
                "  otel-stack:jeager is not a setting; did you mean jaeger?",
            ].join("\n"),
        );
    });

    it("masks encrypted values in messages", async () => {
        const message = await getLoadError(
            { rolloutTimeout: "hunter2", jaeger: { resources: { requests: { memory: "9999Mi" } } } },
            ["rolloutTimeout", "jaeger"],
        );
        assert.doesNotMatch(message, /hunter2|9999Mi|512Mi/);
        assert.match(message, /otel-stack:rolloutTimeout must be a duration/);
        assert.match(
            message,
            /otel-stack:jaeger\.resources\.requests\.memory is not compatible with jaeger\.resources\.limits\.memory/,
        );
    });

    it("masks secret settings in messages even when stored in plaintext", async () => {
        const message = await getLoadError({
            azureMonitor: { enabled: true, connectionString: "InstrumentationKi=s3cret" },
        });
        assert.match(message, /azureMonitor\.connectionString must be a connection string/);
        assert.doesNotMatch(message, /s3cret/);
    });

    it("reports as much as possible of a section that contains a secret", async () => {
        const message = await getLoadError(
            { destinations: { vendor: { endpoint: "https://a.example/path", secretHeaders: { token: "s3cret" } } } },
            ["destinations"],
        );
        assert.match(message, /otel-stack:destinations\.vendor\.endpoint must be a URL without a path/);
        assert.doesNotMatch(message, /s3cret|a\.example/);
    });

    for (const [about, settings, expected] of [
        ["nothing when secureOtlp is disabled", {}, []],
        [
            "the Secret that the user must create",
            { secureOtlp: { enabled: true } },
            [/Secret otel-collector-secure-tls \(tls\.crt, tls\.key\) in Namespace playground-otel;/],
        ],
        [
            "the CA of client certificates that the user must create",
            { secureOtlp: { enabled: true, auth: "mtls", tls: { clientCaSecretName: "senders" } } },
            [/otel-collector-secure-tls \(tls\.crt, tls\.key\) and senders \(ca\.crt\) in Namespace/],
        ],
        [
            "the Secrets with environment variables, in the Namespace of their pods",
            {
                pods: { envFrom: ["proxy"] },
                clusterTelemetry: { podLogs: { enabled: true }, pods: { envFrom: ["own"] } },
            },
            [
                / pods\.envFrom: each pod starts after you create Secret proxy in Namespace playground-otel;/,
                /clusterTelemetry\.pods\.envFrom: each pod starts after you create Secret own in Namespace playground-otel-agent;/,
            ],
        ],
        [
            "the existing Secrets that the settings name",
            {
                destinations: {
                    vendor: {
                        endpoint: "https://otlp.example.com",
                        secretName: "vendor-keys",
                        secretHeaderKeys: { authorization: "token", "x-token": "token" },
                        tls: { caSecretName: "vendor-ca" },
                    },
                },
                azureMonitor: { enabled: true, secretName: "azure" },
                grafana: { secretName: "grafana-login" },
            },
            [
                /destinations\.vendor\.secretName: the Collector starts after you create Secret vendor-keys \(token\) in/,
                /vendor\.tls\.caSecretName: the Collector starts after you create Secret vendor-ca \(ca\.crt\) in/,
                /azureMonitor\.secretName: the Collector starts after you create Secret azure \(connectionString\) in/,
                /grafana\.secretName: Grafana starts after you create Secret grafana-login \(admin-password, secret-key\) in/,
            ],
        ],
    ] as const) {
        it(`logs during preview: ${about}`, async () => {
            const said: string[] = [];
            const { log } = console;
            console.log = (line: string) => said.push(line);
            try {
                await startMocks(settings);
                loadSettings();
                assert.deepEqual(said, [], "an update says it no more");
                await startMocks(settings, [], "test", true);
                loadSettings();
            } finally {
                console.log = log;
            }
            assert.equal(said.length, expected.length);
            for (const pattern of expected) {
                assert.match(said.join(), pattern);
            }
        });
    }

    it("fails before any resource is registered", async () => {
        const recorder = await startMocks({ collector: { replicas: 0 } });
        await assert.rejects(loadProgram(), /otel-stack:collector\.replicas must be an integer/);
        await recorder.settle();
        assert.deepEqual(recorder.manifests, []);
        assert.deepEqual(
            recorder.resources.filter(({ type }) => type.startsWith("otel-stack:")),
            [],
        );
    });
});
