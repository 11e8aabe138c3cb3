import * as z from "zod";
import { LOG_STORES } from "../config/model/log-stores";

const text = (description: string) => z.string().describe(description);
const urls = z
    .strictObject({
        short: text("URL that resolves in every cluster."),
        fqdn: text("URL with `.svc.cluster.local`."),
    })
    .meta({ id: "EndpointUrls" });
const otlpUrls = z.strictObject({ grpc: urls, http: urls }).meta({ id: "OtlpUrls" });
const forward = z
    .strictObject({
        command: text("Command that forwards a port of your machine."),
        url: text("URL to open while the command runs."),
        basePath: text("Path below which the Service has its pages and its API, if it is not the root.").optional(),
    })
    .meta({ id: "PortForward" });
const env = z.record(z.string(), z.string());
const queue = z
    .strictObject({
        bytes: z.number().describe("Size of the queue."),
        secondsUntilFull: z.number().describe("How long a backend may be unavailable until the queue is full."),
    })
    .meta({ id: "QueueSize" });
const queues = {
    queues: z.record(z.string(), queue).describe("The sending queue of each exporter, in each Collector pod."),
    volume: text("Size of the volume of each Collector pod.").optional(),
};
const routes = (signal: string) => z.array(z.string()).describe(`Where verification finds ${signal}.`);

function eachLogStore<T>(schema: T): Record<(typeof LOG_STORES)[number], T> {
    return Object.fromEntries(LOG_STORES.map((store) => [store, schema])) as Record<(typeof LOG_STORES)[number], T>;
}

/**
 * The outputs of OtelStack for programs in other languages. The tests of the component package compare it with the
 * outputs of stacks with all features.
 */
export const stackOutputs = z.strictObject({
    namespace: text("Namespace of the stack."),
    endpoints: z
        .strictObject({
            otlp: otlpUrls.describe("The Collector."),
            otlpAgent: otlpUrls
                .optional()
                .describe("The agent on the application's node, with `clusterTelemetry.agentOtlp.enabled`."),
            alertmanager: urls.optional(),
            grafana: urls.optional(),
            jaeger: urls.optional(),
            prometheus: urls.optional(),
            shopFrontend: urls.optional(),
            ...eachLogStore(urls.optional()),
        })
        .describe("Addresses inside the cluster."),
    applicationEnv: env.describe("Environment variables for an application in the cluster that sends telemetry."),
    applicationEnvShell: text("The same with the variables of one service, as commands for a shell."),
    applicationEnvYaml: text("The same as `env` of a container."),
    applicationEnvFromYaml: text("The same as `envFrom` and `env` of a container."),
    agentEnv: env
        .optional()
        .describe("`applicationEnv` for the agent of the application's node, if agents accept OTLP."),
    portForwards: z
        .strictObject({
            otelCollectorGrpc: forward,
            otelCollectorHttp: forward,
            otelCollectorMetrics: forward.optional(),
            alertmanager: forward.optional(),
            grafana: forward.optional(),
            jaeger: forward.optional(),
            prometheus: forward.optional(),
            shopFrontend: forward.optional(),
            ...eachLogStore(forward.optional()),
        })
        .describe("Port-forward commands, and the URL that each makes available."),
    grafanaAdmin: z
        .strictObject({ user: text("Name of the administrator."), password: text("The password, a secret.") })
        .optional()
        .describe("Administrator of Grafana."),
    secureOtlp: z
        .strictObject({
            endpoints: z.strictObject({ grpc: urls.optional(), http: urls }).describe("URLs inside the cluster."),
            hosts: z.array(z.string()).describe("Hostnames that the listener's certificate must contain."),
            environment: env.describe("Environment variables for the client's shell."),
        })
        .optional()
        .describe("What a client outside the Namespace needs for the secure OTLP listener."),
    externalUrls: env.optional().describe("External URL of each exposed host."),
    verification: z
        .strictObject({
            traces: routes("traces"),
            metrics: routes("metrics"),
            logs: routes("logs"),
            tailSamplingWaitSeconds: z.number().optional().describe("Seconds until the tail sampling decision."),
        })
        .describe("The backends in which verification finds each signal."),
    storedData: z
        .strictObject({
            namespace: text("Namespace of the stack."),
            namespaceCreated: z.boolean().describe("Whether the stack created its Namespace."),
            namespaceRetained: z.boolean().optional().describe("Whether the Namespace stays on destroy."),
            volumes: z
                .array(
                    z.strictObject({
                        owner: text("The workload whose data it is."),
                        namespace: text("Namespace of the claim."),
                        claim: text("Name of the claim; for a StatefulSet, without the pod's number."),
                        size: text("Requested size.").optional(),
                        storageClass: text("Storage class, if it is not the cluster's default.").optional(),
                        retained: z.boolean().describe("Whether the claim stays when it leaves the stack."),
                    }),
                )
                .describe("Volume claims with data."),
        })
        .describe("Data on volumes. The next update must not delete it."),
    durability: z
        .strictObject({
            mode: text("`memory` or `disk`."),
            itemsPerSecond: z.number().describe("The items per second of each signal that the times assume."),
            ...queues,
            traceTier: z.strictObject(queues).optional().describe("The queues of the trace tier."),
        })
        .describe("The backend outage that the Collector tolerates."),
});
