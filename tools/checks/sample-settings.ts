import { type Settings, readStackSettings } from "../render/program";
import { listStacks } from "../stack/stack";

/** Settings that cover objects which no stack file renders. */
const SAMPLES: Readonly<Record<string, Settings>> = {
    "with every ingress policy": {
        networkPolicies: {
            enabled: true,
            allowOtlpFrom: [{ "kubernetes.io/metadata.name": "shop" }, { team: "payments", env: "production" }],
            allowUiFrom: [{ "kubernetes.io/metadata.name": "ingress" }],
            allowScrapeFrom: [{ "kubernetes.io/metadata.name": "monitoring" }],
            dns: { namespace: { dns: "here" }, pods: { app: "resolver" }, port: 5353, cidrs: ["169.254.20.10/32"] },
        },
    },
    "with everything exposed": {
        networkPolicies: { enabled: true },
        secureOtlp: { enabled: true, grpc: { enabled: true } },
        expose: {
            api: "gateway",
            className: "any",
            grafana: { host: "grafana.example.com" },
            jaeger: { host: "jaeger.example.com", allowUnauthenticated: true },
            prometheus: { host: "prometheus.example.com", allowUnauthenticated: true },
            otlp: { httpHost: "otlp.example.com", grpcHost: "otlp-grpc.example.com" },
            tls: { secretName: "names-tls" },
            controller: { namespaceSelectors: [{ "kubernetes.io/metadata.name": "ingress" }], cidrs: ["192.0.2.7/32"] },
        },
    },
    "with destinations": {
        networkPolicies: { enabled: true },
        destinations: {
            vendor: { endpoint: "https://otlp.vendor.example:4317", egress: { cidrs: ["198.51.100.7/32"] } },
            team: {
                endpoint: "https://gateway.team",
                protocol: "http",
                egress: { namespaceSelectors: [{ team: "b" }], port: 4318 },
            },
        },
    },
    "with cluster telemetry": {
        networkPolicies: { enabled: true, allowOtlpFrom: [{ team: "payments", env: "production" }] },
        clusterTelemetry: {
            podLogs: { enabled: true },
            agentOtlp: { enabled: true },
            kubeletMetrics: { enabled: true },
            hostMetrics: { enabled: true },
            kubernetesEvents: { enabled: true },
            kubernetesAttributes: { enabled: true },
        },
    },
    "with VictoriaLogs instead of Loki": {
        durability: { mode: "disk" },
        networkPolicies: { enabled: true },
        loki: { enabled: false },
        victoriaLogs: { enabled: true },
    },
    "with a trace tier": {
        topology: "two-tier",
        networkPolicies: { enabled: true, allowScrapeFrom: [{ "kubernetes.io/metadata.name": "monitoring" }] },
        destinations: {
            vendor: { endpoint: "https://otlp.vendor.example:4317", egress: { cidrs: ["198.51.100.7/32"] } },
        },
    },
    "with Alertmanager": {
        networkPolicies: { enabled: true },
        alertmanager: {
            enabled: true,
            replicas: 2,
            receivers: {
                "dead-man": { webhook: { url: "https://watchdog.example/ping" } },
                oncall: { pagerduty: { routingKey: "0" }, matchers: ['severity="critical"'] },
                team: {
                    webhook: { url: "http://alerts.team:8080/", auth: "bearer", bearerToken: "0" },
                    email: {
                        to: "team@example.com",
                        from: "alerts@example.com",
                        smarthost: "smtp.example.com:587",
                        username: "alerts",
                        password: "0",
                    },
                    slack: { url: "https://hooks.example/slack", channel: "#alerts" },
                    msteams: { url: "https://hooks.example/teams" },
                    egress: { namespaceSelectors: [{ team: "b" }] },
                },
                existing: { slack: {}, secretName: "slack" },
            },
            watchdog: { receiver: "dead-man" },
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
