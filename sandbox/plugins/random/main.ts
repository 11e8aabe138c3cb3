import { main } from "@pulumi/pulumi/provider";
import { RandomProvider } from "./provider";

/** Version of the plugin. The build sets it. */
declare const PLUGIN_VERSION: string;

const ENGINE_CHECK_MS = 500;

/** Exits when the engine exits. A killed engine does not stop its plugins, but their parent process changes. */
function exitWithEngine(): void {
    const engine = process.ppid;
    process.on("SIGINT", () => process.exit(0));
    setInterval(() => {
        if (process.ppid !== engine) {
            process.exit(0);
        }
    }, ENGINE_CHECK_MS);
}

exitWithEngine();
main(new RandomProvider(PLUGIN_VERSION), process.argv.slice(2)).catch((error: unknown) => {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
    process.exitCode = 1;
});
