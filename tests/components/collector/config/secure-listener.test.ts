import assert from "node:assert/strict";
import { Collector } from "../../../../components/collector/collector";
import { collectorEndpoints } from "../../../../components/collector/endpoints";
import { renderCollectorConfig } from "../../../../components/collector/config/render";
import type { CollectorConfig, ServerSecurity } from "../../../../components/collector/config/types/collector-config";
import { type ProgramRecorder, startMocks, renderProgram, readStackSettings } from "../../../../tools/render/program";
import { resolveCollectorArgs } from "../../../support/collector-args";
import {
    readConfigMap,
    getContainer,
    listKindsAndNames,
    getPodTemplate,
    getServicePorts,
} from "../../../support/manifests";
import { parseSettings } from "../../../support/settings";
import { POD_OPTIONS } from "../../../support/pod-options";

type Raw = Readonly<Record<string, unknown>>;

/** What a Collector is made of where the listener is on and speaks both protocols, with those settings of it. */
function resolveArgs(secureOtlp: Raw = {}, more: Raw = {}) {
    return resolveCollectorArgs({ secureOtlp: { enabled: true, grpc: { enabled: true }, ...secureOtlp }, ...more });
}

async function createCollector(secureOtlp: Raw = {}): Promise<ProgramRecorder> {
    const recorder = await startMocks();
    new Collector("gateway", {
        ...resolveArgs(secureOtlp),
        namespace: "ns",
        image: "otelcol:1.2.3",
        rolloutTimeout: "2m",
        pods: POD_OPTIONS,
    });
    return recorder.settle();
}

function getListeners(
    { receivers }: CollectorConfig,
    id: "otlp" | "otlp/secure",
): Readonly<Record<string, ServerSecurity>> {
    return { ...receivers[id]?.protocols };
}

/** The files of each Secret that the pods mount, and where. */
function listMountedSecrets(recorder: ProgramRecorder): unknown[] {
    const deployment = recorder.manifest("Deployment", "gateway");
    const { volumeMounts } = getContainer(deployment);
    return getPodTemplate(deployment).spec.volumes.flatMap((volume) =>
        "secret" in volume
            ? {
                  secret: volume.secret.secretName,
                  mode: volume.secret.defaultMode,
                  files: volume.secret.items.map(({ path }) => path),
                  at: volumeMounts.find(({ name }) => name === volume.name)?.mountPath,
              }
            : [],
    );
}

describe("secure OTLP listener", () => {
    it("is omitted by default", async () => {
        const { program, recorder } = await renderProgram({});
        assert.doesNotMatch(listKindsAndNames(recorder).join(), /-secure|tokens/);
        const own = [
            recorder.manifest("Deployment", "otel-collector"),
            readConfigMap(recorder, "otel-collector-config"),
        ];
        assert.doesNotMatch(JSON.stringify(own), /secure-otlp|otlp\/secure|531[78]|bearertokenauth/);
        assert.equal(program.secureOtlp, undefined);
    });

    it("has its own Service and Secret", async () => {
        const recorder = await createCollector();
        assert.deepEqual(listKindsAndNames(recorder), [
            "ConfigMap gateway-config-HASH",
            "Deployment gateway",
            "Secret gateway-tokens-1",
            "Service gateway",
            "Service gateway-headless",
            "Service gateway-secure",
        ]);
        assert.deepEqual(getServicePorts(recorder.manifest("Service", "gateway-secure")), {
            "secure-grpc": 5317,
            "secure-http": 5318,
        });
        assert.doesNotMatch(JSON.stringify(recorder.manifest("Service", "gateway")), /531[78]/);
    });

    it("feeds the same pipelines as the plaintext listener", () => {
        const { traces, metrics, logs } = renderCollectorConfig(resolveArgs()).service.pipelines;
        for (const pipeline of [traces, metrics, logs]) {
            assert.deepEqual(pipeline?.receivers, ["otlp", "otlp/secure"]);
        }
    });

    it("requires TLS and a bearer token; the plaintext listener requires neither", () => {
        const config = renderCollectorConfig(resolveArgs({ tls: { reloadInterval: "30s" } }));
        const { grpc, http } = getListeners(config, "otlp/secure");
        for (const listener of [grpc, http]) {
            assert.deepEqual(listener?.auth, { authenticator: "bearertokenauth" });
            assert.deepEqual(listener.tls, {
                cert_file: "/etc/otel-stack/secure-otlp/tls/tls.crt",
                key_file: "/etc/otel-stack/secure-otlp/tls/tls.key",
                reload_interval: "30s",
            });
        }
        for (const listener of Object.values(getListeners(config, "otlp"))) {
            assert.equal(listener.auth ?? listener.tls, undefined);
        }
        assert.deepEqual(config.service.extensions, ["health_check", "bearertokenauth"]);
    });

    it("requires client certificates, and reloads their CA, when auth is mtls", () => {
        const config = renderCollectorConfig(resolveArgs({ auth: "mtls" }));
        const { grpc, http } = getListeners(config, "otlp/secure");
        for (const listener of [grpc, http]) {
            assert.equal(listener?.tls?.client_ca_file, "/etc/otel-stack/secure-otlp/client-ca/ca.crt");
            assert.equal(listener.tls.client_ca_file_reload, true);
            assert.equal(listener.auth, undefined);
        }
        assert.deepEqual(config.service.extensions, ["health_check"]);
    });

    it("serves only HTTP when gRPC is disabled", async () => {
        const off = { grpc: { enabled: false } };
        assert.deepEqual(Object.keys(getListeners(renderCollectorConfig(resolveArgs(off)), "otlp/secure")), ["http"]);
        const recorder = await createCollector(off);
        assert.deepEqual(getServicePorts(recorder.manifest("Service", "gateway-secure")), { "secure-http": 5318 });
        const { ports } = getContainer(recorder.manifest("Deployment", "gateway"));
        assert.ok(!ports.some(({ containerPort }) => containerPort === 5317));
    });

    it("enables gRPC by default only when auth is mtls", () => {
        const speaks = (secureOtlp: Raw) => parseSettings({ secureOtlp }).secureOtlp.grpc.enabled;
        assert.equal(speaks({ enabled: true }), false);
        assert.equal(speaks({ enabled: true, auth: "mtls" }), true);
        assert.equal(speaks({ enabled: true, auth: "mtls", grpc: { enabled: false } }), false);
    });

    it("has the same limits as the plaintext listener", () => {
        const config = renderCollectorConfig(resolveArgs());
        const own = ["auth", "endpoint", "tls"];
        const [plain, secure] = (["otlp", "otlp/secure"] as const).map((id) =>
            Object.values(getListeners(config, id)).map((listener) =>
                Object.entries(listener).filter(([key]) => !own.includes(key)),
            ),
        );
        assert.deepEqual(secure, plain);
    });

    it("has its own https endpoints", () => {
        const { secureGrpc, secureHttp } = collectorEndpoints("gateway", "ns");
        assert.equal(secureGrpc.url, "https://gateway-secure.ns:5317");
        assert.equal(secureHttp.url, "https://gateway-secure.ns:5318");
        assert.equal(secureHttp.host, "gateway-secure.ns");
    });
});

