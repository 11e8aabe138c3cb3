import assert from "node:assert/strict";
import { LOG_ROUTES, LOG_STORES } from "../../../config/model/log-stores";
import type { StackOutputs } from "../../../tools/verify/outputs";
import { PortForward } from "../../../tools/verify/port-forward";
import { readStackOutputs } from "../../../tools/verify/verify-stack";
import type { Stack } from "../../../tools/stack/stack";
import type { BackendConnections } from "./query-assertions";

/** Port-forwards of a deployed stack's outputs. Each is opened when it is first used. */
export class PortForwards {
    /** The Collector's OTLP/HTTP receiver. */
    readonly collector: PortForward;
    readonly backends: BackendConnections;
    private readonly opened: PortForward[] = [];

    private constructor(
        private readonly commands: StackOutputs["portForwards"],
        private readonly env: Stack["env"],
    ) {
        this.collector = this.forwardTo("otelCollectorHttp");
        const has = (name: keyof typeof LOG_ROUTES) => commands[name] !== undefined;
        this.backends = {
            prometheus: this.forwardTo("prometheus"),
            jaeger: this.forwardTo("jaeger"),
            ...Object.fromEntries(LOG_STORES.filter(has).map((name) => [LOG_ROUTES[name], this.forwardTo(name)])),
        };
    }

    static async open(stack: Stack): Promise<PortForwards> {
        const { portForwards } = await readStackOutputs(stack);
        return new PortForwards(portForwards, stack.env);
    }

    /** @param name Name of the output. */
    forwardTo(name: keyof StackOutputs["portForwards"]): PortForward {
        const { command } = this.commands[name] ?? assert.fail(`the outputs have no port-forward to ${name}`);
        const forward = new PortForward(command, this.env);
        this.opened.push(forward);
        return forward;
    }

    async close(): Promise<void> {
        await Promise.all(this.opened.map((forward) => forward.close()));
    }
}
