import type { Rule } from "./rule";

/** Ways in from other Namespaces. */
const PEER_LISTS = ["allowOtlpFrom", "allowUiFrom", "allowScrapeFrom"] as const;

/** What the settings of the NetworkPolicies demand of others. */
export const networkPolicyRules: readonly Rule[] = [
    ...PEER_LISTS.map((list): Rule => ({
        key: `networkPolicies.${list}`,
        check: ({ networkPolicies }) =>
            networkPolicies[list].length > 0 && !networkPolicies.enabled
                ? "expected true for networkPolicies.enabled: without policies every pod of the cluster is let in"
                : undefined,
    })),
    {
        key: "networkPolicies.allowUiFrom",
        check: ({ networkPolicies, grafana }) =>
            networkPolicies.allowUiFrom.length > 0 && !grafana.enabled
                ? "expected true for grafana.enabled: there is nothing to open"
                : undefined,
    },
];