describe("secure OTLP listener: mounted Secrets", () => {
    const MODE = 0o440;
    const TLS = {
        secret: "otel-collector-secure-tls",
        mode: MODE,
        files: ["tls.crt", "tls.key"],
        at: "/etc/otel-stack/secure-otlp/tls",
    };

    it("contain the certificate and tokens, readable by the Collector's group only", async () => {
        assert.deepEqual(listMountedSecrets(await createCollector()), [
            TLS,
            {
                secret: "gateway-tokens-1",
                mode: MODE,
                files: ["valid-tokens"],
                at: "/etc/otel-stack/secure-otlp/tokens",
            },
        ]);
    });

    it("contain the client CA when auth is mtls", async () => {
        const authority = {
            secret: TLS.secret,
            mode: MODE,
            files: ["ca.crt"],
            at: "/etc/otel-stack/secure-otlp/client-ca",
        };
        const recorder = await createCollector({ auth: "mtls" });
        assert.deepEqual(listMountedSecrets(recorder), [TLS, authority]);
        assert.ok(!listKindsAndNames(recorder).some((name) => name.startsWith("Secret ")));
    });

    it("may be two Secrets", async () => {
        const tls = { secretName: "public-certificate", clientCaSecretName: "senders-ca" };
        const names = listMountedSecrets(await createCollector({ auth: "mtls", tls })).map(
            (mounted) => (mounted as { secret: string }).secret,
        );
        assert.deepEqual(names, ["public-certificate", "senders-ca"]);
    });

    it("use no subPath, so that renewed certificates are seen", async () => {
        const { volumeMounts } = getContainer((await createCollector()).manifest("Deployment", "gateway"));
        const mounts = volumeMounts.filter(({ name }) => name.startsWith("secure-otlp-"));
        assert.ok(
            mounts.length === 2 && mounts.every((mount) => mount.readOnly && !Object.keys(mount).includes("subPath")),
        );
    });
});

