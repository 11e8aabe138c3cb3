import assert from "node:assert/strict";
import { KubernetesProvider } from "../../../sandbox/plugins/kubernetes/provider";
import { at, type JsonObject, objectAt, textAt } from "../../../sandbox/plugins/shared/json";
import { isSecret, isUnknown, reveal, secret, UNKNOWN } from "../../../sandbox/plugins/shared/properties";
import { Engine, failureOf, initFailure } from "./support/engine";
import { FakeApi } from "./support/fake-api";

const urn = (type: string): string => `urn:pulumi:dev::proj::kubernetes:${type}::x`;
const CONFIG_MAP = urn("core/v1:ConfigMap");
const SECRET = urn("core/v1:Secret");
const DEPLOYMENT = urn("apps/v1:Deployment");

const configMap = (data: JsonObject, metadata: JsonObject = {}): JsonObject => ({
    apiVersion: "v1",
    kind: "ConfigMap",
    metadata: { name: "c", ...metadata },
    immutable: true,
    data,
});

const deployment = (annotations: JsonObject = {}): JsonObject => ({
    apiVersion: "apps/v1",
    kind: "Deployment",
    metadata: { name: "d", annotations },
    spec: { replicas: 1, selector: { matchLabels: { a: "b" } } },
});

const DEPLOYMENT_PATH = "/apis/apps/v1/namespaces/default/deployments/d";

