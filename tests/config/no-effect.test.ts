import assert from "node:assert/strict";
import { OtelStack } from "../../components/stack/otel-stack";
import { stackSettings } from "../../config/schema/schema";
import { ANY_NAME, listSettingKeys } from "../../config/schema/setting-keys";
import { type Raw, getPath, isRecord } from "../../config/types/raw";
import { validate } from "../../config/validate";
import { startMocks, unwrapSecrets, stripStackTraces } from "../../tools/render/program";
import { EVERYTHING } from "../support/everything";
import { listOtherValues, nestValue } from "../support/setting-values";

const ON = { enabled: true };
const OFF = { enabled: false };
const SECURE = { ...ON, grpc: ON };
const HOSTS = {
    grafana: { host: "grafana.example.com" },
    jaeger: { host: "jaeger.example.com", allowUnauthenticated: true },
    prometheus: { host: "prometheus.example.com", allowUnauthenticated: true },
};
const OTLP_HOSTS = { httpHost: "otlp.example.com", grpcHost: "otlp-grpc.example.com" };
const MANAGED_GATEWAY = { api: "gateway", className: "a" };
const AZURE = { ...ON, connectionString: "InstrumentationKey=1" };
const PLAIN_VENDOR = {
    endpoint: "http://otlp.example.com:4317",
    secretHeaders: { authorization: "text" },
    allowSecretsOverHttp: true,
};

interface StackFile {
    readonly raw: Raw;
    /** Sections whose settings are changed; undefined for all. */
    readonly sections?: readonly string[];
}

/** Stack files: each setting has an effect in one of them. */
const STACK_FILES: Readonly<Record<string, StackFile>> = {
    "an empty stack file": { raw: {} },
    everything: { raw: EVERYTHING },
    "persistent queues": { raw: { durability: { mode: "disk" } } },
    "optional workloads": {
        raw: {
            images: { shop: "registry.example/shop:1.0.0" },
            shop: ON,
            loki: OFF,
            victoriaLogs: ON,
            secureOtlp: { ...SECURE, auth: "mtls" },
            networkPolicies: ON,
            tailSampling: ON,
            clusterTelemetry: { podLogs: ON, kubeletMetrics: ON, hostMetrics: ON, kubernetesEvents: ON },
            expose: { ...HOSTS, tls: { mode: "disabled" }, controller: { cidrs: ["192.0.2.7/32"] } },
        },
    },
    "existing claims": {
        raw: {
            jaeger: { resources: { limits: { memory: "512Mi" } }, persistence: { ...ON, existingClaim: "a" } },
            loki: { persistence: { ...ON, existingClaim: "b" } },
            victoriaLogs: { ...ON, volumeSize: "2Gi", persistence: { ...ON, existingClaim: "c" } },
            prometheus: { volumeSize: "2Gi", persistence: { ...ON, existingClaim: "d" } },
        },
        sections: ["jaeger", "loki", "victoriaLogs", "prometheus"],
    },
    "a private registry": {
        raw: { images: { credentials: { vendor: { registry: "a.example", username: "a", password: "b" } } } },
        sections: ["images"],
    },
    "no backend": {
        raw: Object.fromEntries(["grafana", "jaeger", "loki", "prometheus", "telemetrygen"].map((key) => [key, OFF])),
    },
    "only Prometheus": {
        raw: { grafana: OFF, jaeger: OFF, loki: OFF, collector: { debugExporter: OFF } },
        sections: ["collector", "durability", "spanMetrics"],
    },
    autoscaling: { raw: { collector: { autoscaling: ON } }, sections: ["collector", "spanMetrics"] },
    "a Gateway": {
        raw: {
            secureOtlp: SECURE,
            expose: { ...MANAGED_GATEWAY, ...HOSTS, otlp: OTLP_HOSTS, tls: { secretName: "a" } },
        },
        sections: ["expose"],
    },
    "a Gateway without TLS": {
        raw: { expose: { ...MANAGED_GATEWAY, ...HOSTS, tls: { mode: "disabled" } } },
        sections: ["expose"],
    },
    "a Gateway for OTLP": {
        raw: { secureOtlp: SECURE, expose: { ...MANAGED_GATEWAY, otlp: OTLP_HOSTS } },
        sections: ["expose"],
    },
    "an existing Gateway": {
        raw: { secureOtlp: SECURE, expose: { api: "gateway", gateway: { name: "a" }, ...HOSTS, otlp: OTLP_HOSTS } },
        sections: ["expose"],
    },
    "a destination without TLS": {
        raw: { networkPolicies: ON, destinations: { vendor: PLAIN_VENDOR } },
        sections: ["destinations"],
    },
    "destinations with TLS": {
        raw: {
            networkPolicies: ON,
            destinations: { vendor: { endpoint: "https://otlp.example.com:4317" } },
            azureMonitor: AZURE,
        },
        sections: ["destinations", "azureMonitor"],
    },
    "sampled traces for a destination": {
        raw: { tailSampling: ON, destinations: { vendor: { endpoint: "https://a.example", signals: ["traces"] } } },
        sections: ["destinations", "tailSampling"],
    },
    "a receiver with an existing Secret": {
        raw: { alertmanager: { ...ON, receivers: { vendor: { webhook: {}, secretName: "a" } } } },
        sections: ["alertmanager"],
    },
    "existing Secrets": {
        raw: {
            secureOtlp: { ...ON, token: { secretName: "a" } },
            destinations: {
                vendor: {
                    endpoint: "https://a.example",
                    secretName: "b",
                    secretHeaderKeys: { authorization: "token" },
                },
            },
            azureMonitor: { ...ON, secretName: "c" },
            grafana: { secretName: "d" },
        },
        sections: ["secureOtlp", "destinations", "azureMonitor", "grafana"],
    },
    "an existing Namespace": { raw: { namespace: { create: false } }, sections: ["namespace", "jaeger", "prometheus"] },
};

