import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import * as fs from "node:fs";
import * as path from "node:path";
import { credentials } from "@grpc/grpc-js";
import { AnalyzerClient } from "@pulumi/pulumi/proto/analyzer_grpc_pb";
import { type AnalyzeResponse, AnalyzeRequest, AnalyzerResourceOptions } from "@pulumi/pulumi/proto/analyzer_pb";
import { Struct } from "google-protobuf/google/protobuf/struct_pb";
import { POLICIES } from "../../policy-pack/policies";
import { ROOT } from "../../sandbox/directories";

const LABELS = Object.fromEntries(
    ["name", "instance", "version", "component", "part-of", "managed-by"].map((label) => [
        `app.kubernetes.io/${label}`,
        "shop",
    ]),
);
const AMOUNTS = { cpu: "10m", memory: "64Mi", "ephemeral-storage": "64Mi" };
const PROBE = { httpGet: { path: "/", port: "http" } };
const CONTAINER = {
    name: "shop",
    image: "registry.example:5000/shop:1.0.0",
    ports: [{ name: "http", containerPort: 8080 }],
    resources: { requests: AMOUNTS, limits: AMOUNTS },
    readinessProbe: PROBE,
    livenessProbe: PROBE,
    securityContext: {
        allowPrivilegeEscalation: false,
        capabilities: { drop: ["ALL"] },
        readOnlyRootFilesystem: true,
    },
};
const POD = {
    automountServiceAccountToken: false,
    enableServiceLinks: false,
    securityContext: { runAsNonRoot: true, runAsUser: 1000, seccompProfile: { type: "RuntimeDefault" } },
    containers: [CONTAINER],
    volumes: [{ name: "cache", emptyDir: {} }],
};
const SELECTOR = { "app.kubernetes.io/name": "shop", "app.kubernetes.io/instance": "shop" };

type Value = Readonly<Record<string, unknown>>;

function renderDeployment(pod: Value = {}, spec: Value = {}, labels: Value = LABELS): Value {
    return {
        apiVersion: "apps/v1",
        kind: "Deployment",
        metadata: { name: "shop", labels },
        spec: {
            selector: { matchLabels: SELECTOR },
            template: { metadata: { labels }, spec: { ...POD, ...pod } },
            ...spec,
        },
    };
}

function renderWithContainer(container: Value): Value {
    return renderDeployment({ containers: [{ ...CONTAINER, ...container }] });
}

function renderWithContext(context: Value): Value {
    return renderWithContainer({ securityContext: { ...CONTAINER.securityContext, ...context } });
}

function renderService(spec: Value): Value {
    return {
        apiVersion: "v1",
        kind: "Service",
        metadata: { name: "shop", labels: LABELS },
        spec: { selector: SELECTOR, ports: [{ port: 80, targetPort: "http" }], ...spec },
    };
}

/** The names of the policies that a manifest violates. */
function findViolated(manifest: Value): readonly string[] {
    return POLICIES.filter(({ findViolations }) => findViolations(manifest).length > 0).map(({ name }) => name);
}

const withoutVersion = Object.fromEntries(
    Object.entries(LABELS).filter(([label]) => label !== "app.kubernetes.io/version"),
);

