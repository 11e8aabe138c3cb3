import assert from "node:assert/strict";
import { resolveFlows } from "../../../components/stack/flows";
import type { Flow, FlowEndpoint } from "../../../components/network-policies/flow";
import { renderAllowPolicies, endpointName } from "../../../components/network-policies/render";
import {
    type Manifest,
    type ProgramRecorder,
    type Settings,
    renderProgram,
    readStackSettings,
} from "../../../tools/render/program";
import { findFlows } from "../../../tools/checks/cyclonus";
import { findConnections } from "../../support/rendered-connections";
import { getField, isWorkload } from "../../support/manifests";
import { WORKLOAD_NAMES } from "../../../config/model/workload-names";
import { parsePlan } from "../../support/settings";

const OFF = { enabled: false };
const DEFAULT_DENY_POLICY = "otel-stack-default-deny";

/** The flows of a stack with those settings, as text. */
function listFlows(settings: Settings): string[] {
    return resolveFlows(WORKLOAD_NAMES, parsePlan(settings)).map(formatFlow);
}

function formatFlow({ from, to, port }: Flow): string {
    return `${endpointName(from)} -> ${endpointName(to)}:${port}`;
}

function isWorkloadName(party: FlowEndpoint): party is string {
    return typeof party === "string";
}

function listWorkloads({ manifests }: ProgramRecorder): string[] {
    return manifests
        .filter(isWorkload)
        .map(({ metadata }) => metadata.name)
        .sort();
}

function listNetworkPolicies({ manifests }: ProgramRecorder): Manifest[] {
    return manifests.filter(({ kind }) => kind === "NetworkPolicy");
}

describe("resolveFlows", () => {
    for (const [about, settings] of [
        ["dev", readStackSettings("dev")],
        ["sandbox", readStackSettings("sandbox")],
        ["without Jaeger", { jaeger: OFF }],
        ["without Loki", { loki: OFF }],
        ["without Prometheus", { prometheus: OFF }],
        ["without Prometheus exporter and span metrics", { collector: { prometheusExporter: OFF }, spanMetrics: OFF }],
        ["with several Collectors that do not push metrics", { collector: { replicas: 3, remoteWrite: OFF } }],
        ["with persistent queues", { durability: { mode: "disk" }, collector: { replicas: 2 } }],
        ["with autoscaling", { collector: { autoscaling: { enabled: true } } }],
        [
            "with autoscaling and persistent queues",
            { durability: { mode: "disk" }, collector: { autoscaling: { enabled: true } } },
        ],
        ["with two tiers", { topology: "two-tier", collector: { autoscaling: { enabled: true } } }],
        [
            "with two tiers and persistent queues",
            { topology: "two-tier", durability: { mode: "disk" }, spanMetrics: OFF },
        ],
        [
            "with two tiers and destinations alone",
            {
                topology: "two-tier",
                jaeger: OFF,
                spanMetrics: OFF,
                destinations: { vendor: { endpoint: "https://v.example", onQueueFull: "reject" } },
            },
        ],
        ["with the shop", { shop: { enabled: true }, images: { shop: "shop:1" } }],
        ["with secureOtlp", { secureOtlp: { enabled: true } }],
        ["with the Collector alone", { jaeger: OFF, loki: OFF, prometheus: OFF, grafana: OFF }],
    ] as const) {
        it(`returns the connections of the rendered configuration, for every workload: ${about}`, async () => {
            const { recorder } = await renderProgram({ ...settings, networkPolicies: { enabled: true } });
            const flows = findFlows(recorder);
            const own = flows.filter(({ from, to }) => isWorkloadName(from) && isWorkloadName(to));
            assert.deepEqual(own.map(formatFlow).sort(), findConnections(recorder.manifests));
            assert.deepEqual(
                [...new Set(flows.flatMap(({ from, to }) => [from, to]).filter(isWorkloadName))].sort(),
                listWorkloads(recorder),
            );
        });
    }

    it("allows DNS only from workloads that resolve names", () => {
        const toDns = listFlows({}).filter((flow) => flow.includes("dns"));
        assert.deepEqual(toDns.sort(), [
            "grafana -> dns:53",
            "jaeger -> dns:53",
            "otel-collector -> dns:53",
            "prometheus -> dns:53",
            "telemetrygen-logs -> dns:53",
            "telemetrygen-metrics -> dns:53",
            "telemetrygen-traces -> dns:53",
        ]);
    });

    it("has no external peers by default", () => {
        assert.deepEqual(
            resolveFlows(WORKLOAD_NAMES, parsePlan({})).filter(({ from }) => !isWorkloadName(from)),
            [],
        );
    });

    it("allows the configured Namespaces on the matching ports only", () => {
        const elsewhere = [{ team: "a" }];
        const networkPolicies = {
            enabled: true,
            allowOtlpFrom: elsewhere,
            allowUiFrom: elsewhere,
            allowScrapeFrom: elsewhere,
        };
        assert.deepEqual(
            listFlows({ networkPolicies }).filter((flow) => /^(senders|viewers|scrapers) /.test(flow)),
            [
                "senders -> otel-collector:4317",
                "senders -> otel-collector:4318",
                "viewers -> grafana:3000",
                "scrapers -> otel-collector:8889",
                "scrapers -> otel-collector:8888",
                "scrapers -> jaeger:8888",
            ],
        );
    });

    it("targets only ports that a container listens on", () => {
        const elsewhere = [{ team: "a" }];
        const flows = listFlows({
            networkPolicies: { enabled: true, allowOtlpFrom: elsewhere, allowScrapeFrom: elsewhere },
            ...{ jaeger: OFF, grafana: OFF, collector: { prometheusExporter: OFF } },
        });
        assert.deepEqual(
            flows.filter((flow) => /jaeger|grafana|8889/.test(flow)),
            [],
        );
    });
});

