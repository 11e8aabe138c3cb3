import assert from "node:assert/strict";
import { type Manifest, type ProgramRecorder, renderProgram } from "../../../tools/render/program";
import { findFlows } from "../../../tools/checks/cyclonus";
import { getField, readConfigMap, getContainer, getServicePorts } from "../../support/manifests";
import { endpointName } from "../../../components/network-policies/render";

const UI_HOSTS = {
    grafana: { host: "grafana.example.com" },
    jaeger: { host: "jaeger.example.com", allowUnauthenticated: true },
    prometheus: { host: "prometheus.example.com", allowUnauthenticated: true },
};
const PASSTHROUGH = { "nginx.ingress.kubernetes.io/ssl-passthrough": "true" };
const OTLP = { httpHost: "otlp.example.com", grpcHost: "otlp-grpc.example.com" };
const SECRET = { secretName: "names-tls" };
const SECURE_OTLP = { enabled: true, grpc: { enabled: true } };
/** Everything, by Ingresses. */
const BY_INGRESS = {
    secureOtlp: SECURE_OTLP,
    expose: { ...UI_HOSTS, className: "traefik", otlp: { ...OTLP, annotations: PASSTHROUGH }, tls: SECRET },
};
/** Everything, by a Gateway that the stack makes. */
const BY_GATEWAY = {
    secureOtlp: SECURE_OTLP,
    expose: { ...UI_HOSTS, api: "gateway", className: "traefik", otlp: OTLP, tls: SECRET },
};
const INGRESS_KINDS = ["Gateway", "HTTPRoute", "Ingress", "TLSRoute"];

async function renderStack(settings: Readonly<Record<string, unknown>>): Promise<ProgramRecorder> {
    return (await renderProgram(settings)).recorder;
}

function listIngressObjects({ manifests }: ProgramRecorder): Manifest[] {
    return manifests.filter(({ kind }) => INGRESS_KINDS.includes(kind));
}

function listNames(manifests: readonly Manifest[]): string[] {
    return manifests.map(({ kind, metadata }) => `${kind} ${metadata.name}`).sort();
}

/** The target of each route, as `host -> Service:port`. */
function describeTarget({ kind, spec }: Manifest): string {
    const text = JSON.stringify(spec);
    const [, host] = /"host(?:names)?":\[?"([^"]+)"/.exec(text) ?? [];
    const [, service, port] =
        (kind === "Ingress"
            ? /"service":\{"name":"([^"]+)","port":\{"number":(\d+)/
            : /"backendRefs":\[\{"name":"([^"]+)","port":(\d+)/
        ).exec(text) ?? [];
    return `${host} -> ${service}:${port}`;
}

const ALL_TARGETS = [
    "grafana.example.com -> grafana:3000",
    "jaeger.example.com -> jaeger:16686",
    "otlp-grpc.example.com -> otel-collector-secure:5317",
    "otlp.example.com -> otel-collector-secure:5318",
    "prometheus.example.com -> prometheus:9090",
];

