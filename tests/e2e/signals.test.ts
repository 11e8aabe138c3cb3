import { NETWORK_POLICIES_ON } from "./support/isolation";
import { describeSignals } from "./support/signals";
import { configureComparedStacks, configureTargetStack, pulumiUp } from "./support/stack";
import { ON_SANDBOX } from "./support/target";

/** The sandbox with NetworkPolicies, which must allow everything that dashboards and rules need. */
const withNetworkPolicies = configureTargetStack(ON_SANDBOX ? NETWORK_POLICIES_ON : {});

describe("signals of the stack", () => {
    before(async () => {
        await pulumiUp(withNetworkPolicies);
    });

    after(async () => {
        await pulumiUp(configureTargetStack());
    });

    describeSignals("dashboards, rules and correlations", withNetworkPolicies, configureComparedStacks());
});
