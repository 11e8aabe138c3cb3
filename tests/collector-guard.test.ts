import assert from "node:assert/strict";
import { Collector, collectorEndpoints } from "../components/collector/collector";
import { collectorConfig } from "../components/collector/config";
import type { CollectorConfig, Protection } from "../components/collector/types";
import { type Recorder, mockStack, runProgram, settingsOf } from "../tools/mocked-stack";
import { collectorArgs } from "./support/collector";
import { configOf, containerOf, kindsAndNames, podOf, portsOf } from "./support/objects";
import { settingsFrom } from "./support/settings";

type Raw = Readonly<Record<string, unknown>>;

/** What a Collector is made of where the listener is on and speaks both protocols, with those settings of it. */
function argsFor(guard: Raw = {}, more: Raw = {}) {
    return collectorArgs({ guard: { enabled: true, grpc: { enabled: true }, ...guard }, ...more });
}

async function collectorWith(guard: Raw = {}): Promise<Recorder> {
    const recorder = await mockStack();
    new Collector("gateway", { ...argsFor(guard), namespace: "ns", image: "otelcol:1.2.3", rolloutTimeout: "2m" });
    return recorder.settle();
}

function listenersOf(
    { receivers }: CollectorConfig,
    id: "otlp" | "otlp/guarded",
): Readonly<Record<string, Protection>> {
    return { ...receivers[id]?.protocols };
}

