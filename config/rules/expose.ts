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
    "expose.grafana.host",
    "expose.jaeger.host",
    "expose.prometheus.host",
    "expose.otlp.httpHost",
    "expose.otlp.grpcHost",
] as const;
const OTLP_HOST_SETTINGS = ["httpHost", "grpcHost"] as const;
/** Views that ask nobody who they are, and what is read there. */
const UNAUTHENTICATED_UIS = { jaeger: "all traces", prometheus: "all metrics" } as const satisfies Partial<
    Record<UiBackend, string>
>;
/** Settings of a Gateway that is there, and of one that the stack makes. */
const EXISTING_GATEWAY_KEYS = ["namespace", "listener", "passthroughListener"] as const;
const MANAGED_GATEWAY_KEYS = ["httpPort", "httpsPort", "annotations"] as const;

/** What is exposed has to be there, and to ask who comes; or the settings say that it does not. */
const targetRules: readonly Rule[] = [
    {
        key: "expose",
        check: (settings, given) =>
            given("expose") && !isExposed(settings)
                ? `expected a host, or to be left out: nothing is exposed without one of ${HOST_KEYS.join(", ")}`
                : undefined,
    },
    ...UI_BACKENDS.map((view): Rule => ({
        key: `expose.${view}.host`,
        check: (settings) =>
            settings.expose[view].host !== undefined && !settings[view].enabled
                ? `expected true for ${view}.enabled: there is nothing to open`
                : undefined,
    })),
    ...(["jaeger", "prometheus"] as const).flatMap((view): Rule[] => [
        {
            key: `expose.${view}.host`,
            check: ({ expose }) =>
                expose[view].host !== undefined && !expose[view].allowUnauthenticated
                    ? `expected true for expose.${view}.allowUnauthenticated: it asks nobody who they are, and whoever reaches it reads ${UNAUTHENTICATED_UIS[view]}`
                    : undefined,
        },
        {
            key: `expose.${view}.allowUnauthenticated`,
            check: ({ expose }) =>
                expose[view].host === undefined && expose[view].allowUnauthenticated
                    ? `expected false without expose.${view}.host: it is not exposed`
                    : undefined,
        },
    ]),
    ...OTLP_HOST_SETTINGS.map((host): Rule => ({
        key: `expose.otlp.${host}`,
        check: ({ expose, secureOtlp }) =>
            expose.otlp[host] !== undefined && !secureOtlp.enabled
                ? "expected true for secureOtlp.enabled: the plain listener asks nobody who they are, and is not exposed"
                : undefined,
    })),
    {
        key: "expose.otlp.grpcHost",
        check: ({ expose, secureOtlp }) =>
            expose.otlp.grpcHost !== undefined && secureOtlp.enabled && !secureOtlp.grpc.enabled
                ? "expected true for secureOtlp.grpc.enabled: the secure OTLP listener speaks HTTP alone"
                : undefined,
    },
    {
        key: "expose",
        check: (settings) =>
            describeDuplicate(
                "host",
                resolveExposedHosts(settings).map(({ key, host }) => [key, host]),
            ),
    },
];

