import * as z from "zod";
import { LOG_ROUTES } from "../../config/model/log-stores";

const portForward = z.object({ command: z.string().min(1), url: z.string().min(1), basePath: z.string().optional() });

const stackOutputs = z.object({
    namespace: z.string().min(1),
    portForwards: z.object({
        otelCollectorGrpc: portForward,
        otelCollectorHttp: portForward,
        alertmanager: portForward.optional(),
        grafana: portForward.optional(),
        jaeger: portForward.optional(),
        loki: portForward.optional(),
        victoriaLogs: portForward.optional(),
        prometheus: portForward.optional(),
        shopFrontend: portForward.optional(),
    }),
    verification: z.object({
        traces: z.array(z.enum(["jaeger", "exemplar", "debug"])),
        metrics: z.array(z.enum(["scrape", "remote_write", "otlp", "debug"])),
        logs: z.array(z.enum([...Object.values(LOG_ROUTES), "debug"])),
        tailSamplingWaitSeconds: z.number().nonnegative().optional(),
    }),
});

/** The stack outputs that verify reads. Ignores other outputs. */
export type StackOutputs = z.infer<typeof stackOutputs>;

/**
 * Parses the output of `pulumi stack output --json`.
 *
 * @throws when outputs are missing or invalid, with the names of all of them.
 */
export function parseStackOutputs(value: unknown): StackOutputs {
    const { data, error } = stackOutputs.safeParse(value);
    if (error) {
        throw new Error(`The stack outputs are missing or invalid; deploy the stack first:\n${z.prettifyError(error)}`);
    }
    return data;
}
