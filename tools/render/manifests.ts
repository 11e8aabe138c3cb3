import { stringify } from "yaml";
import { type Manifest, type Settings, isRecord, renderProgram, readStackSettings } from "./program";

/** Kinds that are printed first, because other objects are in them or mount them. Other kinds are sorted by name. */
const FIRST_KINDS = ["Namespace", "Secret", "ConfigMap"];

/** Renders a stack file as YAML in a stable order. Runs the program without the Pulumi CLI and without a cluster. */
export async function renderStackManifests(stack: string): Promise<string> {
    return renderManifests(readStackSettings(stack), stack);
}

/** Renders a stack with the given settings as YAML manifests. */
export async function renderManifests(settings: Settings, stack?: string): Promise<string> {
    const { recorder } = await renderProgram(settings, stack);
    return formatManifests(recorder.manifests);
}

export function formatManifests(manifests: readonly Manifest[]): string {
    return omitAutoscaledReplicas(manifests)
        .sort((a, b) => compareStrings(sortKey(a), sortKey(b)))
        .map(
            (manifest) =>
                `---\n${manifest.kind === "Secret" ? renderSecretNote(manifest) : formatYaml(stripPulumiAnnotations(manifest))}`,
        )
        .join("");
}

/** Formats a value as YAML. Equal values give equal text. */
export function formatYaml(value: unknown): string {
    return stringify(value, { sortMapEntries: true, lineWidth: 0, aliasDuplicateObjects: false });
}

function sortKey({ kind, metadata }: Manifest): string {
    const rank = FIRST_KINDS.indexOf(kind);
    return [rank < 0 ? FIRST_KINDS.length : rank, metadata.namespace ?? "", kind, metadata.name].join("/");
}

function compareStrings(a: string, b: string): number {
    return a < b ? -1 : Number(a > b);
}

/**
 * Removes `replicas` from workloads with an autoscaler. Pulumi ignores changes of the field, but each `kubectl apply` or
 * `helm upgrade` would reset the autoscaler's number.
 */
export function omitAutoscaledReplicas(manifests: readonly Manifest[]): Manifest[] {
    const targets = manifests.filter(({ kind }) => kind === "HorizontalPodAutoscaler").map(findScaleTarget);
    return manifests.map((manifest) => {
        const { kind, metadata, spec } = manifest;
        if (!isRecord(spec) || !targets.includes(`${kind}/${metadata.name}`)) {
            return manifest;
        }
        const kept = Object.entries(spec).filter(([field]) => field !== "replicas");
        return { ...manifest, spec: Object.fromEntries(kept) };
    });
}

function findScaleTarget({ spec }: Manifest): string {
    const target = isRecord(spec) && isRecord(spec.scaleTargetRef) ? spec.scaleTargetRef : {};
    return `${String(target.kind)}/${String(target.name)}`;
}

/** Removes the annotations that only Pulumi reads. */
export function stripPulumiAnnotations(manifest: Manifest): Manifest {
    const { annotations = {}, ...metadata } = manifest.metadata;
    const kept = Object.entries(annotations).filter(([name]) => !name.startsWith("pulumi.com/"));
    return {
        ...manifest,
        metadata: kept.length === 0 ? metadata : { ...metadata, annotations: Object.fromEntries(kept) },
    };
}

/** Renders a comment that describes the Secret to create. Manifests never contain Secret values. */
function renderSecretNote(secret: Manifest): string {
    const { metadata } = secret;
    const type = typeof secret.type === "string" ? secret.type : "Opaque";
    return [
        `# Secret ${metadata.name}: not printed. Create it before you apply the rest:`,
        `#   namespace: ${metadata.namespace ?? "default"}`,
        `#   type: ${type}`,
        `#   keys: ${secretKeys(secret).join(", ")}`,
        "",
    ].join("\n");
}

/** Returns the sorted keys of a Secret. */
export function secretKeys({ data, stringData }: Manifest): string[] {
    const keys = [data, stringData].flatMap((part) => (isRecord(part) ? Object.keys(part) : []));
    return [...new Set(keys)].sort();
}

async function main(stack: string | undefined): Promise<void> {
    if (stack === undefined) {
        throw new Error("missing argument: the stack, for example: tools/render/manifests.ts dev");
    }
    process.stdout.write(await renderStackManifests(stack));
}

if (require.main === module) {
    main(process.argv[2]).catch((error: unknown) => {
        console.error(error instanceof Error ? error.message : error);
        process.exitCode = 1;
    });
}