/** Stack files that are rejected with another value of the setting. */
const PREREQUISITES: Readonly<Record<string, Raw>> = {
    "azureMonitor.enabled": { azureMonitor: AZURE },
    "destinations.vendor.allowSecretsOverHttp": { destinations: { vendor: PLAIN_VENDOR } },
    "expose.jaeger.allowUnauthenticated": { expose: { jaeger: HOSTS.jaeger, tls: { secretName: "tls" } } },
    "expose.prometheus.allowUnauthenticated": { expose: { prometheus: HOSTS.prometheus, tls: { secretName: "tls" } } },
};

/** Settings that change no object and no output of a first update. tests/config/model/stored-data.test.ts has them. */
function changesNoObject(key: string): boolean {
    return key === "allowDataLoss" || key.endsWith(".persistence.retainOnDelete");
}

/** Settings that may be set although nothing uses them. */
const UNUSED_ALLOWED =
    /^(?:images\.(?!credentials|pull|registry)|networkPolicies\.dns\b|networkPolicies\.apiServerPort\b|spanMetrics\.(?:maxSeries|maxPendingEdges|pendingEdgeTimeout|flushInterval)\b)/;

/** Settings that select what other settings do. They are changed alone. */
const SELECTORS = [
    "collector.replicas",
    "durability.mode",
    "expose.api",
    "expose.gateway.name",
    "expose.tls.mode",
    "grafana.victoriaLogsPlugin.url",
    "images.registry",
    "namespace.name",
    "secureOtlp.auth",
    "size",
    "topology",
];

const KEYS = listSettingKeys(stackSettings).map((key) => key.replace(ANY_NAME, "vendor"));

describe("each setting that a stack file may have", () => {
    const proven = new Set<string>();

    for (const [title, { raw, sections }] of Object.entries(STACK_FILES)) {
        it(`changes an object or an output: ${title}`, async function () {
            this.timeout("120s");
            const keys = KEYS.filter((key) => sections?.includes(key.split(".")[0] ?? "") ?? true).filter(
                (key) => !changesNoObject(key) && !isRepeated(key, proven),
            );
            const changes = listChanges(raw, keys);
            const effective = await findEffective(raw, changes);
            effective.forEach((key) => proven.add(key));
            const accepted = new Set(changes.map(({ key }) => key));
            assert.deepEqual(
                [...accepted].filter((key) => !effective.has(key) && !UNUSED_ALLOWED.test(key)),
                [],
            );
        });
    }

    for (const [key, raw] of Object.entries(PREREQUISITES)) {
        it(`is necessary for the stack file: ${key}`, () => {
            assert.equal(validate(raw).issues, undefined);
            assert.notEqual(validate(nestValue(raw, key, false)).issues, undefined);
            proven.add(key);
        });
    }

    it("is in one of these stack files", () => {
        assert.deepEqual(
            KEYS.filter((key) => !proven.has(key) && !changesNoObject(key)),
            [],
        );
    });
});

/** Switches are tested once: the test would take minutes otherwise. */
function isRepeated(key: string, proven: ReadonlySet<string>): boolean {
    return proven.has(key) && key.endsWith(".enabled");
}

interface Change {
    readonly key: string;
    readonly value: unknown;
}

/** The other values that settings may have in the stack file. */
function listChanges(raw: Raw, keys: readonly string[]): readonly Change[] {
    const { settings, issues } = validate(raw);
    assert.ok(settings, JSON.stringify(issues));
    return keys.flatMap((key) =>
        listOtherValues(key, getPath(settings, key.split(".")))
            .map((value) => ({ key, value }))
            .filter((change) => isValidWith(raw, [change])),
    );
}

