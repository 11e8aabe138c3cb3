import { PolicyPack } from "@pulumi/policy";
import { POLICIES } from "./policies";

// Each policy is mandatory; `--policy-pack-config` changes that (docs/how-to/check-with-policies.md).
new PolicyPack("otel-stack-policies", {
    policies: POLICIES.map(({ name, description, findViolations }) => ({
        name,
        description,
        enforcementLevel: "mandatory",
        validateResource: ({ props, type }, reportViolation) => {
            if (type.startsWith("kubernetes:")) {
                for (const violation of findViolations(props)) {
                    reportViolation(violation);
                }
            }
        },
    })),
});
