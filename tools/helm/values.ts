import { stringify } from "yaml";
import * as z from "zod";
import type { UsedSecret } from "./secrets";

/** What a chart leaves open. */
export interface ChartOptions {
    /** The Namespace that the stack's settings name. */
    readonly namespace: string;
    /** Whether the Namespace is among the objects. */
    readonly createsNamespace: boolean;
    /** Whether Jobs are among the objects. */
    readonly hasJobs: boolean;
    /** The Secrets that are read, none of which the chart makes. */
    readonly secrets: readonly UsedSecret[];
}

interface ChartValue {
    readonly description: string;
    readonly schema: z.ZodType;
    readonly default: unknown;
}

/** A DNS label whose first character is a letter, so that no configuration file takes it for a number. */
const NAMESPACE = /^[a-z]([-a-z0-9]{0,61}[a-z0-9])?$/;
const SECRET = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/;
/** A host, a port, a path below it; nothing at all keeps each image's own. */
const REGISTRY = /^([A-Za-z0-9]([-A-Za-z0-9.]*[A-Za-z0-9])?(:[0-9]+)?(\/[a-z0-9]+([._-]+[a-z0-9]+)*)*)?$/;

/** The values of a chart with their meaning; those of what the stack does not have are left out. */
function resolveValues({
    namespace,
    createsNamespace: makesNamespace,
    hasJobs,
    secrets,
}: ChartOptions): Readonly<Record<string, ChartValue>> {
    const secretName = z.string().regex(SECRET).max(253);
    return {
        namespace: {
            description:
                "The Namespace that everything stands in. It is part of addresses too, so that it is no matter of --namespace alone.",
            schema: z.string().regex(NAMESPACE),
            default: namespace,
        },
        ...(makesNamespace && {
            createNamespace: {
                description:
                    "Whether the chart makes the Namespace, labelled for Pod Security, and removes it with all that is in it on uninstall. Helm then keeps its record of the release in another one. One that was there may have pods of others: with false, NetworkPolicies leave those alone.",
                schema: z.boolean(),
                default: true,
            },
        }),
        imageRegistry: {
            description:
                "Registry of all images, in place of the one that each names, such as mirror.example.com/hub. Empty: each image's own.",
            schema: z.string().regex(REGISTRY),
            default: "",
        },
        imagePullSecrets: {
            description: "Names of Secrets in the Namespace by which the images are pulled.",
            schema: z.array(secretName),
            default: [],
        },
        ...(secrets.length > 0 && {
            secrets: {
                description:
                    "Names of Secrets in the Namespace that pods read, or who exposes the stack. They are yours to make: the chart has none.",
                schema: z.strictObject(Object.fromEntries(secrets.map(({ valueKey: value }) => [value, secretName]))),
                default: Object.fromEntries(secrets.map(({ valueKey: value, name }) => [value, name])),
            },
        }),
        ...(hasJobs && {
            jobs: {
                description:
                    "Whether the Jobs of telemetrygen run. What a Job runs cannot be changed: an upgrade that would change one has to leave them out, and the one after it brings them back.",
                schema: z.boolean(),
                default: true,
            },
        }),
    };
}

/** The chart's values.yaml: each default under its meaning. */
export function renderValues(options: ChartOptions): string {
    return Object.entries(resolveValues(options))
        .map(([name, { description: meaning, default: value }]) => `# ${meaning}\n${stringify({ [name]: value })}`)
        .join("\n");
}

/** The chart's values.schema.json: a value that is misspelt or of another kind stops Helm before anything is made. */
export function renderValuesSchema(options: ChartOptions): string {
    const values = Object.entries(resolveValues(options));
    const schema = z.strictObject(
        Object.fromEntries(values.map(([name, value]) => [name, value.schema.describe(value.description)])),
    );
    // Helm 3 reads no later draft.
    return `${JSON.stringify(z.toJSONSchema(schema, { target: "draft-7" }), undefined, 2)}\n`;
}
