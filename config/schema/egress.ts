import * as z from "zod";
import { nonEmptyCidrs } from "../types/cidrs";
import { type LabelSet, labelSets } from "../types/labels";
import { integer } from "../types/values";
import { setting } from "./setting";

type EgressSchema = z.ZodPrefault<
    z.ZodObject<
        {
            cidrs: z.ZodOptional<z.ZodType<string[]>>;
            namespaceSelectors: z.ZodDefault<z.ZodType<LabelSet[]>>;
            port: z.ZodOptional<z.ZodType<number>>;
        },
        z.core.$strict
    >
>;

/**
 * Where the NetworkPolicy lets a client of the stack connect to.
 *
 * @param target What the client connects to, such as `destination`.
 */
export function createEgressSchema(
    target: string,
    client: string,
    whenUnset: { readonly cidrs: string; readonly port: string },
): EgressSchema {
    return z
        .strictObject({
            cidrs: setting(
                nonEmptyCidrs.optional(),
                `CIDRs of the ${target}, for ${client}'s NetworkPolicy, which cannot contain hostnames.`,
                { whenUnset: whenUnset.cidrs },
            ),
            namespaceSelectors: setting(
                labelSets.default([]),
                `Labels of the Namespaces in this cluster that run the ${target}'s pods, for ${client}'s NetworkPolicy.`,
            ),
            port: setting(
                integer(1, 65_535).optional(),
                `Port of the ${target}, for ${client}'s NetworkPolicy. For pods behind a Service, set the port of the pods.`,
                { whenUnset: whenUnset.port },
            ),
        })
        .prefault({});
}
