import {
    UI_BACKENDS,
    type UiBackend,
    resolveTlsMode,
    isExposed,
    needsTlsSecret,
    resolveExposedHosts,
} from "../model/expose";
import { type Rule, describeDuplicate } from "./rule";

const HOST_KEYS = [
    "publish.grafana.host",
    "publish.jaeger.host",
    "publish.prometheus.host",
    "publish.otlp.httpHost",
    "publish.otlp.grpcHost",
] as const;
const OTLP_HOST_SETTINGS = ["httpHost", "grpcHost"] as const;
/** Views that ask nobody who they are, and what is read there. */
const UNAUTHENTICATED_UIS = { jaeger: "all traces", prometheus: "all metrics" } as const satisfies Partial<
    Record<UiBackend, string>
>;
/** Settings of a Gateway that is there, and of one that the stack makes. */
const EXISTING_GATEWAY_KEYS = ["namespace", "listener", "passthroughListener"] as const;
const MANAGED_GATEWAY_KEYS = ["httpPort", "httpsPort", "annotations"] as const;

/** What is published has to be there, and to ask who comes; or the settings say that it does not. */
const targetRules: readonly Rule[] = [
    {
        key: "publish",
        check: (settings, given) =>
            given("publish") && !isExposed(settings)
                ? `expected a host, or to be left out: nothing is published without one of ${HOST_KEYS.join(", ")}`
                : undefined,
    },
    ...UI_BACKENDS.map((view): Rule => ({
        key: `publish.${view}.host`,
        check: (settings) =>
            settings.publish[view].host !== undefined && !settings[view].enabled
                ? `expected true for ${view}.enabled: there is nothing to open`
                : undefined,
    })),
    ...(["jaeger", "prometheus"] as const).flatMap((view): Rule[] => [
        {
            key: `publish.${view}.host`,
            check: ({ publish }) =>
                publish[view].host !== undefined && !publish[view].withoutAuthentication
                    ? `expected true for publish.${view}.withoutAuthentication: it asks nobody who they are, and whoever reaches it reads ${UNAUTHENTICATED_UIS[view]}`
                    : undefined,
        },
        {
            key: `publish.${view}.withoutAuthentication`,
            check: ({ publish }) =>
                publish[view].host === undefined && publish[view].withoutAuthentication
                    ? `expected false without publish.${view}.host: it is not published`
                    : undefined,
        },
    ]),
    ...OTLP_HOST_SETTINGS.map((host): Rule => ({
        key: `publish.otlp.${host}`,
        check: ({ publish, secureOtlp }) =>
            publish.otlp[host] !== undefined && !secureOtlp.enabled
                ? "expected true for secureOtlp.enabled: the plain listener asks nobody who they are, and is not published"
                : undefined,
    })),
    {
        key: "publish.otlp.grpcHost",
        check: ({ publish, secureOtlp }) =>
            publish.otlp.grpcHost !== undefined && secureOtlp.enabled && !secureOtlp.grpc.enabled
                ? "expected true for secureOtlp.grpc.enabled: the secure OTLP listener speaks HTTP alone"
                : undefined,
    },
    {
        key: "publish",
        check: (settings) =>
            describeDuplicate(
                "host",
                resolveExposedHosts(settings).map(({ key, host }) => [key, host]),
            ),
    },
];

