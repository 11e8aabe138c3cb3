import { NETWORK_POLICIES_ON } from "./support/isolation";
import { describeSignals } from "./support/signals";
import { configureTargetStack, pulumiUp } from "./support/stack";
import { ON_SANDBOX } from "./support/target";

/** On the sandbox with policies, which have to let through all that dashboards and rules read. */
const withNetworkPolicies = configureTargetStack(ON_SANDBOX ? NETWORK_POLICIES_ON : {});

describe("signals of the stack", () => {
    before(async () => {
        await pulumiUp(withNetworkPolicies);
    });

    after(async () => {
        await pulumiUp(configureTargetStack());
    });

    describeSignals("dashboards, rules and correlations", withNetworkPolicies);
});
