import assert from "node:assert/strict";
import { execa } from "execa";
import { parse } from "yaml";
import { sandboxEnv } from "../../sandbox/environment";
import { checkChart, parseObjects, buildHelm, renderWithHelm } from "../../tools/helm/check-chart";
import { renderManifests } from "../../tools/render/manifests";
import { type Manifest, type Settings, overrideNamespace, readStackSettings } from "../../tools/render/program";
import { listStacks } from "../../tools/stack/stack";
import {
    writeChartDirectory,
    runHelm,
    runHelmOrFail,
    putTlsSecret,
    putTokenSecret,
    verifyRendered,
    waitForRollouts,
    listNamespaceObjects,
} from "./support/helm-chart";
import { kubectl } from "./support/cluster";
import { TestAuthority } from "./support/secure-otlp";
import { eventually } from "./support/query-assertions";
import { needsSandbox } from "./support/target";

needsSandbox("it needs Helm, which the sandbox builds, and the sandbox's images");

/** A Namespace next to the stack that Pulumi has deployed. The objects have the same names. */
const NAMESPACE = "telemetry-otel-chart";
/** With the secure OTLP listener, whose Secrets the user creates. */
const SETTINGS: Settings = { ...readStackSettings("sandbox"), secureOtlp: { enabled: true } };
const DELETION_TIMEOUT_SECONDS = 120;

/** Without workloads that take long to terminate. */
const NO_SENDERS: Settings = { ...SETTINGS, shop: { enabled: false }, telemetrygen: { enabled: false } };

const STACK_FILE_SETTINGS = Object.fromEntries(listStacks().map((stack) => [stack, readStackSettings(stack)]));
/** Settings with other kinds of objects and references to Secrets. */
const EXTRA_SETTINGS: Readonly<Record<string, Settings>> = {
    ingress: {
        collector: { autoscaling: { enabled: true } },
        secureOtlp: { enabled: true, token: { version: 3, acceptPrevious: true } },
        // The Namespace of another release, whose name is the default of ours.
        networkPolicies: { enabled: true, allowUiFrom: [{ "kubernetes.io/metadata.name": "playground-otel" }] },
        expose: {
            className: "any",
            grafana: { host: "grafana.example.com" },
            tls: { secretName: "names-tls" },
            controller: { namespaceSelectors: [{ "kubernetes.io/metadata.name": "ingress" }] },
        },
    },
    gateway: {
        durability: { mode: "disk" },
        secureOtlp: { enabled: true, auth: "mtls", tls: { clientCaSecretName: "senders" } },
        namespace: { create: false },
        expose: {
            api: "gateway",
            className: "any",
            grafana: { host: "grafana.example.com" },
            otlp: { httpHost: "otlp.example.com" },
            tls: { secretName: "names-tls" },
        },
    },
};

describe("Helm chart", () => {
    for (const [stack, settings] of Object.entries({ ...STACK_FILE_SETTINGS, ...EXTRA_SETTINGS })) {
        it(`of stack ${stack} passes helm lint and renders the program's objects`, async () => {
            await checkChart(stack, settings);
        });
    }

    it("applies each value", async () => {
        const folder = await writeChartDirectory("secure", readStackSettings("secure"));
        const objects = async (values: object): Promise<Manifest[]> =>
            parseObjects(await renderWithHelm(await buildHelm(), folder, { ...values })).map(
                (text) => parse(text) as Manifest,
            );
        const texts = (found: readonly Manifest[], field: RegExp): string[] => [
            ...new Set([...JSON.stringify(found).matchAll(field)].map(([, text = ""]) => text)),
        ];
        const secrets = { grafanaAdmin: "a", otelCollectorSecureTls: "b", otelCollectorTokens: "c" };
        const changed = await objects({
            createNamespace: false,
            imagePullSecrets: ["puller"],
            imageRegistry: "mirror.example.com/hub",
            jobs: false,
            secrets,
        });
        const kinds = (found: readonly Manifest[]): string[] => [...new Set(found.map(({ kind }) => kind))];
        const gone = kinds(await objects({})).filter((kind) => !kinds(changed).includes(kind));
        assert.deepEqual(gone, ["Job", "Namespace"]);
        const images = texts(changed, /"image":"([^"]+)"/g);
        assert.ok(images.length >= 4);
        assert.deepEqual(
            images.filter((image) => !/^mirror\.example\.com\/hub\/[a-z]+\/[a-z-]+:/.test(image)),
            [],
        );
        assert.deepEqual(texts(changed, /"secretName":"([^"]+)"/g).sort(), Object.values(secrets));
        const pods = changed.filter(({ kind }) => kind === "Deployment" || kind === "StatefulSet");
        assert.deepEqual(
            pods.map((pod) => texts([pod], /"imagePullSecrets":(\[[^\]]+\])/g)),
            pods.map(() => ['[{"name":"puller"}]']),
        );
        assert.ok(pods.length >= 4);
    });

    it("rejects unknown values, and a release in the Namespace that it creates", async () => {
        const folder = await writeChartDirectory("sandbox", SETTINGS);
        const said = async (...args: readonly string[]): Promise<string> => {
            const { ok, output } = await runHelm("template", "refused", folder, ...args);
            assert.equal(ok, false);
            return output;
        };
        assert.match(await said("--set", "imageRegistri=a"), /imageRegistri/);
        assert.match(await said("--set", "namespace=9"), /namespace/);
        assert.match(await said("--set", "secrets.other=a"), /other/);
        assert.match(await said("--namespace", "playground-otel"), /createNamespace=false/);
    });
});

