import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as path from "node:path";
import { parse } from "yaml";
import { type Chart, type ChartSource, renderStackChart, renderChart } from "../../../tools/helm/chart";
import { writeChart } from "../../../tools/helm/main";
import { NAMESPACE_PLACEHOLDER } from "../../../tools/helm/template";
import { type Manifest, renderProgram, readStackSettings } from "../../../tools/render/program";
import { removeDirectory, createTemporaryDirectory } from "../../support/fake-commands";

const OUTPUTS: ChartSource["outputs"] = {
    applicationEnvFromYaml: "env: []\n",
    applicationEnvShell: `export OTEL_EXPORTER_OTLP_ENDPOINT=http://otel-collector.${NAMESPACE_PLACEHOLDER}:4318`,
    portForwards: {
        otelCollectorGrpc: {
            command: `kubectl port-forward -n ${NAMESPACE_PLACEHOLDER} svc/a 1:2`,
            url: "http://localhost:1",
        },
        otelCollectorHttp: {
            command: `kubectl port-forward -n ${NAMESPACE_PLACEHOLDER} svc/b 3:4`,
            url: "http://localhost:3",
        },
    },
};

function createChart(...manifests: readonly Manifest[]): Chart {
    return renderChart({
        stack: "team",
        version: "1.2.3",
        namespace: "ours",
        imageRegistry: "",
        manifests,
        outputs: OUTPUTS,
    });
}

function createManifest(kind: string, name: string, more: Readonly<Record<string, unknown>> = {}): Manifest {
    return { apiVersion: "v1", kind, metadata: { name, namespace: NAMESPACE_PLACEHOLDER }, ...more };
}

function createPod(spec: Readonly<Record<string, unknown>>): Manifest {
    return createManifest("Pod", "pod", { spec: { containers: [{ name: "a", image: "a:1" }], ...spec } });
}

/** The one file of that name; fails where there is none. */
function getFile({ files }: Chart, name: string): string {
    const file = files[name];
    assert.ok(file !== undefined, `there are ${Object.keys(files).join(", ")}`);
    return file;
}

const renderPodTemplate = (spec: Readonly<Record<string, unknown>>): string =>
    getFile(createChart(createPod(spec)), "templates/pod-pod.yaml");

describe("Helm chart", () => {
    it("keeps the data of a ConfigMap that may change, with the Namespace of the values", () => {
        const data = { ENDPOINT: `http://collector.${NAMESPACE_PLACEHOLDER}:4318` };
        const template = getFile(
            createChart(createManifest("ConfigMap", "env", { data })),
            "templates/configmap-env.yaml",
        );
        assert.match(template, /ENDPOINT: http:\/\/collector\.\{\{ \.Values\.namespace \}\}:4318/);
    });

    for (const stack of ["dev", "sandbox", "secure"]) {
        it(`templates the Namespace and contains no secrets: stack ${stack}`, async () => {
            const { files } = await renderStackChart(stack, readStackSettings(stack), "1.2.3");
            for (const [file, text] of Object.entries(files)) {
                // Where braces are text there is a replacement, which the helper makes.
                const open = file.startsWith("files/") || file === "templates/_helpers.tpl";
                assert.ok(open || !text.includes(NAMESPACE_PLACEHOLDER), file);
                assert.ok(file === "values.yaml" || !text.includes("playground-otel"), file);
                assert.doesNotMatch(text, /generated-/, file);
                assert.doesNotMatch(text, /kind: Secret$/m, file);
            }
        });
    }

    it("contains the ConfigMaps' files unchanged and one template per object", async () => {
        const { files } = await renderStackChart("dev", readStackSettings("dev"), "1.2.3");
        const { recorder } = await renderProgram(readStackSettings("dev"), "dev");
        const objects = recorder.manifests.filter(({ kind }) => kind !== "Secret");
        // The mutable ones have no files.
        const configMaps = objects.filter(({ immutable, kind }) => kind === "ConfigMap" && immutable === true);
        assert.equal(Object.keys(files).filter((file) => /^templates\/.+\.yaml$/.test(file)).length, objects.length);
        assert.ok(configMaps.length >= 6);
        for (const { data, metadata } of configMaps) {
            for (const [file, content] of Object.entries(data as Record<string, string>)) {
                const folder = metadata.name.replace(/-[0-9a-f]{8}$/, "");
                assert.equal(
                    files[`files/${folder}/${file}`]?.replaceAll(NAMESPACE_PLACEHOLDER, "playground-otel"),
                    content,
                );
            }
        }
    });

    it("has the registry, the pull policy and the pull secrets of the stack as values", async () => {
        const images = {
            registry: "mirror.example.com/hub",
            pullPolicy: "Always",
            pullSecrets: ["own"],
            credentials: { mirror: { username: "robot", password: "hunter2" } },
        };
        const { files } = await renderStackChart("dev", { ...readStackSettings("dev"), images }, "1.2.3");
        const values = parse(files["values.yaml"] ?? "") as Record<string, unknown>;
        assert.equal(values.imageRegistry, "mirror.example.com/hub");
        assert.equal(values.imagePullPolicy, "Always");
        assert.deepEqual(values.imagePullSecrets, ["own", "registry-credentials-1"]);
        for (const [file, text] of Object.entries(files)) {
            assert.ok(file.startsWith("values.") || !text.includes("mirror.example.com"), file);
            assert.doesNotMatch(text, /hunter2/, file);
        }
    });

    it("is named after the stack, and rejects names that Helm rejects", () => {
        const { name, files } = createChart();
        const chart = parse(files["Chart.yaml"] ?? "") as Record<string, string>;
        assert.deepEqual([name, chart.name, chart.version], ["otel-stack-team", "otel-stack-team", "1.2.3"]);
        const wrong: ChartSource = {
            stack: "Team_A",
            version: "1",
            namespace: "a",
            imageRegistry: "",
            manifests: [],
            outputs: OUTPUTS,
        };
        assert.throws(() => renderChart(wrong), /otel-stack-Team_A/);
    });

    it("rejects two objects with the same file name", () => {
        assert.throws(
            () => createChart(createManifest("Service", "a"), createManifest("Service", "a")),
            /two files.*service-a/,
        );
    });
});

