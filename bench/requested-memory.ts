import { parseAllDocuments } from "yaml";
import * as z from "zod";
import { parseBytes, MIB } from "../config/types/units";
import { renderStackManifests } from "../tools/render/manifests";
import type { Figure } from "./figures";

const workloadSchema = z.object({
    spec: z.object({
        replicas: z.int().default(1),
        template: z.object({
            spec: z.object({
                containers: z.array(z.object({ resources: z.object({ requests: z.object({ memory: z.string() }) }) })),
            }),
        }),
    }),
});

/** Returns the sum of the memory requests of all pods of a stack, including its Jobs. */
export async function measureRequestedMemory(stack: string): Promise<Figure> {
    const bytes = parseAllDocuments(await renderStackManifests(stack))
        .map((document) => workloadSchema.safeParse(document.toJS()).data?.spec)
        .reduce((sum, spec) => sum + (spec?.replicas ?? 0) * sumRequests(spec?.template.spec.containers ?? []), 0);
    return {
        what: `memory requests of stack ${stack}, including Jobs`,
        value: `${(bytes / MIB).toFixed(0)} MiB`,
        aim: "at most 700 MiB",
    };
}

function sumRequests(containers: readonly { resources: { requests: { memory: string } } }[]): number {
    return containers.reduce((sum, { resources }) => sum + parseBytes(resources.requests.memory), 0);
}
