import type { InvalidSettings } from "./types";

const TLS = { secretName: "names-tls" };
const GRAFANA = { host: "grafana.example.com" };
const SECURE_OTLP = { enabled: true, grpc: { enabled: true } };
const OTLP = { httpHost: "otlp.example.com", annotations: { "nginx.ingress.kubernetes.io/ssl-passthrough": "true" } };
const CONTROLLER = { namespaceSelectors: [{ "kubernetes.io/metadata.name": "ingress" }] };

/** Invalid settings of exposed hostnames. */
export const invalidExpose: readonly InvalidSettings[] = [
    {
        about: "an IP address as host",
        raw: { expose: { tls: TLS, grafana: { host: "203.0.113.7" } } },
        key: `expose.grafana.host`,
    },
    {
        about: "a wildcard as host",
        raw: { expose: { tls: TLS, grafana: GRAFANA, jaeger: { host: "*.example.com" } } },
        key: `expose.jaeger.host`,
    },
    {
        about: "an annotation that is a number",
        raw: { expose: { tls: TLS, grafana: GRAFANA, annotations: { "example.com/size": 8 } } },
        key: `expose.annotations`,
    },
    {
        about: "a path with a slash at the end",
        raw: { expose: { tls: TLS, grafana: { ...GRAFANA, path: "/grafana/" } } },
        key: "expose.grafana.path",
    },
    {
        about: "a path in the hostname",
        raw: { expose: { tls: TLS, grafana: { host: "example.com/grafana" } } },
        key: "expose.grafana.host",
    },
    {
        about: "a path without a host",
        raw: { expose: { tls: TLS, grafana: GRAFANA, jaeger: { path: "/jaeger" } } },
        key: "expose.jaeger.path",
    },
    {
        about: "a path below that of another UI with the same host",
        raw: {
            expose: {
                tls: TLS,
                grafana: { ...GRAFANA, path: "/ui" },
                jaeger: { ...GRAFANA, path: "/ui/jaeger", allowUnauthenticated: true },
            },
        },
        key: "expose",
    },
    {
        about: "a path of one of two UIs with the same host",
        raw: {
            expose: {
                tls: TLS,
                grafana: GRAFANA,
                jaeger: { ...GRAFANA, path: "/jaeger", allowUnauthenticated: true },
            },
        },
        key: "expose",
    },
    {
        about: "an OTLP host with the host of a UI that has a path",
        raw: {
            secureOtlp: SECURE_OTLP,
            expose: { tls: TLS, grafana: { host: OTLP.httpHost, path: "/grafana" }, otlp: OTLP },
        },
        key: "expose",
    },
    {
        about: "an unknown API",
        raw: { expose: { tls: TLS, grafana: GRAFANA, api: "route" } },
        key: "expose.api",
    },
    {
        about: "a className without a host",
        raw: { expose: { className: "traefik" } },
        key: "expose.className",
    },
    {
        about: "a host of a disabled backend",
        raw: { expose: { tls: TLS, grafana: GRAFANA }, grafana: { enabled: false } },
        key: "expose.grafana.host",
    },
    {
        about: "an exposed Jaeger without allowUnauthenticated",
        raw: { expose: { tls: TLS, jaeger: { host: "jaeger.example.com" } } },
        key: "expose.jaeger.host",
    },
    {
        about: "an exposed Prometheus without allowUnauthenticated",
        raw: { expose: { tls: TLS, prometheus: { host: "prometheus.example.com" } } },
        key: "expose.prometheus.host",
    },
    {
        about: "allowUnauthenticated without a host",
        raw: { expose: { tls: TLS, grafana: GRAFANA, jaeger: { allowUnauthenticated: true } } },
        key: "expose.jaeger.allowUnauthenticated",
    },
    {
        about: "an OTLP host without secureOtlp",
        raw: {
            expose: {
                api: "gateway",
                className: "a",
                tls: TLS,
                grafana: GRAFANA,
                otlp: { httpHost: "otlp.example.com" },
            },
        },
        key: "expose.otlp.httpHost",
    },
    {
        about: "an OTLP gRPC host without secureOtlp.grpc",
        raw: {
            expose: { tls: TLS, otlp: { ...OTLP, grpcHost: "otlp-grpc.example.com" } },
            secureOtlp: { ...SECURE_OTLP, grpc: { enabled: false } },
        },
        key: "expose.otlp.grpcHost",
    },
    {
        about: "one host for two backends",
        raw: { expose: { tls: TLS, grafana: GRAFANA, jaeger: { ...GRAFANA, allowUnauthenticated: true } } },
        key: "expose",
    },
    {
        about: "TLS without a Secret",
        raw: { expose: { grafana: GRAFANA } },
        key: "expose.tls.secretName",
    },
    {
        about: "a Secret that nothing reads",
        raw: { expose: { grafana: GRAFANA, tls: { mode: "disabled", ...TLS } } },
        key: "expose.tls.secretName",
    },
    {
        about: "tls.mode controller with a Gateway that the stack creates",
        raw: { expose: { api: "gateway", className: "a", grafana: GRAFANA, tls: { mode: "controller" } } },
        key: "expose.tls.mode",
    },
    {
        about: "a Secret with an existing Gateway",
        raw: {
            expose: {
                api: "gateway",
                gateway: { name: "a" },
                grafana: GRAFANA,
                tls: { mode: "secret", ...TLS },
            },
        },
        key: "expose.tls.mode",
    },
    {
        about: "tokens without TLS",
        raw: { expose: { tls: { mode: "disabled" }, otlp: OTLP }, secureOtlp: SECURE_OTLP },
        key: "expose.tls.mode",
    },
    {
        about: "OTLP through an Ingress without passthrough annotations",
        raw: { expose: { tls: TLS, otlp: { httpHost: "otlp.example.com" } }, secureOtlp: SECURE_OTLP },
        key: "expose.otlp.annotations",
    },
    {
        about: "gateway settings with Ingresses",
        raw: { expose: { tls: TLS, grafana: GRAFANA, gateway: { httpPort: 8000 } } },
        key: "expose.gateway.httpPort",
    },
    ...[{}, { className: "a", gateway: { name: "a" }, tls: {} }].map((more) => ({
        about: "gateway" in more ? "className with an existing Gateway" : "api gateway without a Gateway",
        raw: { expose: { api: "gateway", grafana: GRAFANA, tls: TLS, ...more } },
        key: "expose.className",
    })),
    ...["namespace", "listener", "passthroughListener"].map((key) => ({
        about: `gateway.${key} with a Gateway that the stack creates`,
        raw: { expose: { api: "gateway", className: "a", grafana: GRAFANA, tls: TLS, gateway: { [key]: "b" } } },
        key: `expose.gateway.${key}`,
    })),
    ...Object.entries({ httpPort: 8000, httpsPort: 8443, annotations: { a: "b" } }).map(([key, value]) => ({
        about: `gateway.${key} with an existing Gateway`,
        raw: { expose: { api: "gateway", grafana: GRAFANA, gateway: { name: "a", [key]: value } } },
        key: `expose.gateway.${key}`,
    })),
    {
        about: "one port for HTTP and HTTPS",
        raw: {
            expose: {
                api: "gateway",
                className: "a",
                grafana: GRAFANA,
                tls: { mode: "disabled" },
                gateway: { httpPort: 443 },
            },
        },
        key: "expose.gateway.httpPort",
    },
    {
        about: "NetworkPolicies without peers for the controller",
        raw: { expose: { tls: TLS, grafana: GRAFANA }, networkPolicies: { enabled: true } },
        key: "expose.controller",
    },
    {
        about: "controller peers without NetworkPolicies",
        raw: { expose: { tls: TLS, grafana: GRAFANA, controller: CONTROLLER } },
        key: "expose.controller.namespaceSelectors",
    },
];