const tlsRules: readonly Rule[] = [
    {
        key: "publish.tls.secretName",
        check: (settings) =>
            needsTlsSecret(settings) && settings.publish.tls.secretName === undefined
                ? "expected the name of a Secret with tls.crt and tls.key, or controller or none for publish.tls.certificate"
                : undefined,
    },
    {
        key: "publish.tls.secretName",
        check: (settings) =>
            settings.publish.tls.secretName !== undefined && isExposed(settings) && !needsTlsSecret(settings)
                ? "expected to be left out: nothing that the stack makes reads it (publish.tls.certificate, publish.gateway.name, docs/how-to/expose-ingress.md)"
                : undefined,
    },
    {
        key: "publish.tls.certificate",
        check: (settings) => {
            const { api, gateway: of } = settings.publish;
            return resolveTlsMode(settings) === "controller" && api === "gateway" && of.name === undefined
                ? "expected secret or none: the Gateway that the stack makes of publish.className has no certificate of its own"
                : undefined;
        },
    },
    {
        key: "publish.tls.certificate",
        check: ({ publish }) =>
            publish.tls.certificate === "secret" && publish.gateway.name !== undefined
                ? "expected controller or none: the listeners of Gateway publish.gateway.name have their own"
                : undefined,
    },
    {
        key: "publish.tls.certificate",
        check: (settings) => {
            const { api, otlp } = settings.publish;
            return resolveTlsMode(settings) === "none" &&
                api === "ingress" &&
                OTLP_HOST_SETTINGS.some((host) => otlp[host])
                ? "expected secret or controller with OTLP: whoever is on the way would read its tokens"
                : undefined;
        },
    },
    {
        key: "publish.otlp.annotations",
        check: ({ publish: { api, otlp } }) =>
            api === "ingress" &&
            OTLP_HOST_SETTINGS.some((host) => otlp[host]) &&
            Object.keys(otlp.annotations).length === 0
                ? "expected what tells the controller that TLS is passed through, or spoken again, to the secure OTLP listener " +
                  "(nginx.ingress.kubernetes.io/ssl-passthrough: 'true' with many, docs/how-to/expose-ingress.md), or gateway for publish.api"
                : undefined,
    },
];

const gatewayRules: readonly Rule[] = [
    {
        key: "publish.gateway",
        check: ({ publish }, given) =>
            given("publish.gateway") && publish.api !== "gateway"
                ? "expected gateway for publish.api: an Ingress has no Gateway"
                : undefined,
    },
    {
        key: "publish.className",
        check: ({ publish: { api, className, gateway: of } }) =>
            api === "gateway" && (className === undefined) === (of.name === undefined)
                ? "expected either this, the GatewayClass of a Gateway that the stack makes, or publish.gateway.name, one that is there"
                : undefined,
    },
    ...EXISTING_GATEWAY_KEYS.map((setting): Rule => ({
        key: `publish.gateway.${setting}`,
        check: ({ publish: { api, gateway: of } }) =>
            api === "gateway" && of[setting] !== undefined && of.name === undefined
                ? "expected to be left out, or publish.gateway.name: it is said of a Gateway that is there"
                : undefined,
    })),
    ...MANAGED_GATEWAY_KEYS.map((setting): Rule => ({
        key: `publish.gateway.${setting}`,
        check: ({ publish: { api, gateway: of } }, given) =>
            api === "gateway" && given(`publish.gateway.${setting}`) && of.name !== undefined
                ? "expected to be left out with publish.gateway.name: the stack makes no Gateway"
                : undefined,
    })),
    {
        key: "publish.gateway.httpPort",
        check: ({ publish: { gateway: of } }) =>
            of.httpPort === of.httpsPort ? "expected another port than publish.gateway.httpsPort" : undefined,
    },
];

const controllerRules: readonly Rule[] = [
    {
        key: "publish.controller",
        check: (settings) => {
            const { controller: from } = settings.publish;
            return isExposed(settings) &&
                settings.networkPolicies.enabled &&
                from.namespaces.length + from.cidrs.length === 0
                ? "expected publish.controller.namespaces (or cidrs), where the controller's pods are: " +
                      "the NetworkPolicies let nobody else through (networkPolicies.enabled)"
                : undefined;
        },
    },
    {
        key: "publish.controller",
        check: ({ publish: { controller: from }, networkPolicies }) =>
            from.namespaces.length + from.cidrs.length > 0 && !networkPolicies.enabled
                ? "expected true for networkPolicies.enabled: without policies every pod of the cluster is let in"
                : undefined,
    },
];

/** What the settings of names that are reached from outside demand of each other and of the rest. */
export const exposeRules: readonly Rule[] = [...targetRules, ...tlsRules, ...gatewayRules, ...controllerRules];