describe("exposure", () => {
    it("creates nothing without a hostname", async () => {
        const { program, recorder } = await renderProgram({});
        assert.deepEqual(listIngressObjects(recorder), []);
        assert.equal(program.externalUrls, undefined);
    });

    for (const [about, settings] of [
        ["Ingress", BY_INGRESS],
        ["Gateway API", BY_GATEWAY],
    ] as const) {
        it(`routes each hostname to an existing Service port (${about})`, async () => {
            const recorder = await renderStack(settings);
            const routes = listIngressObjects(recorder).filter(({ kind }) => kind !== "Gateway");
            assert.deepEqual(routes.map(describeTarget).sort(), ALL_TARGETS);
            for (const lead of ALL_TARGETS) {
                const [, service = "", port] = /-> (.*):(.*)/.exec(lead) ?? [];
                assert.ok(
                    Object.values(getServicePorts(recorder.manifest("Service", service))).includes(Number(port)),
                    lead,
                );
            }
        });
    }

    it("is listed in the outputs and in the hostnames that the secure OTLP certificate needs", async () => {
        for (const settings of [BY_INGRESS, BY_GATEWAY]) {
            const { program } = await renderProgram(settings);
            assert.deepEqual(program.externalUrls, {
                grafana: "https://grafana.example.com",
                jaeger: "https://jaeger.example.com",
                prometheus: "https://prometheus.example.com",
                otlpHttp: "https://otlp.example.com",
                otlpGrpc: "https://otlp-grpc.example.com",
            });
            assert.deepEqual(program.secureOtlp?.hosts.slice(2), ["otlp.example.com", "otlp-grpc.example.com"]);
        }
    });

    it("sets the external URLs of Grafana and Prometheus", async () => {
        const ini = (recorder: ProgramRecorder) =>
            getField(readConfigMap(recorder, "grafana-config").manifest, "data", "grafana.ini") as string;
        const args = (recorder: ProgramRecorder) => getContainer(recorder.manifest("Deployment", "prometheus")).args;
        const exposed = await renderStack(BY_INGRESS);
        assert.match(ini(exposed), /^root_url = https:\/\/grafana\.example\.com\/$/m);
        assert.match(ini(exposed), /^cookie_secure = true$/m);
        assert.ok(args(exposed).includes("--web.external-url=https://prometheus.example.com"));
        const plain = await renderStack({ expose: { ...BY_INGRESS.expose, otlp: {}, tls: { mode: "disabled" } } });
        assert.match(ini(plain), /^root_url = http:\/\/grafana\.example\.com\/$/m);
        assert.doesNotMatch(ini(plain), /cookie_secure/);
        const closed = await renderStack({});
        assert.match(ini(closed), /^root_url = http:\/\/localhost:3000\/$/m);
        assert.doesNotMatch(args(closed).join(), /external-url/);
    });

    it("is allowed by NetworkPolicies from the controller's Namespace", async () => {
        const controller = { namespaceSelectors: [{ team: "edge" }], cidrs: ["192.0.2.0/24"] };
        const recorder = await renderStack({
            ...BY_GATEWAY,
            expose: { ...BY_GATEWAY.expose, controller },
            networkPolicies: { enabled: true },
        });
        const flows = findFlows(recorder).filter(({ from }) => endpointName(from) === "controller");
        assert.deepEqual(
            flows.map(({ to, port }) => `${endpointName(to)}:${port}`),
            ["grafana:3000", "jaeger:16686", "prometheus:9090", "otel-collector:5318", "otel-collector:5317"],
        );
        assert.deepEqual(flows[0]?.from, {
            name: "controller",
            peers: [{ namespaceSelector: { matchLabels: { team: "edge" } } }, { ipBlock: { cidr: "192.0.2.0/24" } }],
        });
    });
});

describe("Ingress", () => {
    it("renders class, host, TLS Secret and annotations", async () => {
        const recorder = await renderStack({
            expose: {
                ...BY_INGRESS.expose,
                otlp: {},
                annotations: { "example.com/all": "a", "example.com/one": "a" },
                jaeger: { ...UI_HOSTS.jaeger, annotations: { "example.com/one": "b" } },
            },
        });
        const ingress = recorder.manifest("Ingress", "jaeger");
        assert.deepEqual(ingress.spec, {
            ingressClassName: "traefik",
            tls: [{ hosts: ["jaeger.example.com"], secretName: "names-tls" }],
            rules: [
                {
                    host: "jaeger.example.com",
                    http: {
                        paths: [
                            {
                                path: "/",
                                pathType: "Prefix",
                                backend: { service: { name: "jaeger", port: { number: 16686 } } },
                            },
                        ],
                    },
                },
            ],
        });
        assert.deepEqual(ingress.metadata.annotations, {
            "example.com/all": "a",
            "example.com/one": "b",
            "pulumi.com/patchForce": "true",
            "pulumi.com/skipAwait": "true",
        });
    });

    it("omits class and certificate when unset", async () => {
        const specWith = async (mode: string) => {
            const recorder = await renderStack({ expose: { grafana: UI_HOSTS.grafana, tls: { mode } } });
            return recorder.manifest("Ingress", "grafana").spec as Readonly<Record<string, unknown>>;
        };
        const spec = await specWith("controller");
        assert.deepEqual(Object.keys(spec), ["rules", "tls"]);
        assert.deepEqual(spec.tls, [{ hosts: ["grafana.example.com"] }]);
        assert.deepEqual(Object.keys(await specWith("disabled")), ["rules"]);
    });
});

