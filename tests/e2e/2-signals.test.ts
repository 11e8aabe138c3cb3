import { POLICIES } from "./support/isolation";
import { describeSignals } from "./support/signals";
import { targetStack, up } from "./support/stack";
import { ON_SANDBOX } from "./support/target";

/** On the sandbox with policies, which have to let through all that dashboards and rules read. */
const guarded = targetStack(ON_SANDBOX ? POLICIES : {});

describe("the stack", () => {
    before(async () => {
        await up(guarded);
    });

    after(async () => {
        await up(targetStack());
    });

    describeSignals("has the signals of two services", guarded);
});
