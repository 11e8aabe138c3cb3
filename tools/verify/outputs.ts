import * as z from "zod";
import { LOG_ROUTES } from "../../config/model/log-stores";

const portForward = z.object({ command: z.string().min(1), url: z.string().min(1) });

const stackOutputs = z.object({
    namespace: z.string().min(1),
    portForwards: z.object({
        otelCollectorGrpc: portForward,
        otelCollectorHttp: portForward,
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

/** The part of the stack's outputs that verify needs; the rest is ignored. */
export type StackOutputs = z.infer<typeof stackOutputs>;

/** Checks what `pulumi stack output --json` printed. Throws an error that names every output that is missing. */
export function parseStackOutputs(value: unknown): StackOutputs {
    const { data, error } = stackOutputs.safeParse(value);
    if (error) {
        throw new Error(`The stack's outputs are not what verify needs (is it deployed?):\n${z.prettifyError(error)}`);
    }
    return data;
}