describe("Helm chart templates", () => {
    it("escape template delimiters in text", () => {
        const rule = createManifest("Rule", "a", { text: "{{ $value }} of {{ $labels.job }}" });
        assert.match(
            getFile(createChart(rule), "templates/rule-a.yaml"),
            /^text: "?{{ "{{" }} \$value }} of {{ "{{" }} \$labels\.job }}"?$/m,
        );
    });

    it("quote the Namespace when it is the whole value", () => {
        const text = getFile(
            createChart(createManifest("Service", "a", { spec: { address: `http://a.${NAMESPACE_PLACEHOLDER}:80` } })),
            "templates/service-a.yaml",
        );
        assert.match(text, /^ {2}namespace: {{ \.Values\.namespace \| quote }}$/m);
        assert.match(text, /^ {2}address: http:\/\/a\.{{ \.Values\.namespace }}:80$/m);
    });

    it("name ConfigMaps by content hash in every reference", () => {
        const name = "config-0a1b2c3d";
        const configMap = createManifest("ConfigMap", name, { immutable: true, data: { "a.yaml": "a: {{ b }}\n" } });
        const chart = createChart(configMap, createPod({ volumes: [{ name: "config", configMap: { name } }] }));
        const include = '{{ include "otel-stack.configMapName" (list . "config") }}';
        assert.ok(getFile(chart, "templates/configmap-config.yaml").includes(`\n  name: ${include}\n`));
        assert.ok(getFile(chart, "templates/pod-pod.yaml").includes(`configMap:\n        name: ${include}\n`));
        assert.equal(getFile(chart, "files/config/a.yaml"), "a: {{ b }}\n");
        assert.throws(
            () => createChart(configMap, createManifest("Service", "a", { note: `see ${name}` })),
            /config-0a1b2c3d/,
        );
    });

    for (const [image, opened] of [
        ["grafana/grafana:13", "{{ with .Values.imageRegistry }}{{ . }}/{{ end }}grafana/grafana:13"],
        ["ghcr.io/a/b:1", "{{ with .Values.imageRegistry }}{{ . }}/{{ else }}ghcr.io/{{ end }}a/b:1"],
        ["localhost/a:1", "{{ with .Values.imageRegistry }}{{ . }}/{{ else }}localhost/{{ end }}a:1"],
        ["registry:5000/a:1", "{{ with .Values.imageRegistry }}{{ . }}/{{ else }}registry:5000/{{ end }}a:1"],
    ] as const) {
        it(`template the registry of ${image}`, () => {
            const containers = [{ name: "a", image }];
            const template = renderPodTemplate({ containers, initContainers: containers });
            assert.deepEqual(
                [...template.matchAll(/image: (.+)$/gm)].map(([, found]) => found),
                [opened, opened],
            );
        });
    }

    it("add pull secrets to every pod, and template its pull policy", () => {
        const pullSecrets = /{{- with \.Values\.imagePullSecrets }}\n {2}imagePullSecrets:\n/;
        assert.match(renderPodTemplate({}), pullSecrets);
        const template = renderPodTemplate({
            containers: [{ name: "a", image: "a:1", imagePullPolicy: "Always" }],
            imagePullSecrets: [{ name: "own" }],
        });
        assert.match(template, pullSecrets);
        assert.doesNotMatch(template, /own/);
        assert.match(template, /imagePullPolicy: {{ \.Values\.imagePullPolicy }}/);
    });

    it("render Jobs and the Namespace only when enabled", () => {
        const space: Manifest = { apiVersion: "v1", kind: "Namespace", metadata: { name: NAMESPACE_PLACEHOLDER } };
        const chart = createChart(createManifest("Job", "a"), space);
        assert.match(getFile(chart, "templates/job-a.yaml"), /^{{- if \.Values\.jobs }}\n/);
        assert.match(getFile(chart, "templates/namespace.yaml"), /^{{- if \.Values\.createNamespace }}\n/);
        assert.doesNotMatch(getFile(createChart(), "values.yaml"), /jobs|createNamespace|secrets:/);
    });
});

describe("Helm chart default-deny policy", () => {
    const policyOf = async (namespace: object): Promise<string> => {
        const chart = await renderStackChart("dev", { namespace, networkPolicies: { enabled: true } }, "1.2.3");
        return getFile(chart, "templates/networkpolicy-otel-stack-default-deny.yaml");
    };
    /** What Helm makes of it with createNamespace false. */
    const elsewhere = (template: string): string =>
        template.replace(/^ *{{- if [^]*?{{- else }}\n([^]*?) *{{- end }}\n/m, "$1");

    it("does not select unrelated pods of an existing Namespace", async () => {
        const [made, found] = [await policyOf({}), await policyOf({ create: false })];
        assert.match(made, /^ {2}{{- if \.Values\.createNamespace }}\n {2}podSelector: {}\n {2}{{- else }}\n/m);
        assert.equal(elsewhere(made), found);
        assert.match(found, /^ {2}podSelector:\n {4}matchLabels:\n {6}app\.kubernetes\.io\/part-of: otel-stack\n/m);
    });
});

describe("Helm chart Secrets", () => {
    const made = createManifest("Secret", "tokens-1-2", { stringData: { token: "hunter2", all: "hunter2" } });
    const references: readonly (readonly [string, unknown])[] = [
        ["a volume", { volumes: [{ name: "a", secret: { secretName: "tokens-1-2" } }] }],
        ["a projected volume", { volumes: [{ projected: { sources: [{ secret: { name: "tokens-1-2" } }] } }] }],
        [
            "an environment variable",
            { env: [{ name: "A", valueFrom: { secretKeyRef: { name: "tokens-1-2", key: "token" } } }] },
        ],
        ["all environment variables", { envFrom: [{ secretRef: { name: "tokens-1-2" } }] }],
        ["a Gateway", { tls: { certificateRefs: [{ name: "tokens-1-2" }] } }],
    ];

    for (const [what, spec] of references) {
        it(`support other names in ${what}`, () => {
            const chart = createChart(made, createManifest("Thing", "a", { spec }));
            assert.match(getFile(chart, "templates/thing-a.yaml"), /ame: {{ \.Values\.secrets\.tokens \| quote }}$/m);
            const values = parse(getFile(chart, "values.yaml")) as { secrets: unknown };
            assert.deepEqual(values.secrets, { tokens: "tokens-1-2" });
            assert.match(getFile(chart, "templates/NOTES.txt"), /{{ \.Values\.secrets\.tokens }} \(all, token\)$/m);
            assert.doesNotMatch(JSON.stringify(chart.files), /hunter2/);
        });
    }
});

describe("Helm chart values for Secrets", () => {
    const reading = (...names: readonly string[]): Manifest =>
        createPod({ volumes: names.map((name) => ({ name, secret: { secretName: name } })) });
    const secretsIn = (chart: Chart): unknown =>
        (parse(getFile(chart, "values.yaml")) as { readonly secrets: unknown }).secrets;

    it("keep the user's numbers in names, and omit versions", () => {
        const chart = createChart(createManifest("Secret", "tokens-1-2"), reading("tokens-1-2", "ca-1", "ca-2"));
        assert.deepEqual(secretsIn(chart), { ca1: "ca-1", ca2: "ca-2", tokens: "tokens-1-2" });
        const template = getFile(chart, "templates/pod-pod.yaml");
        assert.deepEqual(
            [...template.matchAll(/secretName: {{ \.Values\.secrets\.(\w+) \| quote }}$/gm)].map(([, value]) => value),
            ["tokens", "ca1", "ca2"],
        );
    });

    it("start with a letter, whatever the Secret's name", () => {
        assert.deepEqual(secretsIn(createChart(reading("1-ca"))), { secret1Ca: "1-ca" });
    });

    it("are shared when a Secret is referenced twice", () => {
        assert.deepEqual(secretsIn(createChart(reading("ca", "ca"))), { ca: "ca" });
    });

    for (const [one, other] of [
        ["our-ca", "our.ca"],
        ["ca-1", "ca1"],
        ["tokens", "tokens-1"],
    ] as const) {
        it(`are rejected when not distinct: ${one}, ${other}`, () => {
            assert.throws(
                () => createChart(createManifest("Secret", "tokens-1"), reading(one, other)),
                new RegExp(`Secrets ${one} and ${other} both map to the chart value secrets\\.`),
            );
        });
    }
});

describe("Helm chart NOTES.txt", () => {
    it("omits the brackets for a Secret with unknown keys", () => {
        const thing = createManifest("Thing", "a", { spec: { envFrom: [{ secretRef: { name: "ours" } }] } });
        assert.match(getFile(createChart(thing), "templates/NOTES.txt"), /^ {2}{{ \.Values\.secrets\.ours }}$/m);
    });
});

interface Schema {
    readonly additionalProperties: boolean;
    readonly required: readonly string[];
    readonly properties: Readonly<Record<string, { readonly pattern?: string }>>;
}

describe("Helm chart values.schema.json", () => {
    const chart = createChart();
    const schema = JSON.parse(getFile(chart, "values.schema.json")) as Schema;

    it("allows exactly the chart's values", () => {
        const values = Object.keys(parse(getFile(chart, "values.yaml")) as object);
        assert.deepEqual(values, ["namespace", "imageRegistry", "imagePullPolicy", "imagePullSecrets"]);
        assert.deepEqual([...schema.required].sort(), [...values].sort());
        assert.deepEqual(Object.keys(schema.properties).sort(), [...values].sort());
        assert.equal(schema.additionalProperties, false);
    });

    for (const [value, good, bad] of [
        ["namespace", ["a", "team-a", "a1"], ["", "A", "1a", "-a", "a-", "a.b", "a".repeat(64)]],
        ["imageRegistry", ["", "mirror.example.com", "10.0.0.1:5000", "a/b-c"], ["a/", "https://a", "a b", "a:b"]],
    ] as const) {
        it(`accepts valid and rejects invalid values of ${value}`, () => {
            const pattern = new RegExp(schema.properties[value]?.pattern ?? "^never$");
            assert.deepEqual(
                [...good, ...bad].filter((text) => pattern.test(text)),
                good,
            );
        });
    }
});

describe("writeChart", () => {
    it("removes files of an earlier chart", () => {
        const work = createTemporaryDirectory();
        try {
            const folder = writeChart(createChart(createManifest("Service", "a")), work);
            writeChart(createChart(createManifest("Service", "b")), work);
            const templates = fs.readdirSync(path.join(folder, "templates")).sort();
            assert.deepEqual(templates, ["NOTES.txt", "_helpers.tpl", "service-b.yaml"]);
        } finally {
            removeDirectory(work);
        }
    });
});
