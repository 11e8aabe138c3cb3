import { type Settings, readStackSettings } from "../render/program";
import { listStacks } from "../stack/stack";

/** Settings that cover objects which no stack file renders. */
const SAMPLES: Readonly<Record<string, Settings>> = {
    "with every ingress policy": {
        networkPolicies: {
            enabled: true,
            senders: [{ "kubernetes.io/metadata.name": "shop" }, { team: "payments", env: "production" }],
            viewers: [{ "kubernetes.io/metadata.name": "ingress" }],
            scrapers: [{ "kubernetes.io/metadata.name": "monitoring" }],
            dns: { namespace: { dns: "here" }, pods: { app: "resolver" }, port: 5353, cidrs: ["169.254.20.10/32"] },
        },
    },
    "with everything exposed": {
        networkPolicies: { enabled: true },
        guard: { enabled: true, grpc: { enabled: true } },
        publish: {
            api: "gateway",
            className: "any",
            grafana: { host: "grafana.example.com" },
            jaeger: { host: "jaeger.example.com", withoutAuthentication: true },
            prometheus: { host: "prometheus.example.com", withoutAuthentication: true },
            otlp: { httpHost: "otlp.example.com", grpcHost: "otlp-grpc.example.com" },
            tls: { secretName: "names-tls" },
            controller: { namespaces: [{ "kubernetes.io/metadata.name": "ingress" }], cidrs: ["192.0.2.7/32"] },
        },
    },
    "with destinations": {
        networkPolicies: { enabled: true },
        destinations: {
            vendor: { endpoint: "https://otlp.vendor.example:4317", egress: { cidrs: ["198.51.100.7/32"] } },
            team: {
                endpoint: "https://gateway.team",
                protocol: "http",
                egress: { namespaces: [{ team: "b" }], port: 4318 },
            },
        },
    },
    "with cluster telemetry": {
        networkPolicies: { enabled: true, senders: [{ team: "payments", env: "production" }] },
        cluster: {
            podLogs: { enabled: true },
            otlp: { enabled: true },
            kubeletMetrics: { enabled: true },
            hostMetrics: { enabled: true },
            events: { enabled: true },
            attributes: { enabled: true },
        },
    },
    "with VictoriaLogs instead of Loki": {
        durability: "disk",
        networkPolicies: { enabled: true },
        loki: { enabled: false },
        victoriaLogs: { enabled: true },
    },
    "with a trace tier": {
        layout: "two-tier",
        networkPolicies: { enabled: true, scrapers: [{ "kubernetes.io/metadata.name": "monitoring" }] },
        destinations: {
            vendor: { endpoint: "https://otlp.vendor.example:4317", egress: { cidrs: ["198.51.100.7/32"] } },
        },
    },
    "with autoscaling": {
        networkPolicies: { enabled: true },
        collector: { autoscaling: { enabled: true } },
    },
    "in an existing Namespace": { namespace: { create: false }, networkPolicies: { enabled: true } },
};

/** Returns the settings of every stack file and every sample, by the name of the stack in messages. */
export function loadSampleSettings(): Readonly<Record<string, Settings>> {
    return { ...Object.fromEntries(listStacks().map((name) => [name, readStackSettings(name)])), ...SAMPLES };
}