describe("secure OTLP listener: tokens", () => {
    const token = (version: number) => `generated-gateway-token-${version}`;
    const passwordsOf = (recorder: ProgramRecorder) =>
        recorder.resources.filter(({ type }) => type.endsWith(":RandomPassword")).map(({ name }) => name);

    for (const [about, settings, secret, valid] of [
        ["the first", {}, "gateway-tokens-1", [1]],
        [
            "the current and the previous one during a rotation",
            { version: 2, acceptPrevious: true },
            "gateway-tokens-1-2",
            [2, 1],
        ],
        ["only the new one after a rotation", { version: 2 }, "gateway-tokens-2", [2]],
    ] as const) {
        it(`include ${about} in an immutable Secret with their versions in its name`, async () => {
            const recorder = await createCollector({ token: settings });
            const manifest = recorder.manifest("Secret", secret);
            assert.equal(manifest.immutable, true);
            assert.deepEqual(manifest.stringData, {
                token: token(valid[0]),
                "valid-tokens": valid.map((version) => `${token(version)}\n`).join(""),
            });
            assert.deepEqual(passwordsOf(recorder).sort(), valid.map((version) => `gateway-token-${version}`).sort());
        });
    }

    it("are in an existing Secret when the settings name one", async () => {
        const { program, recorder } = await renderProgram({
            grafana: { enabled: false },
            secureOtlp: { enabled: true, token: { secretName: "senders" } },
        });
        assert.deepEqual(
            recorder.resources.filter(({ type }) => /:Secret$|:RandomPassword$/.test(type)),
            [],
        );
        const { volumes } = getPodTemplate(recorder.manifest("Deployment", "otel-collector")).spec;
        assert.deepEqual(volumes.find(({ name }) => name === "secure-otlp-tokens")?.secret, {
            secretName: "senders",
            defaultMode: 0o440,
            items: [{ key: "valid-tokens", path: "valid-tokens" }],
        });
        assert.match(
            program.secureOtlp?.environment.OTEL_EXPORTER_OTLP_HEADERS ?? "",
            /kubectl get secret -n playground-otel senders -o jsonpath=\{\.data\.token\}/,
        );
    });

    it("are long and need no quoting", async () => {
        const recorder = await createCollector();
        const inputs = recorder.resources.find(({ type }) => type.endsWith(":RandomPassword"))?.inputs as Raw;
        assert.ok(Number(inputs.length) >= 32);
        assert.equal(inputs.special, false);
    });

    it("are marked as secrets", async () => {
        const recorder = await createCollector();
        const sent = recorder.resources.find(({ type }) => type.endsWith(":Secret"))?.inputs as Raw;
        assert.match(JSON.stringify(sent.stringData), /^\{"4dabf18193072939515e22adb298388d":/);
    });

    it("appear in no ConfigMap, environment variable, argument or output", async () => {
        const { program, recorder } = await renderProgram(readStackSettings("secure"));
        const elsewhere = recorder.manifests.filter(({ kind }) => kind !== "Secret");
        assert.doesNotMatch(JSON.stringify(elsewhere), /generated-/);
        const { grafanaAdmin, ...outputs } = program;
        assert.ok(grafanaAdmin);
        assert.doesNotMatch(JSON.stringify(outputs), /generated-/);
    });
});

describe("secureOtlp output", () => {
    it("has the endpoints and the command that reads the token", async () => {
        const { program } = await renderProgram({
            secureOtlp: { enabled: true, grpc: { enabled: true }, token: { version: 3, acceptPrevious: true } },
        });
        assert.deepEqual(program.secureOtlp, {
            endpoints: {
                grpc: {
                    short: "https://otel-collector-secure.playground-otel:5317",
                    fqdn: "https://otel-collector-secure.playground-otel.svc.cluster.local:5317",
                },
                http: {
                    short: "https://otel-collector-secure.playground-otel:5318",
                    fqdn: "https://otel-collector-secure.playground-otel.svc.cluster.local:5318",
                },
            },
            hosts: ["otel-collector-secure.playground-otel", "otel-collector-secure.playground-otel.svc.cluster.local"],
            environment: {
                OTEL_EXPORTER_OTLP_ENDPOINT: "https://otel-collector-secure.playground-otel:5318",
                OTEL_EXPORTER_OTLP_PROTOCOL: "http/protobuf",
                OTEL_EXPORTER_OTLP_CERTIFICATE: "ca.crt",
                OTEL_EXPORTER_OTLP_HEADERS:
                    '"Authorization=Bearer%20$(kubectl get secret -n playground-otel otel-collector-tokens-2-3 -o jsonpath={.data.token} | base64 -d)"',
                OTEL_METRIC_EXPORT_INTERVAL: "10000",
                OTEL_SERVICE_NAME: "my-service",
                OTEL_RESOURCE_ATTRIBUTES: "service.instance.id=$(hostname)",
            },
        });
    });

    it("names the client certificate and the signals without a destination when auth is mtls", async () => {
        const settings = {
            secureOtlp: { enabled: true, auth: "mtls", grpc: { enabled: false } },
            loki: { enabled: false },
        };
        const { program } = await renderProgram({ ...settings, collector: { debugExporter: { enabled: false } } });
        assert.equal(program.secureOtlp?.endpoints.grpc, undefined);
        const { OTEL_EXPORTER_OTLP_HEADERS, ...environment } = program.secureOtlp?.environment ?? {};
        assert.equal(OTEL_EXPORTER_OTLP_HEADERS, undefined);
        assert.equal(environment.OTEL_EXPORTER_OTLP_CLIENT_CERTIFICATE, "tls.crt");
        assert.equal(environment.OTEL_EXPORTER_OTLP_CLIENT_KEY, "tls.key");
        assert.equal(environment.OTEL_LOGS_EXPORTER, "none");
    });
});