describe("the kubernetes plugin", () => {
    let api: FakeApi;
    let engine: Engine;
    let kubeconfig: string;
    let logged: string[];

    beforeEach(async () => {
        api = new FakeApi();
        logged = [];
        const log = (_urn: string, message: string): void => {
            logged.push(message);
        };
        engine = await Engine.start(new KubernetesProvider("1.2.3", { status: log, info: log, warning: log }));
        kubeconfig = await api.start();
        const response = await engine.configure({ kubeconfig });
        assert.ok(response.getAcceptsecrets() && response.getSupportspreview());
    });

    afterEach(() => {
        engine.stop();
        api.stop();
    });

    const changes = (): readonly string[] => api.requests.filter((request) => !request.startsWith("GET"));

    it("creates by server-side apply, without force, and keeps the whole object but its field managers", async () => {
        const { id, outputs } = await engine.create(CONFIG_MAP, configMap({ k: "v" }));
        assert.equal(id, "default/c");
        assert.deepEqual(outputs.data, { k: "v" });
        assert.equal(at(outputs, "metadata", "managedFields"), undefined);
        assert.match(textAt(outputs, "__fieldManager") ?? "", /^pulumi-kubernetes-[0-9a-f]{8}$/);
        const [request, ...others] = changes();
        assert.match(request ?? "", /^PATCH \/api\/v1\/namespaces\/default\/configmaps\/c\?fieldManager=[^&]*$/);
        assert.deepEqual(others, []);
    });

    it("dry-runs a preview, in which what the server decides is unknown", async () => {
        const { id, outputs } = await engine.create(CONFIG_MAP, configMap({ k: "v" }), true);
        assert.equal(id, "");
        assert.deepEqual(outputs.data, { k: "v" });
        assert.ok(isUnknown(at(outputs, "metadata", "uid")) && isUnknown(outputs.status));
        assert.equal(api.objects.size, 0);
    });

    it("previews what cannot be dry-run as the program wrote it", async () => {
        const unknown = configMap({ k: UNKNOWN });
        assert.deepEqual((await engine.create(CONFIG_MAP, unknown, true)).outputs.data, { k: UNKNOWN });
        const homeless = configMap({ k: "v" }, { namespace: "to-be-made" });
        assert.deepEqual((await engine.create(CONFIG_MAP, homeless, true)).outputs.data, { k: "v" });
        await engine.create(CONFIG_MAP, configMap({ k: "old" }));
        assert.deepEqual((await engine.create(CONFIG_MAP, configMap({ k: "new" }), true)).outputs.data, { k: "new" });
    });

    it("previews without a cluster, and says so", async () => {
        await engine.configure({ kubeconfig: "/nowhere/config" });
        assert.deepEqual((await engine.create(CONFIG_MAP, configMap({ k: "v" }), true)).outputs.data, { k: "v" });
        assert.match(logged.join(), /no kubeconfig at \/nowhere\/config; the preview shows what the program asks for/);
        await assert.rejects(engine.create(CONFIG_MAP, configMap({ k: "v" })), /no kubeconfig at/);
    });

    it("says why it could not create in the API server's words", async () => {
        const inputs = configMap({}, { namespace: "nowhere" });
        await assert.rejects(engine.create(CONFIG_MAP, inputs), /ConfigMap nowhere\/c: namespaces "nowhere" not found/);
    });

    it("keeps secrets secret, what the server made of them included", async () => {
        const inputs = {
            apiVersion: "v1",
            kind: "Secret",
            metadata: { name: "s", annotations: { hint: secret("x") } },
            stringData: secret({ password: "p" }),
        };
        const { outputs } = await engine.create(SECRET, inputs);
        assert.ok(isSecret(outputs.data));
        assert.deepEqual(reveal(outputs.data), { password: Buffer.from("p").toString("base64") });
        assert.deepEqual(at(outputs, "metadata", "annotations", "hint"), secret("x"));
        assert.deepEqual(at(outputs, "__inputs", "stringData"), secret({ password: "p" }));
    });

    it("replaces with deletion first while the name stays, and the other way round when it changes", async () => {
        const old = await engine.create(CONFIG_MAP, configMap({ "a.yaml": "1" }));
        const changed = await engine.diff(CONFIG_MAP, old.id, old, configMap({ "a.yaml": "2" }));
        assert.deepEqual(changed.getReplacesList(), ['data["a.yaml"]']);
        assert.ok(changed.getDeletebeforereplace());
        const renamed = await engine.diff(CONFIG_MAP, old.id, old, configMap({ "a.yaml": "2" }, { name: "c2" }));
        assert.deepEqual(renamed.getReplacesList(), ["metadata.name"]);
        assert.ok(!renamed.getDeletebeforereplace());
        const labelled = await engine.diff(
            CONFIG_MAP,
            old.id,
            old,
            configMap({ "a.yaml": "1" }, { labels: { l: "1" } }),
        );
        assert.deepEqual(labelled.getReplacesList(), []);
        assert.deepEqual([...labelled.getDetaileddiffMap().keys()], ["metadata.labels"]);
    });

    it("finds no change where there is none, without asking anybody", async () => {
        const old = await engine.create(CONFIG_MAP, configMap({ k: "v" }));
        api.requests.length = 0;
        const same = await engine.diff(CONFIG_MAP, old.id, old, configMap({ k: "v" }));
        assert.deepEqual([same.getReplacesList(), same.getDetaileddiffMap().getLength()], [[], 0]);
        assert.deepEqual(api.requests, []);
    });

    it("updates by apply with force, under the manager that the state names", async () => {
        const old = await engine.create(CONFIG_MAP, configMap({ k: "v" }));
        const state = { ...old, outputs: { ...old.outputs, __fieldManager: "official" } };
        await engine.update(CONFIG_MAP, state, configMap({ k: "v" }, { labels: { l: "1" } }));
        assert.match(changes().at(-1) ?? "", /\?fieldManager=official&force=true$/);
    });

    it("reads what drifted into the inputs, and only that", async () => {
        const old = await engine.create(CONFIG_MAP, configMap({ a: "1", b: "2" }));
        const [path] = [...api.objects.keys()];
        const live = api.objects.get(path ?? "") ?? {};
        api.objects.set(path ?? "", { ...live, immutable: false, data: { a: "1", b: "9", c: "3" } });
        const found = await engine.read(CONFIG_MAP, old);
        assert.deepEqual(found.inputs, { ...old.inputs, immutable: false, data: { a: "1", b: "9" } });
        assert.deepEqual(found.outputs.data, { a: "1", b: "9", c: "3" });
    });

    it("reads what is gone as gone", async () => {
        const old = { id: "default/gone", inputs: configMap({}, { name: "gone" }), outputs: {} };
        assert.equal((await engine.read(CONFIG_MAP, old)).id, "");
    });

    it("imports an object by its id alone", async () => {
        await engine.create(CONFIG_MAP, configMap({ k: "v" }));
        const { id, inputs } = await engine.read(CONFIG_MAP, { id: "default/c", inputs: {}, outputs: {} });
        assert.equal(id, "default/c");
        assert.deepEqual(inputs, configMap({ k: "v" }, { namespace: "default" }));
    });

    it("deletes by a query, and what is gone already without complaint", async () => {
        const old = await engine.create(CONFIG_MAP, configMap({ k: "v" }, { name: "other" }));
        const fresh = await Engine.start(
            new KubernetesProvider("1", { status: () => 0, info: () => 0, warning: () => 0 }),
        );
        try {
            await fresh.configure({ kubeconfig });
            await fresh.delete(CONFIG_MAP, old);
            await fresh.delete(CONFIG_MAP, { ...old, id: "default/gone" });
        } finally {
            fresh.stop();
        }
        assert.equal(api.objects.size, 0);
        assert.match(changes().at(-1) ?? "", /^DELETE .*\/other\?propagationPolicy=Background$/);
    });

    it("keeps an object that the same run applied again: a replacement that was left over must not take it along", async () => {
        const old = await engine.create(CONFIG_MAP, configMap({ k: "v" }));
        await engine.delete(CONFIG_MAP, old);
        assert.equal(api.objects.size, 1);
        assert.match(logged.join(), /kept default\/c/);
    });

    it("reports an object that did not become ready with id, state and reasons", async () => {
        const error = await failureOf(engine.create(DEPLOYMENT, deployment(), false, 0.2));
        const { id, properties, reasons } = initFailure(error);
        assert.equal(id, "default/d");
        assert.equal(objectAt(properties, "metadata").name, "d");
        assert.deepEqual(reasons, ["Deployment default/d was not ready within 0.2 s", "the roll-out has not begun"]);
        assert.match(error.message, /Deployment default\/d was created but did not become ready: /);
    });

    it("waits till an object is ready, unless it is told not to", async () => {
        const annotations = { "pulumi.com/skipAwait": "true" };
        assert.equal((await engine.create(DEPLOYMENT, deployment(annotations))).id, "default/d");
        api.objects.clear();
        const ready = { observedGeneration: 1, replicas: 1, updatedReplicas: 1, availableReplicas: 1 };
        const timer = setInterval(() => {
            const live = api.objects.get(DEPLOYMENT_PATH);
            if (live !== undefined) {
                api.objects.set(DEPLOYMENT_PATH, { ...live, status: ready });
            }
        }, 20);
        try {
            const { outputs } = await engine.create(DEPLOYMENT, deployment());
            assert.deepEqual(outputs.status, ready);
        } finally {
            clearInterval(timer);
        }
    });

    it("ends a wait when the update is interrupted, and keeps the object in the state", async () => {
        const failure = failureOf(engine.create(DEPLOYMENT, deployment()));
        while (!api.objects.has(DEPLOYMENT_PATH)) {
            await new Promise((resolve) => setTimeout(resolve, 10));
        }
        await engine.cancel();
        assert.match(initFailure(await failure).reasons.join(), /the wait for Deployment default\/d was cancelled/);
    });

    it("passes the API server's warnings on", async () => {
        api.warning = "would violate PodSecurity";
        await engine.create(CONFIG_MAP, configMap({ k: "v" }));
        assert.deepEqual(logged, ["would violate PodSecurity"]);
    });

    it("does not know kinds that the API server does not serve", async () => {
        const inputs = { apiVersion: "v1", kind: "Widget", metadata: { name: "w" } };
        assert.equal((await engine.create(urn("core/v1:Widget"), inputs, true)).id, "");
        assert.equal((await engine.read(urn("core/v1:Widget"), { id: "w", inputs, outputs: {} })).id, "");
    });

    it("refuses components, with the way out", async () => {
        const { ConstructRequest } = await import("@pulumi/pulumi/proto/provider_pb");
        const request = new ConstructRequest().setType("kubernetes:helm.sh/v4:Chart");
        await new Promise<void>((resolve) => {
            engine.client.construct(request, (error) => {
                assert.match(error?.message ?? "", /Chart is not served by the sandbox's stand-in .*official plugin/);
                resolve();
            });
        });
    });
});
