import type { InvalidSettings } from "./invalid-settings";

const HOST = "expected a host name, such as grafana.example.com: a DNS subdomain that is no address";
const ANNOTATIONS = "expected annotations with their values as text, such as { example.com/team: shop }";
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
        problem: `expose.grafana.host: ${HOST}`,
    },
    {
        about: "a wildcard as host",
        raw: { expose: { tls: TLS, grafana: GRAFANA, jaeger: { host: "*.example.com" } } },
        problem: `expose.jaeger.host: ${HOST}`,
    },
    {
        about: "an annotation that is a number",
        raw: { expose: { tls: TLS, grafana: GRAFANA, annotations: { "example.com/size": 8 } } },
        problem: `expose.annotations: ${ANNOTATIONS}`,
    },
    {
        about: "an unknown API",
        raw: { expose: { tls: TLS, grafana: GRAFANA, api: "route" } },
        problem: "expose.api: expected one of ingress, gateway",
    },
    {
        about: "a className without a host",
        raw: { expose: { className: "traefik" } },
        problem:
            "expose: expected a host, or to be left out: nothing is exposed without one of expose.grafana.host, " +
            "expose.jaeger.host, expose.prometheus.host, expose.otlp.httpHost, expose.otlp.grpcHost",
    },
    {
        about: "a host of a disabled backend",
        raw: { expose: { tls: TLS, grafana: GRAFANA }, grafana: { enabled: false } },
        problem: "expose.grafana.host: expected true for grafana.enabled: there is nothing to open",
    },
    {
        about: "an exposed Jaeger without allowUnauthenticated",
        raw: { expose: { tls: TLS, jaeger: { host: "jaeger.example.com" } } },
        problem:
            "expose.jaeger.host: expected true for expose.jaeger.allowUnauthenticated: it asks nobody who they are, and whoever reaches it reads all traces",
    },
    {
        about: "an exposed Prometheus without allowUnauthenticated",
        raw: { expose: { tls: TLS, prometheus: { host: "prometheus.example.com" } } },
        problem:
            "expose.prometheus.host: expected true for expose.prometheus.allowUnauthenticated: it asks nobody who they are, and whoever reaches it reads all metrics",
    },
    {
        about: "allowUnauthenticated without a host",
        raw: { expose: { tls: TLS, grafana: GRAFANA, jaeger: { allowUnauthenticated: true } } },
        problem: "expose.jaeger.allowUnauthenticated: expected false without expose.jaeger.host: it is not exposed",
    },
    {
        about: "an OTLP host without secureOtlp",
        raw: { expose: { tls: TLS, otlp: OTLP } },
        problem:
            "expose.otlp.httpHost: expected true for secureOtlp.enabled: the plain listener asks nobody who they are, and is not exposed",
    },
    {
        about: "an OTLP gRPC host without secureOtlp.grpc",
        raw: {
            expose: { tls: TLS, otlp: { ...OTLP, grpcHost: "otlp-grpc.example.com" } },
            secureOtlp: { ...SECURE_OTLP, grpc: { enabled: false } },
        },
        problem:
            "expose.otlp.grpcHost: expected true for secureOtlp.grpc.enabled: the secure OTLP listener speaks HTTP alone",
    },
    {
        about: "one host for two backends",
        raw: { expose: { tls: TLS, grafana: GRAFANA, jaeger: { ...GRAFANA, allowUnauthenticated: true } } },
        problem:
            "expose: expected a host of its own for each, expose.grafana.host and expose.jaeger.host are both grafana.example.com",
    },
    {
        about: "TLS without a Secret",
        raw: { expose: { grafana: GRAFANA } },
        problem:
            "expose.tls.secretName: expected the name of a Secret with tls.crt and tls.key, or controller or disabled for expose.tls.mode",
    },
    {
        about: "a Secret that nothing reads",
        raw: { expose: { grafana: GRAFANA, tls: { mode: "disabled", ...TLS } } },
        problem:
            "expose.tls.secretName: expected to be left out: nothing that the stack makes reads it (expose.tls.mode, expose.gateway.name, docs/how-to/expose-ingress.md)",
    },
    {
        about: "tls.mode controller with a Gateway that the stack creates",
        raw: { expose: { api: "gateway", className: "a", grafana: GRAFANA, tls: { mode: "controller" } } },
        problem:
            "expose.tls.mode: expected secret or disabled: the Gateway that the stack makes of expose.className has no certificate of its own",
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
        problem:
            "expose.tls.mode: expected controller or disabled: the listeners of Gateway expose.gateway.name have their own",
    },
    {
        about: "tokens without TLS",
        raw: { expose: { tls: { mode: "disabled" }, otlp: OTLP }, secureOtlp: SECURE_OTLP },
        problem:
            "expose.tls.mode: expected secret or controller with OTLP: whoever is on the way would read its tokens",
    },
    {
        about: "OTLP through an Ingress without passthrough annotations",
        raw: { expose: { tls: TLS, otlp: { httpHost: "otlp.example.com" } }, secureOtlp: SECURE_OTLP },
        problem:
            "expose.otlp.annotations: expected what tells the controller that TLS is passed through, or spoken again, to the secure OTLP listener " +
            "(nginx.ingress.kubernetes.io/ssl-passthrough: 'true' with many, docs/how-to/expose-ingress.md), or gateway for expose.api",
    },
    {
        about: "gateway settings with Ingresses",
        raw: { expose: { tls: TLS, grafana: GRAFANA, gateway: { httpPort: 8000 } } },
        problem: "expose.gateway: expected gateway for expose.api: an Ingress has no Gateway",
    },
    ...[{}, { className: "a", gateway: { name: "a" }, tls: {} }].map((more) => ({
        about: "gateway" in more ? "className with an existing Gateway" : "api gateway without a Gateway",
        raw: { expose: { api: "gateway", grafana: GRAFANA, tls: TLS, ...more } },
        problem:
            "expose.className: expected either this, the GatewayClass of a Gateway that the stack makes, or expose.gateway.name, one that is there",
    })),
    ...["namespace", "listener", "passthroughListener"].map((key) => ({
        about: `gateway.${key} with a Gateway that the stack creates`,
        raw: { expose: { api: "gateway", className: "a", grafana: GRAFANA, tls: TLS, gateway: { [key]: "b" } } },
        problem: `expose.gateway.${key}: expected to be left out, or expose.gateway.name: it is said of a Gateway that is there`,
    })),
    ...Object.entries({ httpPort: 8000, httpsPort: 8443, annotations: { a: "b" } }).map(([key, value]) => ({
        about: `gateway.${key} with an existing Gateway`,
        raw: { expose: { api: "gateway", grafana: GRAFANA, gateway: { name: "a", [key]: value } } },
        problem: `expose.gateway.${key}: expected to be left out with expose.gateway.name: the stack makes no Gateway`,
    })),
    {
        about: "one port for HTTP and HTTPS",
        raw: { expose: { api: "gateway", className: "a", grafana: GRAFANA, tls: TLS, gateway: { httpPort: 443 } } },
        problem: "expose.gateway.httpPort: expected another port than expose.gateway.httpsPort",
    },
    {
        about: "NetworkPolicies without peers for the controller",
        raw: { expose: { tls: TLS, grafana: GRAFANA }, networkPolicies: { enabled: true } },
        problem:
            "expose.controller: expected expose.controller.namespaceSelectors (or cidrs), where the controller's pods are: the NetworkPolicies let nobody else through (networkPolicies.enabled)",
    },
    {
        about: "controller peers without NetworkPolicies",
        raw: { expose: { tls: TLS, grafana: GRAFANA, controller: CONTROLLER } },
        problem:
            "expose.controller: expected true for networkPolicies.enabled: without policies every pod of the cluster is let in",
    },
];