describe("policy pack", () => {
    for (const [title, manifest] of [
        ["a Deployment", renderDeployment()],
        ["a Service", renderService({})],
        ["a Service without a selector", renderService({ selector: undefined })],
        ["an image with a digest", renderWithContainer({ image: `registry.example/shop@sha256:${"0".repeat(64)}` })],
        ["an Ingress without a version", { kind: "Ingress", metadata: { labels: withoutVersion } }],
        [
            "a Job without probes",
            { ...renderDeployment({ containers: [{ ...CONTAINER, livenessProbe: undefined }] }), kind: "Job" },
        ],
    ] as const) {
        it(`accepts ${title} that follows the conventions`, () => {
            assert.deepEqual(findViolated(manifest), []);
        });
    }

    for (const [policy, title, manifest] of [
        ["recommended-labels", "a Deployment without a version", renderDeployment({}, {}, withoutVersion)],
        ["recommended-labels", "an object without labels", { kind: "ConfigMap", metadata: { name: "shop" } }],
        [
            "constant-selectors",
            "a selector with a version",
            renderDeployment({}, { selector: { matchLabels: LABELS } }),
        ],
        ["constant-selectors", "a Service that selects by another label", renderService({ selector: { app: "shop" } })],
        ["exact-images", "an image without a tag", renderWithContainer({ image: "registry.example:5000/shop" })],
        ["exact-images", "the tag latest", renderWithContainer({ image: "shop:latest" })],
        [
            "exact-images",
            "an init container with the tag latest",
            renderDeployment({ initContainers: [{ ...CONTAINER, image: "shop:latest" }] }),
        ],
        ["restricted-pods", "a user that may be root", renderDeployment({ securityContext: {} })],
        ["restricted-pods", "a container that sets root", renderWithContext({ runAsUser: 0 })],
        ["restricted-pods", "a privileged container", renderWithContext({ privileged: true })],
        [
            "restricted-pods",
            "an added capability",
            renderWithContext({ capabilities: { drop: ["ALL"], add: ["NET_ADMIN"] } }),
        ],
        ["restricted-pods", "a writable root file system", renderWithContext({ readOnlyRootFilesystem: false })],
        ["restricted-pods", "a volume of nfs", renderDeployment({ volumes: [{ name: "nfs", nfs: {} }] })],
        ["no-host-access", "the network of the host", renderDeployment({ hostNetwork: true })],
        ["no-host-access", "a port of the host", renderWithContainer({ ports: [{ containerPort: 80, hostPort: 80 }] })],
        [
            "no-api-access",
            "a token of a service account",
            renderDeployment({ automountServiceAccountToken: undefined }),
        ],
        [
            "requests-and-limits",
            "a missing limit",
            renderWithContainer({ resources: { requests: AMOUNTS, limits: {} } }),
        ],
        ["probes", "a missing liveness probe", renderWithContainer({ livenessProbe: undefined })],
        ["internal-services", "a LoadBalancer", renderService({ type: "LoadBalancer" })],
        ["internal-services", "external IPs", renderService({ externalIPs: ["192.0.2.1"] })],
    ] as const) {
        it(`rejects ${title} by ${policy}`, () => {
            assert.deepEqual(findViolated(manifest), [policy]);
        });
    }

    it("rejects a folder of the host by two policies", () => {
        const manifest = renderDeployment({ volumes: [{ name: "root", hostPath: { path: "/" } }] });
        assert.deepEqual(findViolated(manifest), ["restricted-pods", "no-host-access"]);
    });

    it("finds the pods of a CronJob and of a plain Pod", () => {
        const spec = { ...POD, containers: [{ ...CONTAINER, image: "shop" }] };
        const metadata = { labels: LABELS };
        const cronJob = { kind: "CronJob", metadata, spec: { jobTemplate: { spec: { template: { spec } } } } };
        assert.deepEqual(findViolated(cronJob), ["exact-images"]);
        assert.deepEqual(findViolated({ kind: "Pod", metadata, spec }), ["exact-images"]);
    });

    it("has the versions of this project's packages", () => {
        const readPackages = (folder: string, field: string): Value =>
            (
                JSON.parse(fs.readFileSync(path.join(ROOT, folder, "package.json"), "utf8")) as Readonly<
                    Record<string, Value>
                >
            )[field] ?? {};
        const known = { ...readPackages(".", "dependencies"), ...readPackages(".", "devDependencies") };
        for (const [name, version] of Object.entries(readPackages("policy-pack", "dependencies"))) {
            assert.equal(version, known[name], name);
        }
    });

    it("starts as Pulumi starts a policy pack, and reports violations of Kubernetes objects only", async () => {
        const run = path.join(ROOT, "node_modules/@pulumi/pulumi/cmd/run-policy-pack");
        const folder = path.join(ROOT, "policy-pack");
        const pack = spawn(process.execPath, [run, "127.0.0.1:1", folder], {
            cwd: folder,
            stdio: ["ignore", "pipe", "inherit"],
        });
        try {
            const port = await readPort(pack);
            const client = new AnalyzerClient(`127.0.0.1:${port}`, credentials.createInsecure());
            const manifest = renderWithContainer({ image: "shop:latest" });
            assert.deepEqual(await analyze(client, "kubernetes:apps/v1:Deployment", manifest), ["exact-images"]);
            assert.deepEqual(await analyze(client, "random:index/randomString:RandomString", manifest), []);
            client.close();
        } finally {
            pack.kill();
        }
    }).timeout(60_000);
});

async function readPort({ stdout }: ChildProcess): Promise<string> {
    assert.ok(stdout);
    const [port] = (await once(stdout, "data")) as [Buffer];
    return port.toString().trim();
}

/** The names of the policies that the pack reports for a resource. */
async function analyze(client: AnalyzerClient, type: string, props: Value): Promise<readonly string[]> {
    const request = new AnalyzeRequest();
    request.setType(type);
    request.setName("shop");
    request.setUrn(`urn:pulumi:test::shop::${type}::shop`);
    request.setOptions(new AnalyzerResourceOptions());
    request.setProperties(Struct.fromJavaScript(JSON.parse(JSON.stringify(props)) as never));
    const response = await new Promise<AnalyzeResponse>((resolve, reject) => {
        client.analyze(request, (error, result) => {
            if (error) {
                reject(error);
            } else {
                resolve(result);
            }
        });
    });
    return response.getDiagnosticsList().map((diagnostic) => diagnostic.getPolicyname());
}
