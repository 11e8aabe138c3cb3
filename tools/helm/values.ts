import { stringify } from "yaml";
import * as z from "zod";
import { PULL_POLICIES, type PullPolicy } from "../../config/schema/images";
import type { UsedSecret } from "./secrets";

/** Inputs of the chart values. */
export interface ChartOptions {
    /** Namespace in the settings of the stack. */
    readonly namespace: string;
    /** Whether the chart contains the Namespace. */
    readonly createsNamespace: boolean;
    /** `images.registry` of the stack. */
    readonly imageRegistry: string;
    /** `images.pullPolicy` of the stack. */
    readonly imagePullPolicy: PullPolicy;
    /** Names of the Secrets with which the pods of the stack pull images. */
    readonly imagePullSecrets: readonly string[];
    /** Whether the chart contains Jobs. */
    readonly hasJobs: boolean;
    /** Secrets that the objects refer to. The chart creates none of them. */
    readonly secrets: readonly UsedSecret[];
}

interface ChartValue {
    readonly description: string;
    readonly schema: z.ZodType;
    readonly default: unknown;
}

/** A DNS label. The first character is a letter, so that configuration files do not read the name as a number. */
const NAMESPACE = /^[a-z]([-a-z0-9]{0,61}[a-z0-9])?$/;
const SECRET = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/;
/** A host with an optional port and path, or the empty string. */
const REGISTRY = /^([A-Za-z0-9]([-A-Za-z0-9.]*[A-Za-z0-9])?(:[0-9]+)?(\/[a-z0-9]+([._-]+[a-z0-9]+)*)*)?$/;

/** Returns the chart values with descriptions. Omits values for objects that the stack does not have. */
function resolveValues({
    namespace,
    createsNamespace: makesNamespace,
    hasJobs,
    imagePullPolicy,
    imagePullSecrets,
    imageRegistry,
    secrets,
}: ChartOptions): Readonly<Record<string, ChartValue>> {
    const secretName = z.string().regex(SECRET).max(253);
    return {
        namespace: {
            description:
                "Namespace of all objects. Addresses in the configuration files contain it, so --namespace alone does not change it.",
            schema: z.string().regex(NAMESPACE),
            default: namespace,
        },
        ...(makesNamespace && {
            createNamespace: {
                description:
                    "Whether the chart creates the Namespace with Pod Security labels, and deletes it with all its objects on uninstall. Helm must then store the release in another Namespace. With false, the Namespace must exist, and NetworkPolicies select only pods of the stack.",
                schema: z.boolean(),
                default: true,
            },
        }),
        imageRegistry: {
            description:
                "Registry that replaces the registry of every image, for example mirror.example.com/hub. When empty, images keep their registries.",
            schema: z.string().regex(REGISTRY),
            default: imageRegistry,
        },
        imagePullPolicy: {
            description: "When nodes pull images: IfNotPresent, Always or Never.",
            schema: z.enum(PULL_POLICIES),
            default: imagePullPolicy,
        },
        imagePullSecrets: {
            description: "Names of Secrets in the Namespace with the credentials for pulling images.",
            schema: z.array(secretName),
            default: imagePullSecrets,
        },
        ...(secrets.length > 0 && {
            secrets: {
                description:
                    "Names of Secrets in the Namespace that pods, an Ingress or a Gateway read. Create them; the chart contains no Secrets.",
                schema: z.strictObject(Object.fromEntries(secrets.map(({ valueKey: value }) => [value, secretName]))),
                default: Object.fromEntries(secrets.map(({ valueKey: value, name }) => [value, name])),
            },
        }),
        ...(hasJobs && {
            jobs: {
                description:
                    "Whether the telemetrygen Jobs run. The pod template of a Job is immutable: to change a Job, upgrade with false, then with true.",
                schema: z.boolean(),
                default: true,
            },
        }),
    };
}

/** Renders values.yaml: each default with its description as a comment. */
export function renderValues(options: ChartOptions): string {
    return Object.entries(resolveValues(options))
        .map(([name, { description, default: value }]) => `# ${description}\n${stringify({ [name]: value })}`)
        .join("\n");
}

/** Renders values.schema.json. Helm rejects unknown values and values of another type before it creates objects. */
export function renderValuesSchema(options: ChartOptions): string {
    const values = Object.entries(resolveValues(options));
    const schema = z.strictObject(
        Object.fromEntries(values.map(([name, value]) => [name, value.schema.describe(value.description)])),
    );
    // Helm 3 does not support later drafts.
    return `${JSON.stringify(z.toJSONSchema(schema, { target: "draft-7" }), undefined, 2)}\n`;
}
