import { runPlugin } from "../shared/server";
import { KubernetesProvider } from "./provider";

/** Set by the build. */
declare const PLUGIN_VERSION: string;

runPlugin((log) => new KubernetesProvider(PLUGIN_VERSION, log)).catch((error: unknown) => {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
    process.exitCode = 1;
});
