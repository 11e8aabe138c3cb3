import { describeError, log } from "./log";
import type { Running } from "./server";
import { readSettings, SettingsError, type Settings } from "./settings";
import { startTelemetry } from "./telemetry";

/** Time until the process exits without sending the remaining telemetry. Less than the grace period of a pod, 30 s. */
const STOP_TIMEOUT_MS = 20_000;

async function main(): Promise<void> {
    const settings = readSettings(process.argv.slice(2), process.env);
    const telemetry = startTelemetry(`shop-${settings.role}`);
    const running = await start(settings);
    log("INFO", "started");
    const stop = async (signal: NodeJS.Signals): Promise<void> => {
        log("INFO", `stopping on ${signal}`);
        setTimeout(() => process.exit(0), STOP_TIMEOUT_MS).unref();
        await running.stop();
        await telemetry.shutdown();
        process.exit(0);
    };
    for (const signal of ["SIGTERM", "SIGINT"] as const) {
        process.once(signal, (received) => {
            stop(received).catch(exitWithError);
        });
    }
}

function exitWithError(error: unknown): never {
    process.stderr.write(`shop: ${error instanceof SettingsError ? error.message : describeError(error)}\n`);
    process.exit(1);
}

/**
 * Starts the role. Imports modules after the start of telemetry, because instrumentation patches them when they load.
 */
async function start(settings: Settings): Promise<Running> {
    const { serve } = await import("./server");
    switch (settings.role) {
        case "frontend": {
            const { frontendRoutes } = await import("./frontend");
            return serve(settings.port, frontendRoutes(settings.paymentsUrl));
        }
        case "payments": {
            const { paymentsRoutes } = await import("./payments");
            return serve(settings.port, paymentsRoutes(settings));
        }
        case "load": {
            const { startLoad } = await import("./load");
            const probes = await serve(settings.port, []);
            const load = startLoad(settings);
            return {
                async stop() {
                    await load.stop();
                    await probes.stop();
                },
            };
        }
    }
}

main().catch(exitWithError);
