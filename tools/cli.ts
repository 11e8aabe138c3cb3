import type * as Commands from "./commands/commands";
import { SANDBOX_STACK, type Stack, resolveStack } from "./stack/stack";

/** Loads what only some of the commands need, TypeScript and Pulumi's SDK among it, for those alone. */
const commands = (): Promise<typeof Commands> => import("./commands/commands");

const COMMANDS: Readonly<Record<string, (stack: Stack) => Promise<void>>> = {
    "check-config": async () => (await commands()).checkConfig(),
    destroy: async (stack) => (await commands()).destroy(stack),
    down: async () => (await commands()).down(),
    preview: async (stack) => (await commands()).preview(stack),
    refresh: async (stack) => (await commands()).refresh(stack),
    "sandbox-env": async (stack) => (await import("./commands/sandbox-env")).printSandboxEnv(stack),
    status: async (stack) => (await commands()).status(stack),
    telemetrygen: async (stack) => (await commands()).runTelemetrygen(stack),
    up: async (stack) => (await commands()).up(stack),
};

/** `cli.ts COMMAND [STACK]`: what the Makefile calls. */
async function main([name = "", stack = SANDBOX_STACK]: readonly string[]): Promise<void> {
    const command = COMMANDS[name];
    if (command === undefined) {
        throw new Error(`no command '${name}'; there are ${Object.keys(COMMANDS).join(", ")}`);
    }
    await command(resolveStack(stack));
}

main(process.argv.slice(2)).catch((error: unknown) => {
    console.error(`\nerror: ${error instanceof Error ? error.message : String(error)}`);
    process.exitCode = 1;
});