describe("NetworkPolicies", () => {
    let secure: ProgramRecorder;

    before(async () => {
        ({ recorder: secure } = await renderProgram(readStackSettings("secure")));
    });

    it("are omitted by default", async () => {
        const { recorder } = await renderProgram({});
        assert.deepEqual(listNetworkPolicies(recorder), []);
    });

    it("include a default-deny policy and one policy per workload", () => {
        assert.deepEqual(
            listNetworkPolicies(secure)
                .map(({ metadata }) => metadata.name)
                .sort(),
            [...listWorkloads(secure), DEFAULT_DENY_POLICY].sort(),
        );
        const denial = secure.manifest("NetworkPolicy", DEFAULT_DENY_POLICY);
        assert.deepEqual(getField(denial, "spec"), { podSelector: {}, policyTypes: ["Ingress", "Egress"] });
    });

    it("do not select unrelated pods of an existing Namespace", async () => {
        const { recorder } = await renderProgram({ namespace: { create: false }, networkPolicies: { enabled: true } });
        assert.deepEqual(getField(recorder.manifest("NetworkPolicy", DEFAULT_DENY_POLICY), "spec", "podSelector"), {
            matchLabels: { "app.kubernetes.io/part-of": "otel-stack" },
        });
    });

    it("describe the allowed traffic in an annotation", () => {
        const { metadata } = secure.manifest("NetworkPolicy", "loki");
        assert.deepEqual(metadata.annotations?.["kubernetes.io/description"]?.split("\n"), [
            "otel-collector -> loki 3100: logs",
            "prometheus -> loki 3100: scrape of internal metrics",
            "grafana -> loki 3100: queries",
        ]);
    });

    it("support several peer Namespaces, and DNS servers outside the pod network", () => {
        const plan = parsePlan({
            networkPolicies: {
                enabled: true,
                allowOtlpFrom: [{ team: "a" }, { team: "b", env: "production" }],
                dns: { port: 5353, cidrs: ["169.254.20.10/32"] },
            },
        });
        const collector = renderAllowPolicies(resolveFlows(WORKLOAD_NAMES, plan)).find(
            ({ name }) => name === "otel-collector",
        )?.spec;
        assert.ok(collector);
        const { ingress, egress } = collector as { readonly ingress: unknown[]; readonly egress: unknown[] };
        assert.deepEqual(ingress.at(-1), {
            from: [
                { namespaceSelector: { matchLabels: { team: "a" } } },
                { namespaceSelector: { matchLabels: { team: "b", env: "production" } } },
            ],
            ports: [
                { port: 4317, protocol: "TCP" },
                { port: 4318, protocol: "TCP" },
            ],
        });
        assert.deepEqual(egress.at(-1), {
            to: [
                {
                    namespaceSelector: { matchLabels: { "kubernetes.io/metadata.name": "kube-system" } },
                    podSelector: { matchLabels: { "k8s-app": "kube-dns" } },
                },
                { ipBlock: { cidr: "169.254.20.10/32" } },
            ],
            ports: [
                { port: 5353, protocol: "UDP" },
                { port: 5353, protocol: "TCP" },
            ],
        });
    });
});
