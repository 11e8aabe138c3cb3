import assert from "node:assert/strict";
import { LOG_ROUTES, LOG_STORES } from "../../../config/log-stores";
import type { StackOutputs } from "../../../tools/verify/outputs";
import { PortForward } from "../../../tools/verify/port-forward";
import { outputsOf } from "../../../tools/verify/stack";
import type { Stack } from "../../../tools/stack";
import type { Backends } from "./questions";

/** The ways to a deployed stack that its outputs name, each of which is opened when it is first used. */
export class Forwards {
    /** The Collector's OTLP/HTTP receiver. */
    readonly collector: PortForward;
    readonly backends: Backends;
    private readonly opened: PortForward[] = [];

    private constructor(
        private readonly commands: StackOutputs["portForwards"],
        private readonly env: Stack["env"],
    ) {
        this.collector = this.to("otelCollectorHttp");
        const has = (name: keyof typeof LOG_ROUTES) => commands[name] !== undefined;
        this.backends = {
            prometheus: this.to("prometheus"),
            jaeger: this.to("jaeger"),
            ...Object.fromEntries(LOG_STORES.filter(has).map((name) => [LOG_ROUTES[name], this.to(name)])),
        };
    }

    static async of(stack: Stack): Promise<Forwards> {
        const { portForwards } = await outputsOf(stack);
        return new Forwards(portForwards, stack.env);
    }

    /** @param name Of the output. */
    to(name: keyof StackOutputs["portForwards"]): PortForward {
        const { command } = this.commands[name] ?? assert.fail(`the outputs have no port-forward to ${name}`);
        const forward = new PortForward(command, this.env);
        this.opened.push(forward);
        return forward;
    }

    async close(): Promise<void> {
        await Promise.all(this.opened.map((forward) => forward.close()));
    }
}
