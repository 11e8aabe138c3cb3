import type { Rule } from "./rule";

/** Settings that allow connections from other Namespaces. */
const PEER_LISTS = ["allowOtlpFrom", "allowUiFrom", "allowScrapeFrom"] as const;

/** Rules for the NetworkPolicies. */
export const networkPolicyRules: readonly Rule[] = [
    ...PEER_LISTS.map((list): Rule => ({
        key: `networkPolicies.${list}`,
        check: ({ networkPolicies }) =>
            networkPolicies[list].length > 0 && !networkPolicies.enabled
                ? "requires networkPolicies.enabled to be true; without NetworkPolicies every pod in the cluster can connect"
                : undefined,
    })),
    {
        key: "networkPolicies.allowUiFrom",
        check: ({ networkPolicies, grafana }) =>
            networkPolicies.allowUiFrom.length > 0 && !grafana.enabled
                ? "requires grafana.enabled to be true; it only allows connections to Grafana"
                : undefined,
    },
];