describe("Helm release", () => {
    const RELEASE = "team";
    const VALUES = [
        ["namespace", NAMESPACE],
        ["createNamespace", "false"],
        ["secrets.otelCollectorSecureTls", "our-tls"],
        ["secrets.otelCollectorTokens", "our-tokens"],
    ].flatMap(([name = "", value = ""]) => ["--set", `${name}=${value}`]);
    const WAIT = ["--wait", "--timeout=4m"];
    const configMaps = async (): Promise<string> =>
        kubectl("get", "configmaps", "--namespace", NAMESPACE, "--output=name");

    before("create the Namespace and the Secrets", async () => {
        await kubectl("create", "namespace", NAMESPACE);
        await kubectl("label", "namespace", NAMESPACE, "pod-security.kubernetes.io/enforce=restricted");
        await putTlsSecret(NAMESPACE, "our-tls", await (await TestAuthority.create("chart")).signServer());
        await putTokenSecret(NAMESPACE, "our-tokens");
    });

    it("passes verify, and prints the endpoints in its notes", async () => {
        const folder = await writeChartDirectory("sandbox", SETTINGS);
        const notes = await runHelmOrFail("install", RELEASE, folder, "--namespace", NAMESPACE, ...VALUES, ...WAIT);
        assert.match(notes, /kubectl port-forward -n telemetry-otel-chart svc\/jaeger 16686:16686/);
        assert.match(notes, /get secret -n telemetry-otel-chart our-tokens /);
        await verifyRendered(SETTINGS, NAMESPACE);
    });

    it("is upgraded to other settings, with new ConfigMaps in place of the old ones", async () => {
        const before = await configMaps();
        // A Job is immutable, so an upgrade has to delete it.
        const changed = { ...SETTINGS, collector: { batch: { flushTimeout: "500ms" } }, telemetrygen: { rate: 2 } };
        const folder = await writeChartDirectory("sandbox", changed);
        const withoutJobs = [...VALUES, "--set", "jobs=false"];
        await runHelmOrFail("upgrade", RELEASE, folder, "--namespace", NAMESPACE, ...withoutJobs, ...WAIT);
        assert.equal(await kubectl("get", "jobs", "--namespace", NAMESPACE, "--output=name"), "");
        const [old, new_] = [before, await configMaps()].map((names) => names.match(/otel-collector-config-\w+/g));
        assert.equal(new_?.length, 1);
        assert.notDeepEqual(new_, old);
        await verifyRendered(changed, NAMESPACE);
    });

    it("leaves only what existed before when uninstalled", async () => {
        await runHelmOrFail("uninstall", RELEASE, "--namespace", NAMESPACE, ...WAIT);
        // Pods are deleted after their owner.
        await eventually(async () => {
            assert.deepEqual(await listNamespaceObjects(NAMESPACE), []);
        }, DELETION_TIMEOUT_SECONDS);
        const secrets = await kubectl("get", "secrets", "--namespace", NAMESPACE, "--output=name");
        assert.deepEqual(secrets.split("\n").sort(), ["secret/our-tls", "secret/our-tokens"]);
        await kubectl("delete", "namespace", NAMESPACE);
    });
});

describe("Helm release with default values", () => {
    const settings = overrideNamespace(NO_SENDERS, NAMESPACE);

    it("creates the Namespace, where pods wait for the Secrets, and removes it when uninstalled", async () => {
        // Helm stores the release in the Namespace `default`.
        await runHelmOrFail("install", "own", await writeChartDirectory("sandbox", settings));
        await putTlsSecret(
            NAMESPACE,
            "otel-collector-secure-tls",
            await (await TestAuthority.create("own")).signServer(),
        );
        await putTokenSecret(NAMESPACE, "otel-collector-tokens-1");
        await waitForRollouts(NAMESPACE);
        await runHelmOrFail("uninstall", "own", "--wait", "--timeout=4m");
        assert.doesNotMatch(await kubectl("get", "namespaces", "--output=name"), new RegExp(NAMESPACE));
        assert.equal(await runHelmOrFail("list", "--all-namespaces", "--short"), "");
    });
});

describe("plain manifests", () => {
    const settings = overrideNamespace(NO_SENDERS, NAMESPACE);
    const withManifests = async (...args: readonly string[]): Promise<void> => {
        const input = await renderManifests(settings, "sandbox");
        await execa("kubectl", [...args, "--filename=-"], { env: sandboxEnv(), input });
    };

    it("pass verify once the Secrets that they name exist", async () => {
        await withManifests("apply", "--selector=app.kubernetes.io/component=namespace");
        const named = [...(await renderManifests(settings, "sandbox")).matchAll(/^# Secret (\S+): [^]*?keys: (.+)$/gm)];
        assert.deepEqual(
            named.map(([, name, keys]) => [name, keys]),
            [["otel-collector-tokens-1", "token, valid-tokens"]],
        );
        await putTokenSecret(NAMESPACE, "otel-collector-tokens-1");
        await putTlsSecret(
            NAMESPACE,
            "otel-collector-secure-tls",
            await (await TestAuthority.create("manifests")).signServer(),
        );
        await withManifests("apply");
        await waitForRollouts(NAMESPACE);
        await verifyRendered(settings, NAMESPACE);
    });

    it("leave nothing when deleted", async () => {
        await withManifests("delete");
        assert.doesNotMatch(await kubectl("get", "namespaces", "--output=name"), new RegExp(NAMESPACE));
    });
});
