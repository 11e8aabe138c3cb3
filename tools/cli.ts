import type * as Commands from "./commands/commands";
import { SANDBOX_STACK, type Stack, resolveStack } from "./stack/stack";

/** Loads the command implementations on demand, because TypeScript and the Pulumi SDK are slow to load. */
const commands = (): Promise<typeof Commands> => import("./commands/commands");

const COMMANDS: Readonly<Record<string, (stack: Stack) => Promise<void>>> = {
    "check-config": async () => (await commands()).checkConfig(),
    destroy: async (stack) => (await commands()).destroy(stack),
    down: async () => (await commands()).down(),
    open: async (stack) => (await import("./commands/open")).open(stack),
    preview: async (stack) => (await commands()).preview(stack),
    refresh: async (stack) => (await commands()).refresh(stack),
    "sandbox-env": async (stack) => (await import("./commands/sandbox-env")).printSandboxEnv(stack),
    status: async (stack) => (await commands()).status(stack),
    telemetrygen: async (stack) => (await commands()).runTelemetrygen(stack),
    up: async (stack) => (await commands()).up(stack),
};

/** Entry point of the Makefile: `cli.ts COMMAND [STACK]`. */
async function main([name = "", stack = SANDBOX_STACK]: readonly string[]): Promise<void> {
    const command = COMMANDS[name];
    if (command === undefined) {
        throw new Error(`unknown command '${name}'; expected one of ${Object.keys(COMMANDS).join(", ")}`);
    }
    await command(resolveStack(stack));
}

main(process.argv.slice(2)).catch((error: unknown) => {
    console.error(`\nerror: ${error instanceof Error ? error.message : String(error)}`);
    process.exitCode = 1;
});