/** The files of each Secret that the pods mount, and where. */
function mountedSecrets(recorder: Recorder): unknown[] {
    const deployment = recorder.manifest("Deployment", "gateway");
    const { volumeMounts } = containerOf(deployment);
    return podOf(deployment).spec.volumes.flatMap((volume) =>
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

describe("the guarded listener", () => {
    it("is not there unless it is asked for", async () => {
        const { program, recorder } = await runProgram({});
        assert.doesNotMatch(kindsAndNames(recorder).join(), /guarded|tokens/);
        const own = [recorder.manifest("Deployment", "otel-collector"), configOf(recorder, "otel-collector-config")];
        assert.doesNotMatch(JSON.stringify(own), /guard|531[78]|bearertokenauth/);
        assert.equal(program.guard, undefined);
    });

    it("is a Service and a Secret of its own", async () => {
        const recorder = await collectorWith();
        assert.deepEqual(kindsAndNames(recorder), [
            "ConfigMap gateway-config-HASH",
            "Deployment gateway",
            "Secret gateway-tokens-1",
            "Service gateway",
            "Service gateway-guarded",
            "Service gateway-headless",
        ]);
        assert.deepEqual(portsOf(recorder.manifest("Service", "gateway-guarded")), {
            "guarded-grpc": 5317,
            "guarded-http": 5318,
        });
        assert.doesNotMatch(JSON.stringify(recorder.manifest("Service", "gateway")), /531[78]/);
    });

    it("feeds every pipeline that the plain one feeds", () => {
        const { traces, metrics, logs } = collectorConfig(argsFor()).service.pipelines;
        for (const pipeline of [traces, metrics, logs]) {
            assert.deepEqual(pipeline?.receivers, ["otlp", "otlp/guarded"]);
        }
    });

    it("asks for a token by TLS, and the plain one for nothing", () => {
        const config = collectorConfig(argsFor({ tls: { reloadInterval: "30s" } }));
        const { grpc, http } = listenersOf(config, "otlp/guarded");
        for (const listener of [grpc, http]) {
            assert.deepEqual(listener?.auth, { authenticator: "bearertokenauth" });
            assert.deepEqual(listener.tls, {
                cert_file: "/etc/otel-stack/guard/tls/tls.crt",
                key_file: "/etc/otel-stack/guard/tls/tls.key",
                reload_interval: "30s",
            });
        }
        for (const listener of Object.values(listenersOf(config, "otlp"))) {
            assert.equal(listener.auth ?? listener.tls, undefined);
        }
        assert.deepEqual(config.service.extensions, ["health_check", "bearertokenauth"]);
    });

    it("asks for a certificate instead, and reads the authority's anew when that changes", () => {
        const config = collectorConfig(argsFor({ auth: "mtls" }));
        const { grpc, http } = listenersOf(config, "otlp/guarded");
        for (const listener of [grpc, http]) {
            assert.equal(listener?.tls?.client_ca_file, "/etc/otel-stack/guard/client-ca/ca.crt");
            assert.equal(listener.tls.client_ca_file_reload, true);
            assert.equal(listener.auth, undefined);
        }
        assert.deepEqual(config.service.extensions, ["health_check"]);
    });

    it("speaks HTTP alone where gRPC is off", async () => {
        const off = { grpc: { enabled: false } };
        assert.deepEqual(Object.keys(listenersOf(collectorConfig(argsFor(off)), "otlp/guarded")), ["http"]);
        const recorder = await collectorWith(off);
        assert.deepEqual(portsOf(recorder.manifest("Service", "gateway-guarded")), { "guarded-http": 5318 });
        const { ports } = containerOf(recorder.manifest("Deployment", "gateway"));
        assert.ok(!ports.some(({ containerPort }) => containerPort === 5317));
    });

    it("speaks gRPC by itself only where a certificate is looked at before anything is read", () => {
        const speaks = (guard: Raw) => settingsFrom({ guard }).guard.grpc.enabled;
        assert.equal(speaks({ enabled: true }), false);
        assert.equal(speaks({ enabled: true, auth: "mtls" }), true);
        assert.equal(speaks({ enabled: true, auth: "mtls", grpc: { enabled: false } }), false);
    });

    it("has the limits of the plain one", () => {
        const config = collectorConfig(argsFor());
        const own = ["auth", "endpoint", "tls"];
        const [plain, guarded] = (["otlp", "otlp/guarded"] as const).map((id) =>
            Object.values(listenersOf(config, id)).map((listener) =>
                Object.entries(listener).filter(([key]) => !own.includes(key)),
            ),
        );
        assert.deepEqual(guarded, plain);
    });

    it("is reached by https at a name of its own", () => {
        const { guardedGrpc, guardedHosts, guardedHttp } = collectorEndpoints("gateway", "ns");
        assert.equal(guardedGrpc.urls.short, "https://gateway-guarded.ns:5317");
        assert.equal(guardedHttp.urls.fqdn, "https://gateway-guarded.ns.svc.cluster.local:5318");
        assert.equal(guardedHosts.short, "gateway-guarded.ns");
    });
});

describe("the files of the guarded listener", () => {
    const MODE = 0o440;
    const TLS = {
        secret: "otel-collector-guarded-tls",
        mode: MODE,
        files: ["tls.crt", "tls.key"],
        at: "/etc/otel-stack/guard/tls",
    };

    it("are the certificate and the tokens, for the Collector's group alone", async () => {
        assert.deepEqual(mountedSecrets(await collectorWith()), [
            TLS,
            {
                secret: "gateway-tokens-1",
                mode: MODE,
                files: ["valid-tokens"],
                at: "/etc/otel-stack/guard/tokens",
            },
        ]);
    });

    it("are the certificate and its authority's where senders show one", async () => {
        const authority = { secret: TLS.secret, mode: MODE, files: ["ca.crt"], at: "/etc/otel-stack/guard/client-ca" };
        const recorder = await collectorWith({ auth: "mtls" });
        assert.deepEqual(mountedSecrets(recorder), [TLS, authority]);
        assert.ok(!kindsAndNames(recorder).some((name) => name.startsWith("Secret ")));
    });

    it("may be of two Secrets", async () => {
        const tls = { secretName: "public-certificate", clientCaSecretName: "senders-ca" };
        const names = mountedSecrets(await collectorWith({ auth: "mtls", tls })).map(
            (mounted) => (mounted as { secret: string }).secret,
        );
        assert.deepEqual(names, ["public-certificate", "senders-ca"]);
    });

    it("are no subPath, by which a renewed certificate would not be seen", async () => {
        const { volumeMounts } = containerOf((await collectorWith()).manifest("Deployment", "gateway"));
        const guards = volumeMounts.filter(({ name }) => name.startsWith("guard-"));
        assert.ok(
            guards.length === 2 && guards.every((mount) => mount.readOnly && !Object.keys(mount).includes("subPath")),
        );
    });
});

describe("the tokens", () => {
    const token = (generation: number) => `generated-gateway-token-${generation}`;
    const passwordsOf = (recorder: Recorder) =>
        recorder.resources.filter(({ type }) => type.endsWith(":RandomPassword")).map(({ name }) => name);

    for (const [about, settings, secret, valid] of [
        ["the first", {}, "gateway-tokens-1", [1]],
        ["two of them during a rotation", { generation: 2, keepPrevious: true }, "gateway-tokens-1-2", [2, 1]],
        ["the new one after it", { generation: 2 }, "gateway-tokens-2", [2]],
    ] as const) {
        it(`are ${about}, in a Secret that says which and never changes`, async () => {
            const recorder = await collectorWith({ token: settings });
            const manifest = recorder.manifest("Secret", secret);
            assert.equal(manifest.immutable, true);
            assert.deepEqual(manifest.stringData, {
                token: token(valid[0]),
                "valid-tokens": valid.map((generation) => `${token(generation)}\n`).join(""),
            });
            assert.deepEqual(
                passwordsOf(recorder).sort(),
                valid.map((generation) => `gateway-token-${generation}`).sort(),
            );
        });
    }

    it("are long and need no quotes", async () => {
        const recorder = await collectorWith();
        const inputs = recorder.resources.find(({ type }) => type.endsWith(":RandomPassword"))?.inputs as Raw;
        assert.ok(Number(inputs.length) >= 32);
        assert.equal(inputs.special, false);
    });

    it("are secret on their way to the cluster", async () => {
        const recorder = await collectorWith();
        const sent = recorder.resources.find(({ type }) => type.endsWith(":Secret"))?.inputs as Raw;
        assert.match(JSON.stringify(sent.stringData), /^\{"4dabf18193072939515e22adb298388d":/);
    });

    it("stand in no ConfigMap, no environment, no argument and no output", async () => {
        const { program, recorder } = await runProgram(settingsOf("secure"));
        const elsewhere = recorder.manifests.filter(({ kind }) => kind !== "Secret");
        assert.doesNotMatch(JSON.stringify(elsewhere), /generated-/);
        const { grafanaAdmin, ...outputs } = program;
        assert.ok(grafanaAdmin);
        assert.doesNotMatch(JSON.stringify(outputs), /generated-/);
    });
});

describe("what a sender outside the Namespace is told", () => {
    it("is where to send, and how to read the token", async () => {
        const { program } = await runProgram({
            guard: { enabled: true, grpc: { enabled: true }, token: { generation: 3, keepPrevious: true } },
        });
        assert.deepEqual(program.guard, {
            endpoints: {
                grpc: {
                    short: "https://otel-collector-guarded.playground-otel:5317",
                    fqdn: "https://otel-collector-guarded.playground-otel.svc.cluster.local:5317",
                },
                http: {
                    short: "https://otel-collector-guarded.playground-otel:5318",
                    fqdn: "https://otel-collector-guarded.playground-otel.svc.cluster.local:5318",
                },
            },
            hosts: [
                "otel-collector-guarded.playground-otel",
                "otel-collector-guarded.playground-otel.svc.cluster.local",
            ],
            environment: {
                OTEL_EXPORTER_OTLP_ENDPOINT: "https://otel-collector-guarded.playground-otel:5318",
                OTEL_EXPORTER_OTLP_PROTOCOL: "http/protobuf",
                OTEL_EXPORTER_OTLP_CERTIFICATE: "ca.crt",
                OTEL_EXPORTER_OTLP_HEADERS:
                    '"Authorization=Bearer%20$(kubectl get secret -n playground-otel otel-collector-tokens-2-3 -o jsonpath={.data.token} | base64 -d)"',
            },
        });
    });

    it("is which certificate to show, and what has no destination", async () => {
        const settings = { guard: { enabled: true, auth: "mtls", grpc: { enabled: false } }, loki: { enabled: false } };
        const { program } = await runProgram({ ...settings, collector: { debug: { enabled: false } } });
        assert.equal(program.guard?.endpoints.grpc, undefined);
        const { OTEL_EXPORTER_OTLP_HEADERS, ...environment } = program.guard?.environment ?? {};
        assert.equal(OTEL_EXPORTER_OTLP_HEADERS, undefined);
        assert.equal(environment.OTEL_EXPORTER_OTLP_CLIENT_CERTIFICATE, "tls.crt");
        assert.equal(environment.OTEL_EXPORTER_OTLP_CLIENT_KEY, "tls.key");
        assert.equal(environment.OTEL_LOGS_EXPORTER, "none");
    });
});
