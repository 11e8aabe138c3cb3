import type { InvalidSettings } from "./invalid-settings";

const HOST = "expected a host name, such as grafana.example.com: a DNS subdomain that is no address";
const ANNOTATIONS = "expected annotations with their values as text, such as { example.com/team: shop }";
const TLS = { secretName: "names-tls" };
const GRAFANA = { host: "grafana.example.com" };
const SECURE_OTLP = { enabled: true, grpc: { enabled: true } };
const OTLP = { httpHost: "otlp.example.com", annotations: { "nginx.ingress.kubernetes.io/ssl-passthrough": "true" } };
const CONTROLLER = { namespaces: [{ "kubernetes.io/metadata.name": "ingress" }] };

/** Names that are reached from outside of the cluster, each with one thing wrong. */
export const invalidExpose: readonly InvalidSettings[] = [
    {
        about: "an address for a host",
        raw: { publish: { tls: TLS, grafana: { host: "203.0.113.7" } } },
        problem: `publish.grafana.host: ${HOST}`,
    },
    {
        about: "a pattern for a host",
        raw: { publish: { tls: TLS, grafana: GRAFANA, jaeger: { host: "*.example.com" } } },
        problem: `publish.jaeger.host: ${HOST}`,
    },
    {
        about: "an annotation that is a number",
        raw: { publish: { tls: TLS, grafana: GRAFANA, annotations: { "example.com/size": 8 } } },
        problem: `publish.annotations: ${ANNOTATIONS}`,
    },
    {
        about: "an API that there is not",
        raw: { publish: { tls: TLS, grafana: GRAFANA, api: "route" } },
        problem: "publish.api: expected one of ingress, gateway",
    },
    {
        about: "a class, and no name to publish",
        raw: { publish: { className: "traefik" } },
        problem:
            "publish: expected a host, or to be left out: nothing is published without one of publish.grafana.host, " +
            "publish.jaeger.host, publish.prometheus.host, publish.otlp.httpHost, publish.otlp.grpcHost",
    },
    {
        about: "a host of what is off",
        raw: { publish: { tls: TLS, grafana: GRAFANA }, grafana: { enabled: false } },
        problem: "publish.grafana.host: expected true for grafana.enabled: there is nothing to open",
    },
    {
        about: "Jaeger for everybody, and nobody has said so",
        raw: { publish: { tls: TLS, jaeger: { host: "jaeger.example.com" } } },
        problem:
            "publish.jaeger.host: expected true for publish.jaeger.withoutAuthentication: it asks nobody who they are, and whoever reaches it reads all traces",
    },
    {
        about: "Prometheus for everybody, and nobody has said so",
        raw: { publish: { tls: TLS, prometheus: { host: "prometheus.example.com" } } },
        problem:
            "publish.prometheus.host: expected true for publish.prometheus.withoutAuthentication: it asks nobody who they are, and whoever reaches it reads all metrics",
    },
    {
        about: "a permission that nothing needs",
        raw: { publish: { tls: TLS, grafana: GRAFANA, jaeger: { withoutAuthentication: true } } },
        problem:
            "publish.jaeger.withoutAuthentication: expected false without publish.jaeger.host: it is not published",
    },
    {
        about: "OTLP without a secure OTLP listener",
        raw: { publish: { tls: TLS, otlp: OTLP } },
        problem:
            "publish.otlp.httpHost: expected true for secureOtlp.enabled: the plain listener asks nobody who they are, and is not published",
    },
    {
        about: "OTLP by gRPC where the secure OTLP listener speaks HTTP alone",
        raw: {
            publish: { tls: TLS, otlp: { ...OTLP, grpcHost: "otlp-grpc.example.com" } },
            secureOtlp: { ...SECURE_OTLP, grpc: { enabled: false } },
        },
        problem:
            "publish.otlp.grpcHost: expected true for secureOtlp.grpc.enabled: the secure OTLP listener speaks HTTP alone",
    },
    {
        about: "one host for two",
        raw: { publish: { tls: TLS, grafana: GRAFANA, jaeger: { ...GRAFANA, withoutAuthentication: true } } },
        problem:
            "publish: expected a host of its own for each, publish.grafana.host and publish.jaeger.host are both grafana.example.com",
    },
    {
        about: "TLS without a Secret",
        raw: { publish: { grafana: GRAFANA } },
        problem:
            "publish.tls.secretName: expected the name of a Secret with tls.crt and tls.key, or controller or none for publish.tls.certificate",
    },
    {
        about: "a Secret that nothing reads",
        raw: { publish: { grafana: GRAFANA, tls: { certificate: "none", ...TLS } } },
        problem:
            "publish.tls.secretName: expected to be left out: nothing that the stack makes reads it (publish.tls.certificate, publish.gateway.name, docs/how-to/expose-ingress.md)",
    },
    {
        about: "a certificate of a Gateway that the stack makes",
        raw: { publish: { api: "gateway", className: "a", grafana: GRAFANA, tls: { certificate: "controller" } } },
        problem:
            "publish.tls.certificate: expected secret or none: the Gateway that the stack makes of publish.className has no certificate of its own",
    },
    {
        about: "a Secret for a Gateway that is there",
        raw: {
            publish: {
                api: "gateway",
                gateway: { name: "a" },
                grafana: GRAFANA,
                tls: { certificate: "secret", ...TLS },
            },
        },
        problem:
            "publish.tls.certificate: expected controller or none: the listeners of Gateway publish.gateway.name have their own",
    },
    {
        about: "tokens without TLS",
        raw: { publish: { tls: { certificate: "none" }, otlp: OTLP }, secureOtlp: SECURE_OTLP },
        problem:
            "publish.tls.certificate: expected secret or controller with OTLP: whoever is on the way would read its tokens",
    },
    {
        about: "OTLP by an Ingress whose controller is not told how",
        raw: { publish: { tls: TLS, otlp: { httpHost: "otlp.example.com" } }, secureOtlp: SECURE_OTLP },
        problem:
            "publish.otlp.annotations: expected what tells the controller that TLS is passed through, or spoken again, to the secure OTLP listener " +
            "(nginx.ingress.kubernetes.io/ssl-passthrough: 'true' with many, docs/how-to/expose-ingress.md), or gateway for publish.api",
    },
    {
        about: "a Gateway with Ingresses",
        raw: { publish: { tls: TLS, grafana: GRAFANA, gateway: { httpPort: 8000 } } },
        problem: "publish.gateway: expected gateway for publish.api: an Ingress has no Gateway",
    },
    ...[{}, { className: "a", gateway: { name: "a" }, tls: {} }].map((more) => ({
        about: "gateway" in more ? "a Gateway to make beside one that is there" : "no Gateway at all",
        raw: { publish: { api: "gateway", grafana: GRAFANA, tls: TLS, ...more } },
        problem:
            "publish.className: expected either this, the GatewayClass of a Gateway that the stack makes, or publish.gateway.name, one that is there",
    })),
    ...["namespace", "listener", "passthroughListener"].map((key) => ({
        about: `a ${key} of a Gateway that the stack makes`,
        raw: { publish: { api: "gateway", className: "a", grafana: GRAFANA, tls: TLS, gateway: { [key]: "b" } } },
        problem: `publish.gateway.${key}: expected to be left out, or publish.gateway.name: it is said of a Gateway that is there`,
    })),
    ...Object.entries({ httpPort: 8000, httpsPort: 8443, annotations: { a: "b" } }).map(([key, value]) => ({
        about: `${key} for a Gateway that is there`,
        raw: { publish: { api: "gateway", grafana: GRAFANA, gateway: { name: "a", [key]: value } } },
        problem: `publish.gateway.${key}: expected to be left out with publish.gateway.name: the stack makes no Gateway`,
    })),
    {
        about: "one port with TLS and without it",
        raw: { publish: { api: "gateway", className: "a", grafana: GRAFANA, tls: TLS, gateway: { httpPort: 443 } } },
        problem: "publish.gateway.httpPort: expected another port than publish.gateway.httpsPort",
    },
    {
        about: "NetworkPolicies that keep the controller out",
        raw: { publish: { tls: TLS, grafana: GRAFANA }, networkPolicies: { enabled: true } },
        problem:
            "publish.controller: expected publish.controller.namespaces (or cidrs), where the controller's pods are: the NetworkPolicies let nobody else through (networkPolicies.enabled)",
    },
    {
        about: "a controller to let through where nobody is kept out",
        raw: { publish: { tls: TLS, grafana: GRAFANA, controller: CONTROLLER } },
        problem:
            "publish.controller: expected true for networkPolicies.enabled: without policies every pod of the cluster is let in",
    },
];
