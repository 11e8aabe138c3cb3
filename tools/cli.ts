import { destroy, down, env, preview, refresh, status, telemetry, up, validateAll } from "./commands";
import { SANDBOX_STACK, stackOf } from "./stack";

const COMMANDS = { destroy, down, env, preview, refresh, status, telemetry, up, validate: validateAll };

/** `cli.ts COMMAND [STACK]`: what the Makefile calls. */
async function main([name = "", stack = SANDBOX_STACK]: readonly string[]): Promise<void> {
    const command = Object.entries(COMMANDS).find(([candidate]) => candidate === name)?.[1];
    if (command === undefined) {
        throw new Error(`no command '${name}'; there are ${Object.keys(COMMANDS).join(", ")}`);
    }
    await command(stackOf(stack));
}

main(process.argv.slice(2)).catch((error: unknown) => {
    console.error(`\nerror: ${error instanceof Error ? error.message : String(error)}`);
    process.exitCode = 1;
});
