import type { Rule } from "./rule";

/** Rules for the Services of the stack. */
export const serviceRules: readonly Rule[] = [
    {
        key: "services.ipFamilies",
        check: ({ services: { ipFamilies } }) =>
            ipFamilies?.length === 0 ? "must have at least one of IPv4, IPv6; a Service has an address" : undefined,
    },
    {
        key: "services.ipFamilyPolicy",
        check: ({ services: { ipFamilies = [], ipFamilyPolicy } }) =>
            ipFamilyPolicy === "SingleStack" && ipFamilies.length > 1
                ? `must be PreferDualStack or RequireDualStack with services.ipFamilies ${ipFamilies.join(", ")}; Kubernetes rejects a Service with one stack and two families`
                : undefined,
    },
];
