import {
    type ExposedHost,
    type UiBackend,
    isExposed,
    isUiBackend,
    needsTlsSecret,
    resolveExposedHosts,
    resolveTlsMode,
} from "../model/expose";
import type { Rule } from "./rule";

const OTLP_HOST_SETTINGS = ["httpHost", "grpcHost"] as const;
/** UIs without authentication, and the data that they show. */
const UNAUTHENTICATED_UIS = { jaeger: "all traces", prometheus: "all metrics" } as const satisfies Partial<
    Record<UiBackend, string>
>;

/** UIs can share a hostname if requests for one never match the path of the other. */
function describeSharedHost(hosts: readonly ExposedHost[]): string | undefined {
    for (const [index, one] of hosts.entries()) {
        for (const other of hosts.slice(index + 1).filter(({ host }) => host === one.host)) {
            if (!isUiBackend(one.target) || !isUiBackend(other.target)) {
                return `must not use a host twice; ${one.key} and ${other.key} are both ${one.host}, and OTLP requires a hostname of its own`;
            }
            if (`${one.path}/`.startsWith(`${other.path}/`) || `${other.path}/`.startsWith(`${one.path}/`)) {
                return `must not use a host twice without separate paths; ${one.key} and ${other.key} are both ${one.host}, so expose.${one.target}.path and expose.${other.target}.path must be set, and neither may be below the other`;
            }
        }
    }
    return undefined;
}

/** Exposed workloads must have authentication unless the settings allow otherwise. */
const targetRules: readonly Rule[] = [
    ...(["jaeger", "prometheus"] as const).map((ui): Rule => ({
        key: `expose.${ui}.host`,
        check: ({ expose }) =>
            expose[ui].host !== undefined && !expose[ui].allowUnauthenticated
                ? `requires expose.${ui}.allowUnauthenticated to be true; there is no authentication, and anyone who reaches the hostname can read ${UNAUTHENTICATED_UIS[ui]}`
                : undefined,
    })),
    {
        key: "expose",
        check: (settings) => describeSharedHost(resolveExposedHosts(settings)),
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
        key: "expose.className",
        check: ({ expose: { api, className, gateway } }) =>
            api === "gateway" && (className === undefined) === (gateway.name === undefined)
                ? "must be set without expose.gateway.name, and unset with it; className creates a Gateway, gateway.name selects an existing one"
                : undefined,
    },
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
];

/** Rules for hostnames that clients outside the cluster use. */
export const exposeRules: readonly Rule[] = [...targetRules, ...tlsRules, ...gatewayRules, ...controllerRules];