function isValidWith(raw: Raw, changes: readonly Change[]): boolean {
    return validate(applyChanges(raw, changes)).issues === undefined;
}

function applyChanges(raw: Raw, changes: readonly Change[]): Raw {
    return changes.reduce((merged, { key, value }) => nestValue(merged, key, value), raw);
}

/**
 * The settings with an effect.
 *
 * Rendering each change alone would take minutes. Changes that do not influence each other are rendered together, each
 * one in another choice of the renderings. A line that is in exactly these renderings is an effect of this change.
 * Changes without such a line are rendered alone.
 */
async function findEffective(raw: Raw, changes: readonly Change[]): Promise<ReadonlySet<string>> {
    const together = selectMergeable(raw, changes);
    const choices = listChoices(together.length);
    const rendered = await renderEach(
        Array.from({ length: Math.max(0, ...choices.flat()) + 1 }, (_, index) =>
            applyChanges(
                raw,
                together.filter((__, position) => choices[position]?.includes(index)),
            ),
        ),
    );
    const occurrences = new Set(
        [...new Set(rendered.flatMap((lines) => [...lines]))].map((line) =>
            rendered.flatMap((lines, index) => (lines.has(line) ? [index] : [])).join(),
        ),
    );
    const effective = new Set(
        together.filter((_, position) => occurrences.has(choices[position]?.join() ?? "")).map(({ key }) => key),
    );
    const before = join(await renderLines(raw));
    for (const { key, value } of changes) {
        const isUndecided = !effective.has(key) && !UNUSED_ALLOWED.test(key);
        if (isUndecided && join(await renderLines(nestValue(raw, key, value))) !== before) {
            effective.add(key);
        }
    }
    return effective;
}

/** The first change of each setting that is valid with the others and selects nothing. */
function selectMergeable(raw: Raw, changes: readonly Change[]): readonly Change[] {
    const candidates = changes
        .filter(({ key }, index) => changes.findIndex((change) => change.key === key) === index)
        .filter(({ key, value }) => typeof value !== "boolean" && !SELECTORS.includes(key));
    return addValid(raw, [], candidates);
}

/** Adds the candidates that are valid together. Halves them until it finds those that are not. */
function addValid(raw: Raw, selected: readonly Change[], candidates: readonly Change[]): readonly Change[] {
    if (isValidWith(raw, [...selected, ...candidates])) {
        return [...selected, ...candidates];
    }
    const half = Math.floor(candidates.length / 2);
    return half === 0
        ? selected
        : addValid(raw, addValid(raw, selected, candidates.slice(0, half)), candidates.slice(half));
}

/** Different choices of half of the renderings, so that none contains another one, from as few renderings as possible. */
function listChoices(count: number, renderings = 2): readonly (readonly number[])[] {
    const choices = Array.from({ length: 2 ** renderings }, (_, bits) =>
        Array.from({ length: renderings }, (__, index) => index).filter((index) => (bits >> index) % 2 === 1),
    ).filter((choice) => choice.length === Math.floor(renderings / 2));
    return choices.length < count ? listChoices(count, renderings + 1) : choices.slice(0, count);
}

async function renderEach(raws: readonly Raw[]): Promise<readonly ReadonlySet<string>[]> {
    const rendered: ReadonlySet<string>[] = [];
    for (const raw of raws) {
        rendered.push(await renderLines(raw));
    }
    return rendered;
}

/** The lines of all objects and outputs, each with its place. */
async function renderLines(raw: Raw): Promise<ReadonlySet<string>> {
    return stripStackTraces(async () => {
        const { settings, issues } = validate(raw);
        assert.ok(settings, JSON.stringify(issues));
        const recorder = await startMocks();
        const { grafanaAdmin, ...outputs } = new OtelStack("otel-stack", settings).outputs;
        await recorder.settle();
        const objects = recorder.resources.filter(({ type }) => /^(?:kubernetes|random):/.test(type));
        return new Set([
            // The names of ConfigMaps end with a hash.
            ...objects.flatMap(({ name, inputs }) =>
                listLines(unwrapSecrets(inputs), name.replace(/-[0-9a-f]{8}$/, "")),
            ),
            ...listLines({ ...outputs, grafanaAdmin: grafanaAdmin?.user }, "output"),
        ]);
    });
}

function listLines(value: unknown, place: string): readonly string[] {
    if (Array.isArray(value)) {
        return value.flatMap((item, index) => listLines(item, `${place}.${index}`));
    }
    if (isRecord(value)) {
        return Object.entries(value).flatMap(([key, child]) => listLines(child, `${place}.${key}`));
    }
    return String(value)
        .split("\n")
        .map((line) => `${place}: ${line}`);
}

function join(lines: ReadonlySet<string>): string {
    return [...lines].sort().join("\n");
}