describe("Gateway", () => {
    it("renders a terminating listener per UI and a passthrough listener for OTLP", async () => {
        const recorder = await renderStack({
            ...BY_GATEWAY,
            expose: {
                ...BY_GATEWAY.expose,
                gateway: { httpsPort: 8443, annotations: { "example.com/issuer": "a" } },
            },
        });
        const gateway = recorder.manifest("Gateway", "otel-stack");
        assert.equal(gateway.apiVersion, "gateway.networking.k8s.io/v1");
        assert.equal(gateway.metadata.annotations?.["example.com/issuer"], "a");
        const allowedRoutes = { namespaces: { from: "Same" } };
        const page = (name: string) => ({
            name,
            hostname: `${name}.example.com`,
            port: 8443,
            protocol: "HTTPS",
            tls: { mode: "Terminate", certificateRefs: [{ group: "", kind: "Secret", name: "names-tls" }] },
            allowedRoutes,
        });
        const otlp = (protocol: string, hostname: string) => ({
            name: `otel-collector-${protocol}`,
            hostname,
            port: 8443,
            protocol: "TLS",
            tls: { mode: "Passthrough" },
            allowedRoutes,
        });
        assert.deepEqual(gateway.spec, {
            gatewayClassName: "traefik",
            listeners: [
                page("grafana"),
                page("jaeger"),
                page("prometheus"),
                otlp("http", "otlp.example.com"),
                otlp("grpc", "otlp-grpc.example.com"),
            ],
        });
    });

    it("renders plaintext listeners when TLS is disabled", async () => {
        const recorder = await renderStack({
            expose: { ...BY_GATEWAY.expose, otlp: {}, tls: { mode: "disabled" }, gateway: { httpPort: 8000 } },
        });
        const listeners = getField(recorder.manifest("Gateway", "otel-stack"), "spec", "listeners") as object[];
        assert.deepEqual(
            listeners.map((listener) => Object.entries(listener).filter(([key]) => /port|protocol|tls/.test(key))),
            Array.from({ length: 3 }, () => [
                ["port", 8000],
                ["protocol", "HTTP"],
            ]),
        );
    });

    it("renders an HTTPRoute per UI and a TLSRoute for OTLP", async () => {
        const recorder = await renderStack(BY_GATEWAY);
        assert.deepEqual(listNames(listIngressObjects(recorder)), [
            "Gateway otel-stack",
            "HTTPRoute grafana",
            "HTTPRoute jaeger",
            "HTTPRoute prometheus",
            "TLSRoute otel-collector-grpc",
            "TLSRoute otel-collector-http",
        ]);
        const { spec, apiVersion } = recorder.manifest("TLSRoute", "otel-collector-grpc");
        assert.equal(apiVersion, "gateway.networking.k8s.io/v1");
        assert.deepEqual(spec, {
            parentRefs: [{ name: "otel-stack", sectionName: "otel-collector-grpc" }],
            hostnames: ["otlp-grpc.example.com"],
            rules: [{ backendRefs: [{ name: "otel-collector-secure", port: 5317 }] }],
        });
    });

    it("is not managed when it exists; only routes are attached", async () => {
        const parents = async (gateway: object) => {
            const expose = { ...UI_HOSTS, api: "gateway", otlp: OTLP, gateway };
            const { program, recorder } = await renderProgram({ secureOtlp: SECURE_OTLP, expose });
            assert.equal(program.externalUrls?.grafana, "https://grafana.example.com");
            assert.equal(listIngressObjects(recorder).length, 5);
            return ["HTTPRoute jaeger", "TLSRoute otel-collector-http"].map((of) => {
                const [kind = "", name = ""] = of.split(" ");
                return getField(recorder.manifest(kind, name), "spec", "parentRefs");
            });
        };
        assert.deepEqual(await parents({ name: "edge" }), [[{ name: "edge" }], [{ name: "edge" }]]);
        const named = { name: "edge", namespace: "gateways", listener: "https", passthroughListener: "tls" };
        assert.deepEqual(await parents(named), [
            [{ name: "edge", namespace: "gateways", sectionName: "https" }],
            [{ name: "edge", namespace: "gateways", sectionName: "tls" }],
        ]);
    });

    describe("with UIs that share a hostname", () => {
        const host = "example.com";
        const expose = {
            grafana: { host, path: "/grafana" },
            jaeger: { host, path: "/traces/jaeger", allowUnauthenticated: true },
            prometheus: { host, path: "/prometheus", allowUnauthenticated: true },
            className: "traefik",
            tls: SECRET,
        };

        it("creates an Ingress with a path for each", async () => {
            const ingresses = listIngressObjects(await renderStack({ expose }));
            assert.deepEqual(
                ingresses
                    .map(({ spec }) => /"path":"([^"]+)","pathType":"Prefix"/.exec(JSON.stringify(spec))?.[1])
                    .sort(),
                ["/grafana", "/prometheus", "/traces/jaeger"],
            );
        });

        it("creates one listener, and a route with a path for each", async () => {
            const objects = listIngressObjects(await renderStack({ expose: { ...expose, api: "gateway" } }));
            const [gateway, ...routes] = objects;
            assert.ok(gateway !== undefined);
            assert.equal((getField(gateway, "spec", "listeners") as readonly unknown[]).length, 1);
            for (const { spec } of routes) {
                assert.match(JSON.stringify(spec), /"sectionName":"grafana"/);
                assert.match(JSON.stringify(spec), /"matches":\[{"path":{"type":"PathPrefix","value":"\/[a-z/]+"}}\]/);
            }
            assert.equal(routes.length, 3);
        });

        it("uses the paths in every address", async () => {
            const { program, recorder } = await renderProgram({ expose });
            assert.deepEqual(program.externalUrls, {
                grafana: "https://example.com/grafana",
                jaeger: "https://example.com/traces/jaeger",
                prometheus: "https://example.com/prometheus",
            });
            const { grafana, jaeger, prometheus } = program.portForwards;
            assert.deepEqual(
                [grafana, jaeger, prometheus].map((forward) => [forward?.url, forward?.basePath]),
                [
                    ["http://localhost:3000/grafana", "/grafana"],
                    ["http://localhost:16686/traces/jaeger", "/traces/jaeger"],
                    ["http://localhost:9090/prometheus", "/prometheus"],
                ],
            );
            assert.equal(program.endpoints.prometheus?.short, "http://prometheus.playground-otel:9090/prometheus");
            const files = JSON.stringify(recorder.manifests);
            for (const text of [
                "root_url = https://example.com/grafana/",
                "serve_from_sub_path = true",
                "/grafana/api/health",
                "url: http://jaeger.playground-otel:16686/traces/jaeger",
                "url: http://prometheus.playground-otel:9090/prometheus",
                "endpoint: http://prometheus.playground-otel:9090/prometheus/api/v1/write",
                "--web.external-url=https://example.com/prometheus",
                "metrics_path: /prometheus/metrics",
                "base_path: /traces/jaeger",
            ]) {
                assert.ok(files.includes(text), text);
            }
        });
    });
});
