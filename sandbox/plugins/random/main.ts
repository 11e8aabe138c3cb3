import { runPlugin } from "../shared/server";
import { RandomProvider } from "./provider";

/** Set by the build. */
declare const PLUGIN_VERSION: string;

runPlugin(() => new RandomProvider(PLUGIN_VERSION)).catch((error: unknown) => {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
    process.exitCode = 1;
});
