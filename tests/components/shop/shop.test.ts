import assert from "node:assert/strict";
import { readSettings } from "../../../shop/src/settings";
import { Shop, shopEndpoints } from "../../../components/shop/shop";
import { type ProgramRecorder, startMocks, renderProgram } from "../../../tools/render/program";
import { getContainer, listKindsAndNames, getPodTemplate, getServicePorts } from "../../support/manifests";
import { parseSettings } from "../../support/settings";
import { POD_OPTIONS } from "../../support/pod-options";

const IMAGE = "registry.example/shop:1.2.3";

async function createShop(raw: Readonly<Record<string, unknown>> = {}): Promise<ProgramRecorder> {
    const settings = parseSettings({ images: { shop: IMAGE }, shop: { enabled: true, ...raw } });
    const recorder = await startMocks();
    new Shop("store", {
        ...settings.shop,
        namespace: "ns",
        image: IMAGE,
        rolloutTimeout: settings.rolloutTimeout,
        pods: POD_OPTIONS,
        endpoints: shopEndpoints("store", "ns"),
        telemetry: { OTEL_EXPORTER_OTLP_ENDPOINT: "http://gateway.ns:4317", OTEL_LOGS_EXPORTER: "none" },
    });
    return recorder.settle();
}

/** The environment of a container, but for what the kubelet fills in. */
function getEnvironment(recorder: ProgramRecorder, name: string): Readonly<Record<string, string>> {
    const { env } = getContainer(recorder.manifest("Deployment", name));
    return Object.fromEntries(env.map((variable) => [variable.name, variable.value]));
}

describe("Shop", () => {
    it("creates a Deployment per role, and a Service per role that is called", async () => {
        const recorder = await createShop();
        assert.deepEqual(listKindsAndNames(recorder), [
            "Deployment store-frontend",
            "Deployment store-load",
            "Deployment store-payments",
            "Service store-frontend",
            "Service store-payments",
        ]);
        for (const role of ["frontend", "payments", "load"]) {
            const { args, image } = getContainer(recorder.manifest("Deployment", `store-${role}`));
            assert.deepEqual(args, [role]);
            assert.equal(image, IMAGE);
        }
        assert.deepEqual(getServicePorts(recorder.manifest("Service", "store-frontend")), { http: 8080 });
        assert.deepEqual(getServicePorts(recorder.manifest("Service", "store-payments")), { http: 8080 });
    });

    it("passes settings in environment variables that the program reads", async () => {
        const recorder = await createShop({ errorRate: 0.2, slowRate: 1, slowDelay: "1s500ms", requestsPerSecond: 7 });
        const readBy = (role: string) => readSettings([role], getEnvironment(recorder, `store-${role}`));
        assert.deepEqual(readBy("payments"), {
            role: "payments",
            port: 8080,
            errorRate: 0.2,
            slowRate: 1,
            slowDelayMs: 1500,
        });
        assert.deepEqual(readBy("frontend"), {
            role: "frontend",
            port: 8080,
            paymentsUrl: "http://store-payments.ns:8080",
        });
        assert.deepEqual(readBy("load"), {
            role: "load",
            port: 8080,
            frontendUrl: "http://store-frontend.ns:8080",
            requestsPerSecond: 7,
        });
    });

    for (const [setting, least, most] of [
        ["slowDelay", "1ms", "30s"],
        ["requestsPerSecond", 0.01, 100],
        ["errorRate", 0, 1],
    ] as const) {
        it(`accepts every ${setting} that the schema accepts`, async () => {
            for (const value of [least, most]) {
                const recorder = await createShop({ [setting]: value });
                for (const role of ["payments", "load"]) {
                    assert.equal(readSettings([role], getEnvironment(recorder, `store-${role}`)).role, role);
                }
            }
        });
    }

    it("sets the service name and the OTLP endpoint", async () => {
        const environment = getEnvironment(await createShop(), "store-payments");
        assert.equal(environment.OTEL_SERVICE_NAME, "store-payments");
        assert.equal(
            environment.OTEL_RESOURCE_ATTRIBUTES,
            "service.version=1.2.3,service.instance.id=$(POD_NAME),k8s.deployment.name=store-payments," +
                "k8s.namespace.name=$(POD_NAMESPACE),k8s.node.name=$(NODE_NAME),k8s.pod.name=$(POD_NAME)",
        );
        assert.equal(environment.OTEL_EXPORTER_OTLP_ENDPOINT, "http://gateway.ns:4317");
        assert.equal(environment.OTEL_LOGS_EXPORTER, "none");
    });

    it("orders environment variables after those that they reference", async () => {
        const { env } = getContainer((await createShop()).manifest("Deployment", "store-load"));
        const names = env.map(({ name }) => name);
        const attributes = names.indexOf("OTEL_RESOURCE_ATTRIBUTES");
        for (const used of ["NODE_NAME", "POD_NAME", "POD_NAMESPACE"]) {
            assert.ok(names.includes(used) && names.indexOf(used) < attributes, used);
        }
    });

    it("limits the heap to half of the memory limit", async () => {
        const environment = getEnvironment(
            await createShop({ resources: { limits: { memory: "256Mi" } } }),
            "store-frontend",
        );
        assert.equal(environment.NODE_OPTIONS, "--max-old-space-size=128");
    });

    it("delays shutdown of the roles that are called", async () => {
        const recorder = await createShop();
        const lifecycle = (name: string): unknown => getContainer(recorder.manifest("Deployment", name)).lifecycle;
        assert.deepEqual(lifecycle("store-frontend"), { preStop: { sleep: { seconds: 5 } } });
        assert.equal(lifecycle("store-load"), undefined);
        // The program's own 20 s to stop come after it, and Kubernetes kills after 30.
        assert.equal(
            getPodTemplate(recorder.manifest("Deployment", "store-frontend")).spec.terminationGracePeriodSeconds,
            undefined,
        );
    });
});

describe("shop in the stack", () => {
    it("exports its endpoint and port-forward", async () => {
        const { program } = await renderProgram({
            shop: { enabled: true },
            images: { shop: IMAGE },
            localPorts: { shop: 18080 },
        });
        assert.deepEqual(program.endpoints.shopFrontend, {
            short: "http://shop-frontend.playground-otel:8080",
            fqdn: "http://shop-frontend.playground-otel.svc.cluster.local:8080",
        });
        assert.deepEqual(program.portForwards.shopFrontend, {
            command: "kubectl port-forward -n playground-otel svc/shop-frontend 18080:8080",
            url: "http://localhost:18080/products",
        });
    });

    it("sends no signal without a destination", async () => {
        const { recorder } = await renderProgram({
            shop: { enabled: true },
            images: { shop: IMAGE },
            loki: { enabled: false },
            collector: { debugExporter: { enabled: false } },
        });
        const environment = getEnvironment(recorder, "shop-load");
        assert.equal(environment.OTEL_LOGS_EXPORTER, "none");
        assert.equal(environment.OTEL_TRACES_EXPORTER, undefined);
    });

    it("creates nothing when disabled, even with an image", async () => {
        const { program, recorder } = await renderProgram({ images: { shop: IMAGE } });
        assert.deepEqual(
            listKindsAndNames(recorder).filter((name) => name.includes("shop")),
            [],
        );
        assert.equal(program.endpoints.shopFrontend, undefined);
        assert.equal(program.portForwards.shopFrontend, undefined);
    });
});
