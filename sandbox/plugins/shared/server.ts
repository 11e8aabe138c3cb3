import { Server, ServerCredentials } from "@grpc/grpc-js";
import { ResourceProviderService } from "@pulumi/pulumi/proto/provider_grpc_pb";
import { EngineLog, type Log } from "./engine-log";
import type { Provider } from "./provider";
import { serviceOf } from "./service";

/** The engine's own limit for one message, in bytes. */
const MAX_MESSAGE = 400 * 1024 * 1024;
const ENGINE_CHECK_MS = 500;

export interface RunningServer {
    readonly port: number;
    stop(): void;
}

export async function startServer(provider: Provider): Promise<RunningServer> {
    const server = new Server({
        "grpc.max_receive_message_length": MAX_MESSAGE,
        "grpc.max_send_message_length": MAX_MESSAGE,
    });
    server.addService(ResourceProviderService, serviceOf(provider));
    const port = await new Promise<number>((resolve, reject) => {
        server.bindAsync("127.0.0.1:0", ServerCredentials.createInsecure(), (error, bound) => {
            if (error === null) {
                resolve(bound);
            } else {
                reject(error);
            }
        });
    });
    return {
        port,
        stop: () => {
            server.forceShutdown();
        },
    };
}

/** Runs as a plugin of Pulumi: called with the engine's address, it prints its port and serves till the engine is gone. */
export async function runPlugin(create: (log: Log) => Provider): Promise<void> {
    const address = process.argv.slice(2).find((argument) => !argument.startsWith("-"));
    if (address === undefined) {
        const { name, description } = create({ status: ignore, info: ignore, warning: ignore });
        throw new Error(`pulumi-resource-${name}: ${description}. Pulumi starts it, with the engine's address.`);
    }
    const { port } = await startServer(create(new EngineLog(address)));
    exitWithEngine();
    process.stdout.write(`${port}\n`);
}

function ignore(): void {
    // Nobody listens.
}

/** The engine ends its plugins with SIGINT. A killed engine tells nobody: its children then belong to another process. */
function exitWithEngine(): void {
    const engine = process.ppid;
    process.on("SIGINT", () => process.exit(0));
    setInterval(() => {
        if (process.ppid !== engine) {
            process.exit(0);
        }
    }, ENGINE_CHECK_MS);
}
