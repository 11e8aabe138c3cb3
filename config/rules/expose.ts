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
/** UIs without authentication, and the data that they show. */
const UNAUTHENTICATED_UIS = { jaeger: "all traces", prometheus: "all metrics" } as const satisfies Partial<
    Record<UiBackend, string>
>;
/** Settings of an existing Gateway, and of a Gateway that the stack creates. */
const EXISTING_GATEWAY_KEYS = ["namespace", "listener", "passthroughListener"] as const;
const MANAGED_GATEWAY_KEYS = ["httpPort", "httpsPort", "annotations"] as const;

/** Exposed workloads must be enabled, and must have authentication unless the settings allow otherwise. */
const targetRules: readonly Rule[] = [
    {
        key: "expose",
        check: (settings, given) =>
            given("expose") && !isExposed(settings)
                ? `must have a hostname or be unset; set one of ${HOST_KEYS.join(", ")}`
                : undefined,
    },
    ...UI_BACKENDS.map((view): Rule => ({
        key: `expose.${view}.host`,
        check: (settings) =>
            settings.expose[view].host !== undefined && !settings[view].enabled
                ? `requires ${view}.enabled to be true; otherwise there is nothing to expose`
                : undefined,
    })),
    ...(["jaeger", "prometheus"] as const).flatMap((view): Rule[] => [
        {
            key: `expose.${view}.host`,
            check: ({ expose }) =>
                expose[view].host !== undefined && !expose[view].allowUnauthenticated
                    ? `requires expose.${view}.allowUnauthenticated to be true; there is no authentication, and anyone who reaches the hostname can read ${UNAUTHENTICATED_UIS[view]}`
                    : undefined,
        },
        {
            key: `expose.${view}.allowUnauthenticated`,
            check: ({ expose }) =>
                expose[view].host === undefined && expose[view].allowUnauthenticated
                    ? `must be false without expose.${view}.host`
                    : undefined,
        },
    ]),
    ...OTLP_HOST_SETTINGS.map((host): Rule => ({
        key: `expose.otlp.${host}`,
        check: ({ expose, secureOtlp }) =>
            expose.otlp[host] !== undefined && !secureOtlp.enabled
                ? "requires secureOtlp.enabled to be true; the plaintext OTLP ports have no authentication and are never exposed"
                : undefined,
    })),
    {
        key: "expose.otlp.grpcHost",
        check: ({ expose, secureOtlp }) =>
            expose.otlp.grpcHost !== undefined && secureOtlp.enabled && !secureOtlp.grpc.enabled
                ? "requires secureOtlp.grpc.enabled to be true; otherwise the secure OTLP listener only serves HTTP"
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
                ? "must be set to the name of a Secret with tls.crt and tls.key; or set expose.tls.mode to controller or disabled"
                : undefined,
    },
    {
        key: "expose.tls.secretName",
        check: (settings) =>
            settings.expose.tls.secretName !== undefined && isExposed(settings) && !needsTlsSecret(settings)
                ? "must be unset because no object of the stack uses it with these values of expose.api, expose.tls.mode and expose.gateway.name; see docs/how-to/expose-ingress.md"
                : undefined,
    },
    {
        key: "expose.tls.mode",
        check: (settings) => {
            const { api, gateway } = settings.expose;
            return resolveTlsMode(settings) === "controller" && api === "gateway" && gateway.name === undefined
                ? "must be secret or disabled; a Gateway that the stack creates (expose.className) has no certificate of its own"
                : undefined;
        },
    },
    {
        key: "expose.tls.mode",
        check: ({ expose }) =>
            expose.tls.mode === "secret" && expose.gateway.name !== undefined
                ? "must be controller or disabled; the listeners of an existing Gateway (expose.gateway.name) have their own certificates"
                : undefined,
    },
    {
        key: "expose.tls.mode",
        check: (settings) => {
            const { api, otlp } = settings.expose;
            return resolveTlsMode(settings) === "disabled" &&
                api === "ingress" &&
                OTLP_HOST_SETTINGS.some((host) => otlp[host])
                ? "must be secret or controller when OTLP is exposed; without TLS anyone on the network path can read the tokens"
                : undefined;
        },
    },
    {
        key: "expose.otlp.annotations",
        check: ({ expose: { api, otlp } }) =>
            api === "ingress" &&
            OTLP_HOST_SETTINGS.some((host) => otlp[host]) &&
            Object.keys(otlp.annotations).length === 0
                ? "must contain the controller's annotation for TLS passthrough or for TLS to the backend, for example " +
                  "nginx.ingress.kubernetes.io/ssl-passthrough: 'true' (docs/how-to/expose-ingress.md); or set expose.api to gateway"
                : undefined,
    },
];

const gatewayRules: readonly Rule[] = [
    {
        key: "expose.gateway",
        check: ({ expose }, given) =>
            given("expose.gateway") && expose.api !== "gateway"
                ? "requires expose.api gateway; an Ingress has no Gateway"
                : undefined,
    },
    {
        key: "expose.className",
        check: ({ expose: { api, className, gateway } }) =>
            api === "gateway" && (className === undefined) === (gateway.name === undefined)
                ? "must be set without expose.gateway.name, and unset with it; className creates a Gateway, gateway.name selects an existing one"
                : undefined,
    },
    ...EXISTING_GATEWAY_KEYS.map((setting): Rule => ({
        key: `expose.gateway.${setting}`,
        check: ({ expose: { api, gateway } }) =>
            api === "gateway" && gateway[setting] !== undefined && gateway.name === undefined
                ? "requires expose.gateway.name; it applies to an existing Gateway only"
                : undefined,
    })),
    ...MANAGED_GATEWAY_KEYS.map((setting): Rule => ({
        key: `expose.gateway.${setting}`,
        check: ({ expose: { api, gateway } }, given) =>
            api === "gateway" && given(`expose.gateway.${setting}`) && gateway.name !== undefined
                ? "must be unset with expose.gateway.name; it applies to a Gateway that the stack creates"
                : undefined,
    })),
    {
        key: "expose.gateway.httpPort",
        check: ({ expose: { gateway } }) =>
            gateway.httpPort === gateway.httpsPort ? "must differ from expose.gateway.httpsPort" : undefined,
    },
];

const controllerRules: readonly Rule[] = [
    {
        key: "expose.controller",
        check: (settings) => {
            const { controller } = settings.expose;
            return isExposed(settings) &&
                settings.networkPolicies.enabled &&
                controller.namespaceSelectors.length + controller.cidrs.length === 0
                ? "must have namespaceSelectors or cidrs of the controller's pods with networkPolicies.enabled; otherwise the NetworkPolicies block them"
                : undefined;
        },
    },
    {
        key: "expose.controller",
        check: ({ expose: { controller }, networkPolicies }) =>
            controller.namespaceSelectors.length + controller.cidrs.length > 0 && !networkPolicies.enabled
                ? "requires networkPolicies.enabled to be true; without NetworkPolicies every pod in the cluster can connect"
                : undefined,
    },
];

/** Rules for hostnames that clients outside the cluster use. */
export const exposeRules: readonly Rule[] = [...targetRules, ...tlsRules, ...gatewayRules, ...controllerRules];
