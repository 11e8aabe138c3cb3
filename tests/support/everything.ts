import type { OtelStackArgs } from "../../components/stack/otel-stack";

/** Settings of a stack that has nearly all kinds of resources that any stack has. */
export const EVERYTHING = {
    durability: { mode: "disk" },
    topology: "two-tier",
    images: { shop: "registry.example/shop:1.0.0" },
    shop: { enabled: true },
    victoriaLogs: { enabled: true },
    collector: { autoscaling: { enabled: true } },
    secureOtlp: {
        enabled: true,
        auth: "token",
        grpc: { enabled: true },
        tls: { secretName: "otlp-tls" },
        token: { version: 2, acceptPrevious: true },
    },
    networkPolicies: { enabled: true },
    expose: {
        className: "nginx",
        controller: { namespaceSelectors: [{ name: "ingress" }] },
        tls: { secretName: "tls" },
        grafana: { host: "grafana.example.com" },
        otlp: {
            httpHost: "otlp.example.com",
            annotations: { "nginx.ingress.kubernetes.io/ssl-passthrough": "true" },
        },
    },
    destinations: {
        vendor: { endpoint: "https://otlp.example.com:4317", secretHeaders: { authorization: "text" } },
    },
    azureMonitor: { enabled: true, connectionString: "InstrumentationKey=00000000-0000-0000-0000-000000000000" },
    prometheus: { externalLabels: { cluster: "a" } },
    alertmanager: {
        enabled: true,
        replicas: 2,
        receivers: {
            vendor: {
                webhook: { url: "https://hooks.example.com/alerts", auth: "bearer", bearerToken: "text" },
                email: {
                    to: "oncall@example.com",
                    from: "alerts@example.com",
                    smarthost: "smtp.example.com:587",
                    username: "alerts",
                    password: "text",
                },
                slack: { url: "https://hooks.example.com/slack" },
                pagerduty: { routingKey: "text" },
                msteams: { url: "https://hooks.example.com/teams" },
            },
            "dead-man": { webhook: { url: "https://hooks.example.com/watchdog" } },
        },
        watchdog: { receiver: "dead-man" },
    },
    clusterTelemetry: {
        podLogs: { enabled: true },
        kubeletMetrics: { enabled: true },
        hostMetrics: { enabled: true },
        kubernetesEvents: { enabled: true },
        kubernetesAttributes: { enabled: true },
        agentOtlp: { enabled: true },
    },
} as const satisfies OtelStackArgs;
