import type { Rule } from "./rule";

const namespacesMayConnect: Rule = {
    key: "applicationEnv.namespaces",
    check: ({ applicationEnv, networkPolicies, secureOtlp }) => {
        if (applicationEnv.namespaces.length === 0 || !networkPolicies.enabled) {
            return undefined;
        }
        if (secureOtlp.enabled) {
            return "must be empty with networkPolicies.enabled and secureOtlp.enabled, because pods of other Namespaces may only connect to the secure OTLP listener; they need the environment of the output secureOtlp";
        }
        return networkPolicies.allowOtlpFrom.length === 0
            ? "must be empty, or networkPolicies.allowOtlpFrom must have labels of these Namespaces; the Collector accepts no connections from them otherwise"
            : undefined;
    },
};

/** Rules for the environment of applications. */
export const applicationEnvRules: readonly Rule[] = [
    {
        key: "applicationEnv.namespaces",
        check: ({ applicationEnv, namespace }) =>
            applicationEnv.namespaces.includes(namespace.name)
                ? "must not contain the stack's Namespace (namespace.name), which always has the ConfigMap"
                : undefined,
    },
    {
        key: "applicationEnv.namespaces",
        check: ({ applicationEnv: { namespaces } }) =>
            new Set(namespaces).size < namespaces.length ? "must not contain a Namespace twice" : undefined,
    },
    namespacesMayConnect,
];