const tlsRules: readonly Rule[] = [
    {
        key: "expose.tls.secretName",
        check: (settings) =>
            needsTlsSecret(settings) && settings.expose.tls.secretName === undefined
                ? "expected the name of a Secret with tls.crt and tls.key, or controller or disabled for expose.tls.mode"
                : undefined,
    },
    {
        key: "expose.tls.secretName",
        check: (settings) =>
            settings.expose.tls.secretName !== undefined && isExposed(settings) && !needsTlsSecret(settings)
                ? "expected to be left out: nothing that the stack makes reads it (expose.tls.mode, expose.gateway.name, docs/how-to/expose-ingress.md)"
                : undefined,
    },
    {
        key: "expose.tls.mode",
        check: (settings) => {
            const { api, gateway: of } = settings.expose;
            return resolveTlsMode(settings) === "controller" && api === "gateway" && of.name === undefined
                ? "expected secret or disabled: the Gateway that the stack makes of expose.className has no certificate of its own"
                : undefined;
        },
    },
    {
        key: "expose.tls.mode",
        check: ({ expose }) =>
            expose.tls.mode === "secret" && expose.gateway.name !== undefined
                ? "expected controller or disabled: the listeners of Gateway expose.gateway.name have their own"
                : undefined,
    },
    {
        key: "expose.tls.mode",
        check: (settings) => {
            const { api, otlp } = settings.expose;
            return resolveTlsMode(settings) === "disabled" &&
                api === "ingress" &&
                OTLP_HOST_SETTINGS.some((host) => otlp[host])
                ? "expected secret or controller with OTLP: whoever is on the way would read its tokens"
                : undefined;
        },
    },
    {
        key: "expose.otlp.annotations",
        check: ({ expose: { api, otlp } }) =>
            api === "ingress" &&
            OTLP_HOST_SETTINGS.some((host) => otlp[host]) &&
            Object.keys(otlp.annotations).length === 0
                ? "expected what tells the controller that TLS is passed through, or spoken again, to the secure OTLP listener " +
                  "(nginx.ingress.kubernetes.io/ssl-passthrough: 'true' with many, docs/how-to/expose-ingress.md), or gateway for expose.api"
                : undefined,
    },
];

const gatewayRules: readonly Rule[] = [
    {
        key: "expose.gateway",
        check: ({ expose }, given) =>
            given("expose.gateway") && expose.api !== "gateway"
                ? "expected gateway for expose.api: an Ingress has no Gateway"
                : undefined,
    },
    {
        key: "expose.className",
        check: ({ expose: { api, className, gateway: of } }) =>
            api === "gateway" && (className === undefined) === (of.name === undefined)
                ? "expected either this, the GatewayClass of a Gateway that the stack makes, or expose.gateway.name, one that is there"
                : undefined,
    },
    ...EXISTING_GATEWAY_KEYS.map((setting): Rule => ({
        key: `expose.gateway.${setting}`,
        check: ({ expose: { api, gateway: of } }) =>
            api === "gateway" && of[setting] !== undefined && of.name === undefined
                ? "expected to be left out, or expose.gateway.name: it is said of a Gateway that is there"
                : undefined,
    })),
    ...MANAGED_GATEWAY_KEYS.map((setting): Rule => ({
        key: `expose.gateway.${setting}`,
        check: ({ expose: { api, gateway: of } }, given) =>
            api === "gateway" && given(`expose.gateway.${setting}`) && of.name !== undefined
                ? "expected to be left out with expose.gateway.name: the stack makes no Gateway"
                : undefined,
    })),
    {
        key: "expose.gateway.httpPort",
        check: ({ expose: { gateway: of } }) =>
            of.httpPort === of.httpsPort ? "expected another port than expose.gateway.httpsPort" : undefined,
    },
];

const controllerRules: readonly Rule[] = [
    {
        key: "expose.controller",
        check: (settings) => {
            const { controller: from } = settings.expose;
            return isExposed(settings) &&
                settings.networkPolicies.enabled &&
                from.namespaceSelectors.length + from.cidrs.length === 0
                ? "expected expose.controller.namespaceSelectors (or cidrs), where the controller's pods are: " +
                      "the NetworkPolicies let nobody else through (networkPolicies.enabled)"
                : undefined;
        },
    },
    {
        key: "expose.controller",
        check: ({ expose: { controller: from }, networkPolicies }) =>
            from.namespaceSelectors.length + from.cidrs.length > 0 && !networkPolicies.enabled
                ? "expected true for networkPolicies.enabled: without policies every pod of the cluster is let in"
                : undefined,
    },
];

/** What the settings of names that are reached from outside demand of each other and of the rest. */
export const exposeRules: readonly Rule[] = [...targetRules, ...tlsRules, ...gatewayRules, ...controllerRules];
